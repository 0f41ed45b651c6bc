package tail

import (
	"path/filepath"
	"regexp"
	"strings"
)

// The compressions by the end of a file's name. Such files are never tailed.
var packedSuffixes = map[string]string{
	".gz": packedGzip, ".zst": packedZstd, ".xz": "xz", ".bz2": "bzip2",
}

// Compressions that the rest of a rotated file can be read from.
const (
	packedGzip = "gzip"
	packedZstd = "zstd"
)

// packedKind names the compression that a name promises; "" for none.
func packedKind(name string) string { return packedSuffixes[filepath.Ext(name)] }

func trimPacked(name string) string {
	if packedKind(name) != "" {
		return strings.TrimSuffix(name, filepath.Ext(name))
	}
	return name
}

// rotationMark is what rotation puts into a name: a number or a date.
var rotationMark = regexp.MustCompile(`^(?:[-._]\d[\d._:TZ-]*|\.old)$`)

// markedName is a name with such a mark at its end or before its extension.
var markedName = regexp.MustCompile(`^(.+?)[-._]\d[\d._:TZ-]*(\.[A-Za-z]\w*)?$`)

// rotatedFrom reports whether base is a name that rotation gives to a file
// called live: mail.log.1, mail.log-20260101.gz, mail-20260101.log.
func rotatedFrom(base, live string) bool {
	base = trimPacked(base)
	if rest, ok := strings.CutPrefix(base, live); ok && rest != "" {
		return rotationMark.MatchString(rest)
	}
	ext := filepath.Ext(live)
	stem := strings.TrimSuffix(live, ext)
	if ext == "" || len(base) <= len(live) || !strings.HasPrefix(base, stem) || !strings.HasSuffix(base, ext) {
		return false
	}
	return rotationMark.MatchString(base[len(stem) : len(base)-len(ext)])
}

// relates reports whether base may name a copy of the file called live.
func relates(base, live string) bool {
	return len(base) > len(live) && strings.HasPrefix(base, live) || rotatedFrom(base, live)
}

// liveName is the path without a rotation mark; the path itself if it has none.
func liveName(path string) string {
	dir, base := filepath.Split(path)
	m := markedName.FindStringSubmatch(trimPacked(base))
	if m == nil {
		return path
	}
	return dir + m[1] + m[2]
}
