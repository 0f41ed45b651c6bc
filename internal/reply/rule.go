package reply

import "slices"

// rule maps answers to a class. Its texts wait in the patterns; the other
// conditions are checked here.
type rule struct {
	id       string
	class    string
	provider *provider
	codes    []codeRange
	dsns     []string // "5.1.1", ".1.1" for any class, or "" for answers without
	programs []string
	stages   []string
	ours     *bool
	texts    []string
	words    words
	entry    Entry // what it says
	here     Entry // what it says when our own server refused
}

// codeRange holds the basic codes from low to high; 0 is an answer without.
type codeRange struct{ low, high int }

// provider is a mail provider with its own way of writing answers.
type provider struct {
	Name    string   `toml:"name"`
	Domains []string `toml:"domains"`
	Signs   []string `toml:"signs"`
	Link    string   `toml:"link"`
	codes   []*rule  // its rules without text
}

// fits tells whether the conditions beside text and provider hold.
func (r *rule) fits(a *Answer) bool {
	if r.ours != nil && *r.ours != a.Ours {
		return false
	}
	if len(r.codes) > 0 && !r.hasCode(a) {
		return false
	}
	if len(r.programs) > 0 && !slices.Contains(r.programs, a.Program) {
		return false
	}
	if len(r.stages) > 0 && !slices.Contains(r.stages, a.Stage) {
		return false
	}
	return len(r.dsns) == 0 || slices.ContainsFunc(r.dsns, func(d string) bool { return sameDSN(d, a.DSN) })
}

// hasCode compares the basic code. Where the log has an enhanced one only, its
// class is enough for "4xx" and "5xx".
func (r *rule) hasCode(a *Answer) bool {
	code := a.Code
	if code == 0 && a.DSN != "" && digit(a.DSN[0]) {
		code = int(a.DSN[0]-'0')*100 + 99
	}
	return slices.ContainsFunc(r.codes, func(c codeRange) bool { return code >= c.low && code <= c.high })
}

// sameDSN compares a code of a rule, which may leave the class open.
func sameDSN(want, got string) bool {
	if want != "" && want[0] == '.' {
		return len(got) > 1 && got[1:] == want
	}
	return want == got
}

// covers tells whether r holds wherever other does, as far as the conditions
// beside the text say.
func (r *rule) covers(other *rule) bool {
	return covers(r.codes, other.codes) && covers(r.dsns, other.dsns) && covers(r.programs, other.programs) &&
		covers(r.stages, other.stages) && (r.ours == nil || other.ours != nil && *r.ours == *other.ours)
}

// covers tells whether every choice of some is one of all; none is any.
func covers[T comparable](all, some []T) bool {
	if len(all) == 0 {
		return true
	}
	return len(some) > 0 && !slices.ContainsFunc(some, func(s T) bool { return !slices.Contains(all, s) })
}
