package storetest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"net/url"
	"strings"

	"github.com/lib/pq"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/tributary-hub/tributary/migrations"
	"github.com/tributary-hub/tributary/store"
)

// server is the PostgreSQL of the tests, by the address of its first database.
type server struct{ address *url.URL }

// dsn gives the address of another database there.
func (s server) dsn(database string) string {
	u := *s.address
	u.Path = "/" + database
	return u.String()
}

// admin runs do on one connection to the first database.
func (s server) admin(ctx context.Context, do func(conn *sql.Conn) error) error {
	db, err := sql.Open("postgres", s.address.String())
	if err != nil {
		return err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return errors.Join(err, db.Close())
	}
	err = do(conn)
	return errors.Join(err, conn.Close(), db.Close())
}

// clone makes a database from the template, which it makes first if need be.
func (s server) clone(ctx context.Context) (name string, err error) {
	template, err := templateName()
	if err != nil {
		return "", err
	}
	name = "tributary_test_" + strings.ToLower(rand.Text())
	return name, s.admin(ctx, func(conn *sql.Conn) error {
		if err := s.ensure(ctx, conn, template); err != nil {
			return err
		}
		strategy, err := copyFiles(ctx, conn)
		if err != nil {
			return err
		}
		return run(ctx, conn, `create database `+pq.QuoteIdentifier(name)+` template `+pq.QuoteIdentifier(template)+strategy)
	})
}

// copyFiles gives the clause for the fast way to clone: on a server without fsync
// it takes a tenth of the default's time. Before version 15 it was the only one.
func copyFiles(ctx context.Context, conn *sql.Conn) (string, error) {
	var choice bool
	if err := conn.QueryRowContext(ctx, `select current_setting('server_version_num')::int >= 150000`).Scan(&choice); err != nil || !choice {
		return "", err
	}
	return " strategy file_copy", nil
}

// drop removes a database and whoever is still connected: a worker that is going
// down must not fail the next test.
func (s server) drop(ctx context.Context, name string) error {
	return s.admin(ctx, func(conn *sql.Conn) error {
		return run(ctx, conn, `drop database if exists `+pq.QuoteIdentifier(name)+` with (force)`)
	})
}

// ensure makes the template unless it is there. Processes wait for each other; one
// that was killed halfway leaves a database that is no template yet.
func (s server) ensure(ctx context.Context, conn *sql.Conn, template string) (err error) {
	h := fnv.New32a()
	_, _ = h.Write([]byte(template)) // never fails
	key := int64(h.Sum32())
	if _, err := conn.ExecContext(ctx, `select pg_advisory_lock($1)`, key); err != nil {
		return err
	}
	defer func() {
		_, unlock := conn.ExecContext(ctx, `select pg_advisory_unlock($1)`, key)
		err = errors.Join(err, unlock)
	}()
	var there bool
	if err := conn.QueryRowContext(ctx, `select exists (select 1 from pg_database where datname = $1 and datistemplate)`, template).Scan(&there); err != nil || there {
		return err
	}
	quoted := pq.QuoteIdentifier(template)
	if err := run(ctx, conn, `drop database if exists `+quoted+` with (force)`, `create database `+quoted); err != nil {
		return err
	}
	db, err := sql.Open("postgres", s.dsn(template))
	if err != nil {
		return err
	}
	if err := errors.Join(store.Migrate(ctx, db), db.Close()); err != nil {
		return err
	}
	return run(ctx, conn, `alter database `+quoted+` with is_template true allow_connections false`)
}

func run(ctx context.Context, conn *sql.Conn, statements ...string) error {
	for _, s := range statements {
		if _, err := conn.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}

// templateName names the schema by the text of every migration, ours and River's.
// Raise the number when store.Migrate itself changes what it does beside them.
func templateName() (string, error) {
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
	return "tributary_template_" + hex.EncodeToString(h.Sum(nil))[:32], nil
}
