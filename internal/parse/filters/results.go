package filters

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// maxSymbols bounds how many rules of one message are kept.
const maxSymbols = 100

// result adds the outcome of a check of the sender, unless there is one.
func (l *line) result(f event.Field, outcome string) {
	if outcome != "" && !l.e.Has(f) {
		l.e.Add(f, outcome)
	}
}

// outcomes are the results of RFC 8601 and the ways in which programs write
// them.
var outcomes = [...]struct{ word, outcome string }{
	{"pass", "pass"}, {"fail", "fail"}, {"softfail", "softfail"}, {"neutral", "neutral"},
	{"none", "none"}, {"temperror", "temperror"}, {"permerror", "permerror"},
	{"hardfail", "fail"}, {"temp-error", "temperror"}, {"perm-error", "permerror"},
	{"tempfail", "temperror"}, {"error", "temperror"}, {"unknown", "permerror"}, {"policy", "policy"},
	{"skipped", "none"}, {"bestguesspass", "none"},
}

// outcomeOf reads the result at the front of s, without case; "" if it is none.
func outcomeOf(s string) string {
	n := 0
	for n < len(s) && (s[n]|0x20 >= 'a' && s[n]|0x20 <= 'z' || s[n] == '-') {
		n++
	}
	for i := range outcomes {
		if len(outcomes[i].word) == n && strings.EqualFold(outcomes[i].word, s[:n]) {
			return outcomes[i].outcome
		}
	}
	return ""
}

// symbols keeps the names of the rules in a list of "NAME", "NAME=score",
// "NAME(score)" or "NAME(score){option;option;}", parted by commas, and what
// they tell about the checks of the sender.
func (l *line) symbols(s string) {
	list := make([]byte, 0, min(len(s), 4096)+2)
	list = append(list, '[')
	for range maxSymbols {
		name, options, rest := cutSymbol(s)
		if name != "" {
			if len(list) > 1 {
				list = append(list, ',')
			}
			list = append(list, '"')
			list = append(list, name...)
			list = append(list, '"')
			l.meaning(name, options)
		}
		if rest == "" {
			break
		}
		s = rest
	}
	if len(list) > 1 {
		l.e.AddExtra("spam_symbols", string(append(list, ']')))
	}
}

// cutSymbol takes one rule off the front of s. name is "" if there is none, rest
// "" at the end.
func cutSymbol(s string) (name, options, rest string) {
	s = strings.TrimLeft(s, ", ")
	n := 0
	for n < len(s) && n < 128 && (lex.Alnum(s[n]) || s[n] == '_' || s[n] == '.' || s[n] == '-' || s[n] == ':') {
		n++
	}
	name, rest = s[:n], s[n:]
	if strings.HasPrefix(rest, "(") {
		if end := strings.IndexByte(rest, ')'); end >= 0 {
			rest = rest[end+1:]
		}
	}
	if strings.HasPrefix(rest, "{") {
		// A sender may have put a brace into an option.
		end := strings.Index(rest, "},")
		if end < 0 {
			end = strings.LastIndexByte(rest, '}')
		}
		if end >= 0 {
			options, rest = rest[1:end], rest[end+1:]
		}
	}
	comma := strings.IndexByte(rest, ',')
	if comma < 0 {
		return name, options, ""
	}
	return name, options, rest[comma:]
}

// meaning adds what a rule of rspamd or SpamAssassin tells by its name.
func (l *line) meaning(name, options string) {
	switch name {
	case "R_SPF_ALLOW", "SPF_PASS", "R_SPF_PLUSALL":
		l.result(event.SPF, "pass")
	case "R_SPF_FAIL", "SPF_FAIL":
		l.result(event.SPF, "fail")
	case "R_SPF_SOFTFAIL", "SPF_SOFTFAIL":
		l.result(event.SPF, "softfail")
	case "R_SPF_NEUTRAL", "SPF_NEUTRAL":
		l.result(event.SPF, "neutral")
	case "R_SPF_NA", "SPF_NONE":
		l.result(event.SPF, "none")
	case "R_SPF_DNSFAIL", "T_SPF_TEMPERROR":
		l.result(event.SPF, "temperror")
	case "R_SPF_PERMFAIL", "T_SPF_PERMERROR":
		l.result(event.SPF, "permerror")
	case "R_DKIM_ALLOW", "DKIM_VALID":
		l.result(event.DKIM, "pass")
	case "R_DKIM_REJECT", "DKIM_INVALID":
		l.result(event.DKIM, "fail")
	case "R_DKIM_TEMPFAIL":
		l.result(event.DKIM, "temperror")
	case "R_DKIM_PERMFAIL":
		l.result(event.DKIM, "permerror")
	case "R_DKIM_NA":
		l.result(event.DKIM, "none")
	case "DMARC_POLICY_ALLOW", "DMARC_PASS":
		l.result(event.DMARC, "pass")
	case "DMARC_POLICY_REJECT", "DMARC_POLICY_QUARANTINE", "DMARC_POLICY_SOFTFAIL",
		"DMARC_REJECT", "DMARC_QUAR", "DMARC_NONE", "DMARC_FAIL":
		l.result(event.DMARC, "fail")
	case "DMARC_NA", "DMARC_MISSING":
		l.result(event.DMARC, "none")
	case "DMARC_DNSFAIL":
		l.result(event.DMARC, "temperror")
	case "DMARC_BAD_POLICY":
		l.result(event.DMARC, "permerror")
	default:
		if options != "" && strings.HasSuffix(name, "_VIRUS") && !l.e.Has(event.VirusName) {
			virus, _, _ := strings.Cut(options, ";")
			l.e.Add(event.VirusName, virus)
		}
	}
}
