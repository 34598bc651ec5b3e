package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
)

//go:embed all:static
var static embed.FS

// Static gives the files below /static/: our own, and those of third parties
// below vendor/ when the set-up script has put them there. Without them every
// page still works, only plainer.
func Static() fs.FS {
	sub, err := fs.Sub(static, "static")
	if err != nil {
		panic("web: " + err.Error()) // the directory is part of the build
	}
	return sub
}

// StaticTags gives an entity tag per file of [Static], by name. Embedded files
// have no time, so a handler that serves them sets the tag and Cache-Control:
// no-cache; a browser then asks, and gets 304 until a new build changes the file.
func StaticTags() (map[string]string, error) {
	tags := map[string]string{}
	err := fs.WalkDir(Static(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(Static(), name)
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		sum := sha256.Sum256(body)
		tags[name] = `"` + hex.EncodeToString(sum[:8]) + `"`
		return nil
	})
	return tags, err
}
