package collect

import "rastro/internal/collect/tail"

// Glob lists the files that a pattern matches now, in order: the wildcards are
// those of a source, "**" for any number of folders among them. Folders are
// left out. A path without wildcards is returned as it is, whether the file
// exists or not; a pattern that cannot be read gives an error.
func Glob(pattern string) ([]string, error) { return tail.Glob(pattern) }
