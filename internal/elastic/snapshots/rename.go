package snapshots

import (
	"regexp"
	"strconv"
	"strings"

	"rastro/internal/elastic/rest"
)

// renamer gives restored indices their names.
type renamer struct {
	pattern *regexp.Regexp // nil: every index keeps its name
	// parts are literal texts and groups of the replacement.
	parts []part
}

// part is a literal text, or a group of the pattern where group is not -1.
type part struct {
	text  string
	group int
}

// newRenamer reads rename_pattern and rename_replacement, which are Java's: $1
// and ${name} stand for groups, \ takes the next character as it is.
func newRenamer(pattern, replacement string) (*renamer, error) {
	if pattern == "" {
		if replacement != "" {
			return nil, rest.Illegal("[rename_replacement] needs a [rename_pattern]")
		}
		return &renamer{}, nil
	}
	if len(pattern) > 1000 || len(replacement) > 1000 {
		return nil, rest.Illegal("[rename_pattern] and [rename_replacement] may have 1000 bytes each")
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, rest.Illegal("[rename_pattern] is no regular expression that is understood here (no look-around, no back-references): %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	r := &renamer{pattern: re}
	return r, r.read(replacement)
}

// read takes the replacement apart.
func (r *renamer) read(text string) error {
	literal := func(s string) { r.parts = append(r.parts, part{s, -1}) }
	for text != "" {
		at := strings.IndexAny(text, `$\`)
		if at < 0 {
			literal(text)
			return nil
		}
		literal(text[:at])
		sign := text[at]
		if text = text[at+1:]; text == "" {
			return rest.Illegal("[rename_replacement] ends with %c; write \\%c for the character itself", sign, sign)
		}
		if sign == '\\' {
			literal(text[:1])
			text = text[1:]
			continue
		}
		group, rest, err := r.group(text)
		if err != nil {
			return err
		}
		r.parts = append(r.parts, part{"", group})
		text = rest
	}
	return nil
}

// group reads what follows a $: {name}, or digits as far as there is such a
// group.
func (r *renamer) group(text string) (int, string, error) {
	if name, ok := strings.CutPrefix(text, "{"); ok {
		name, after, closed := strings.Cut(name, "}")
		if group := r.pattern.SubexpIndex(name); closed && group >= 0 {
			return group, after, nil
		}
		return 0, "", rest.Illegal("[rename_replacement] names the group {%s}, which [rename_pattern] has not", name)
	}
	group, used := -1, 0
	for n := 1; n <= len(text) && text[n-1] >= '0' && text[n-1] <= '9'; n++ {
		number, err := strconv.Atoi(text[:n])
		if err != nil || number > r.pattern.NumSubexp() {
			break
		}
		group, used = number, n
	}
	if group < 0 {
		return 0, "", rest.Illegal("[rename_replacement] holds $%s, which is no group of [rename_pattern]; write \\$ for the character itself", text[:1])
	}
	return group, text[used:], nil
}

// rename is the name that an index gets: every match is replaced.
func (r *renamer) rename(name string) string {
	if r.pattern == nil {
		return name
	}
	var out strings.Builder
	from := 0
	for _, m := range r.pattern.FindAllStringSubmatchIndex(name, -1) {
		out.WriteString(name[from:m[0]])
		for _, p := range r.parts {
			if p.group < 0 {
				out.WriteString(p.text)
			} else if start := m[2*p.group]; start >= 0 {
				out.WriteString(name[start:m[2*p.group+1]])
			}
		}
		from = m[1]
	}
	out.WriteString(name[from:])
	return out.String()
}
