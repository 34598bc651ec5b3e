package storetest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io/fs"

	"github.com/peterldowns/pgtestdb"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/tributary-hub/tributary/migrations"
	"github.com/tributary-hub/tributary/store"
)

// migrator makes the template that tests clone, once per schema.
type migrator struct{}

var _ pgtestdb.Migrator = migrator{}

// Migrate implements pgtestdb.Migrator.
func (migrator) Migrate(ctx context.Context, db *sql.DB, _ pgtestdb.Config) error {
	return store.Migrate(ctx, db)
}

// Hash names the schema: the text of every migration, ours and River's. Raise the
// number when store.Migrate itself changes what it does beside them.
func (migrator) Hash() (string, error) {
	h := sha256.New()
	fmt.Fprintln(h, "1")
	files, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil {
		return "", err
	}
	for _, name := range files {
		text, err := fs.ReadFile(migrations.FS, name)
		if err != nil {
			return "", err
		}
		fmt.Fprintln(h, name, len(text))
		h.Write(text)
	}
	m, err := rivermigrate.New(riverdatabasesql.New(nil), nil)
	if err != nil {
		return "", err
	}
	for _, v := range m.AllVersions() {
		fmt.Fprintln(h, v.Version, v.SQLUp)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
