package web

import (
	"embed"
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
