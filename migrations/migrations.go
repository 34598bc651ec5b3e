// Package migrations holds the numbered SQL files of the database, embedded.
package migrations

import "embed"

// FS holds the SQL files in goose's format.
//
//go:embed *.sql
var FS embed.FS
