// Package ui holds the built user interface: the files of ui/dist, which vite
// writes from the sources beside this file (`make ui`).
//
// Nothing comes in; out go files. It never looks at them: web serves them.
package ui

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var files embed.FS

// Dist is the built interface, index.html at its root.
func Dist() fs.FS {
	dist, err := fs.Sub(files, "dist")
	if err != nil {
		panic("BUG: the embedded folder dist cannot be opened: " + err.Error())
	}
	return dist
}
