package source

import (
	"net/url"
	"strings"
)

// Params are the parameters that FromParams reads.
var Params = []string{"_source", "_source_includes", "_source_include", "_source_excludes", "_source_exclude"}

// FromParams lays the parameters of a request over what its body said.
func (f *Filter) FromParams(values url.Values) error {
	switch v := values.Get("_source"); {
	case !values.Has("_source"):
	case v == "true" || v == "":
		*f = Filter{}
	case v == "false":
		*f = Filter{None: true}
	default:
		*f = Filter{Includes: List(v)}
	}
	for _, name := range []string{"_source_includes", "_source_include"} {
		if values.Has(name) {
			f.Includes, f.None = List(values.Get(name)), false
		}
	}
	for _, name := range []string{"_source_excludes", "_source_exclude"} {
		if values.Has(name) {
			f.Excludes = List(values.Get(name))
		}
	}
	return f.Check()
}

// List splits names that are parted by commas.
func List(text string) []string {
	var out []string
	for name := range strings.SplitSeq(text, ",") {
		if name = strings.TrimSpace(name); name != "" {
			out = append(out, name)
		}
	}
	return out
}
