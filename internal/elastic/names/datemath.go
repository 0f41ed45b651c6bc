package names

import (
	"strings"
	"time"

	"rastro/internal/query/lucene"
)

// DateMath writes out a name with date math: <logs-{now/d}>,
// <logs-{now/d-1d{yyyy.MM.dd|+12:00}}>. A name without angle brackets comes
// back as it is. Errors are *Invalid.
func (b *Book) DateMath(name string) (string, error) {
	inner, ok := strings.CutPrefix(name, "<")
	if !ok {
		return name, nil
	}
	inner, ok = strings.CutSuffix(inner, ">")
	if !ok {
		return "", &Invalid{Name: name, Reason: "date math expressions end with >"}
	}
	var out strings.Builder
	for inner != "" {
		switch open := strings.IndexAny(inner, `{}\`); {
		case open < 0:
			out.WriteString(inner)
			inner = ""
		case inner[open] == '\\' && open+1 < len(inner):
			out.WriteString(inner[:open] + inner[open+1:open+2])
			inner = inner[open+2:]
		case inner[open] != '{':
			return "", &Invalid{Name: name, Reason: "invalid dynamic name expression: invalid character at position [" + name + "]"}
		default:
			out.WriteString(inner[:open])
			end := closing(inner[open:])
			if end < 0 {
				return "", &Invalid{Name: name, Reason: "date math placeholder is open ended"}
			}
			text, err := b.moment(name, inner[open+1:open+end])
			if err != nil {
				return "", err
			}
			out.WriteString(text)
			inner = inner[open+end+1:]
		}
	}
	return out.String(), nil
}

// closing is where the bracket that s begins with is closed; -1 if nowhere.
func closing(s string) int {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// moment writes one placeholder: math, or math{format} or math{format|zone}.
func (b *Book) moment(name, text string) (string, error) {
	math, rest, formatted := strings.Cut(text, "{")
	format, zone := "yyyy.MM.dd", time.UTC
	if formatted {
		rest, ok := strings.CutSuffix(rest, "}")
		if !ok || rest == "" {
			return "", &Invalid{Name: name, Reason: "missing date format"}
		}
		var zoneName string
		format, zoneName, _ = strings.Cut(rest, "|")
		if zoneName != "" {
			at, err := time.Parse("-07:00", zoneName)
			if err == nil {
				zone = at.Location()
			} else if zone, err = time.LoadLocation(zoneName); err != nil || zoneName == "Local" {
				return "", &Invalid{Name: name, Reason: "unknown time zone [" + zoneName + "]"}
			}
		}
	}
	at, err := lucene.DateMath(math, b.opts.Now(), false, zone)
	if err != nil {
		return "", &Invalid{Name: name, Reason: "failed to parse date math [" + math + "]: " + err.Error()}
	}
	layout, ok := javaLayout(format)
	if !ok {
		return "", &Invalid{Name: name, Reason: "date format [" + format + "] is not understood here; write yyyy.MM.dd or parts of it, with HH and mm"}
	}
	return at.In(zone).Format(layout), nil
}

// javaLayout turns the letters of Java's date patterns that names use into Go's.
func javaLayout(format string) (string, bool) {
	layout := strings.NewReplacer("uuuu", "2006", "yyyy", "2006", "YYYY", "2006", "yy", "06", "MM", "01", "dd", "02", "HH", "15", "mm", "04", "ss", "05").Replace(format)
	return layout, !strings.ContainsFunc(layout, func(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' })
}
