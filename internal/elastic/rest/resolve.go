package rest

import (
	"errors"
	"net/http"
	"strings"

	"rastro/internal/elastic/names"
)

// ResolveParams are the parameters that ResolveOptions reads.
var ResolveParams = []string{"ignore_unavailable", "allow_no_indices", "expand_wildcards", "ignore_throttled"}

// ResolveOptions reads the parameters that say how index expressions are read.
func ResolveOptions(r *Request) (names.ResolveOptions, error) {
	opts := names.DefaultResolve()
	var err error
	if opts.IgnoreUnavailable, err = r.Bool("ignore_unavailable", false); err != nil {
		return opts, err
	}
	if opts.AllowNoIndices, err = r.Bool("allow_no_indices", true); err != nil {
		return opts, err
	}
	if _, err = r.Bool("ignore_throttled", false); err != nil {
		return opts, err
	}
	return opts, ExpandWildcards(&opts, r.Get("expand_wildcards"))
}

// ExpandWildcards reads a value of expand_wildcards into opts.
func ExpandWildcards(opts *names.ResolveOptions, value string) error {
	if value == "" {
		return nil
	}
	for word := range strings.SplitSeq(value, ",") {
		switch word {
		case "open":
		case "closed":
			opts.Closed = true
		case "hidden":
			opts.Hidden = true
		case "all":
			opts.Closed, opts.Hidden = true, true
		case "none":
			opts.NoWildcards = true
		default:
			return Illegal("No valid expand wildcard value [%s]", word)
		}
	}
	return nil
}

// NameFailure gives the errors of names their shape; nil stays nil.
func NameFailure(err error) error {
	var missing *names.NotFound
	var closed *names.Closed
	var invalid *names.Invalid
	switch {
	case err == nil:
		return nil
	case errors.As(err, &missing):
		return IndexNotFound(missing.Name)
	case errors.As(err, &closed):
		f := Fail(http.StatusBadRequest, "index_closed_exception", "closed")
		f.Index(closed.Name)
		return f
	case errors.As(err, &invalid):
		f := Fail(http.StatusBadRequest, "invalid_index_name_exception", invalid.Error())
		f.Index(invalid.Name)
		return f
	}
	return err
}

// IndexNotFound is the failure of a name that does not exist.
func IndexNotFound(name string) *Failure {
	f := Fail(http.StatusNotFound, "index_not_found_exception", "no such index ["+name+"]")
	f.Index(name)
	f.Detail("resource.type", "index_or_alias").Detail("resource.id", name)
	return f
}
