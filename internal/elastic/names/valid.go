package names

import "strings"

// MaxLength is the longest name of an index, in bytes.
const MaxLength = 255

// Check tells what is wrong with the name of a new index; nil if nothing is.
func Check(name string) error {
	wrong := func(reason string) error { return &Invalid{Name: name, Reason: reason} }
	switch {
	case name == "":
		return wrong("must not be empty")
	case strings.ToLower(name) != name:
		return wrong("must be lowercase")
	case strings.ContainsAny(name, "\\/*?\"<>| ,"):
		return wrong(`must not contain the following characters ['\','/','*','?','"','<','>','|',' ',',']`)
	case strings.Contains(name, "#"):
		return wrong("must not contain '#'")
	case strings.Contains(name, ":"):
		return wrong("must not contain ':'")
	case strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0xfffd }):
		return wrong("must not contain control characters")
	case strings.HasPrefix(name, "_"), strings.HasPrefix(name, "-"), strings.HasPrefix(name, "+"):
		return wrong("must not start with '_', '-', or '+'")
	case name == "." || name == "..":
		return wrong("must not be '.' or '..'")
	case len(name) > MaxLength:
		return wrong("index name is too long, (255 bytes is the maximum)")
	}
	return nil
}
