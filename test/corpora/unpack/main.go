// Command unpack writes the corpora into a folder, for tests that are not
// written in Go. In comes the folder's name, out go files.
package main

import (
	"fmt"
	"os"

	"rastro/test/corpora"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: unpack FOLDER")
		os.Exit(2)
	}
	if err := corpora.Unpack(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "unpack:", err)
		os.Exit(1)
	}
}
