package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// rebuild makes message, and log_message where it is a part of it, of a row
// whose line is stored as a template and leftovers.
func (r *row) rebuild() error {
	var line strings.Builder
	start, end := -1, -1
	rest := strings.Split(r.rest, separator)
	if n := strings.Count(strings.ReplaceAll(r.template, "{{", ""), "{}"); n > 0 {
		rest = strings.SplitN(r.rest, separator, n)
	}
	for text := r.template; text != ""; {
		at := strings.IndexByte(text, '{')
		if at < 0 {
			line.WriteString(text)
			break
		}
		line.WriteString(text[:at])
		if strings.HasPrefix(text[at:], "{{") {
			line.WriteByte('{')
			text = text[at+2:]
			continue
		}
		mark, after, closed := strings.Cut(text[at+1:], "}")
		if !closed {
			return fmt.Errorf("template %q", r.template)
		}
		text = after
		switch mark {
		case "":
			if len(rest) == 0 {
				return fmt.Errorf("no leftover for template %q", r.template)
			}
			line.WriteString(rest[0])
			rest = rest[1:]
		case "<log_message":
			start = line.Len()
		case ">log_message":
			end = line.Len()
		default:
			value, err := r.slot(mark)
			if err != nil {
				return fmt.Errorf("template %q: %w", r.template, err)
			}
			line.WriteString(value)
		}
	}
	r.text("message", line.String())
	if start < 0 {
		return nil
	}
	if end < 0 {
		end = line.Len()
	}
	r.text("log_message", line.String()[start:end])
	return nil
}

// slot is what stands in the place of a mark with a name.
func (r *row) slot(mark string) (string, error) {
	name, more, has := strings.Cut(mark, " ")
	if name == "@timestamp" {
		offset, layout, _ := strings.Cut(more, " ")
		minutes, err := strconv.Atoi(offset)
		return written(layout, r.time, minutes), err
	}
	nth := 1
	if has {
		var err error
		if nth, err = strconv.Atoi(more); err != nil {
			return "", err
		}
	}
	if text, ok := r.raw[name]; ok {
		if all := strings.Split(text, separator); nth <= len(all) {
			return all[nth-1], nil
		}
	}
	switch v := r.values[name].(type) {
	case int64:
		return strconv.FormatInt(v, 10), nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	}
	return "", fmt.Errorf("nothing for %q", mark)
}

// written writes a time in a layout.
func written(layout string, nanos int64, offset int) string {
	t := time.Unix(0, nanos).UTC()
	local := t.Add(time.Duration(offset) * time.Minute)
	fraction := fmt.Sprintf("%09d", t.Nanosecond())
	var out strings.Builder
	for i := 0; i < len(layout); i++ {
		if layout[i] != '%' {
			out.WriteByte(layout[i])
			continue
		}
		i++
		switch c := layout[i]; c {
		case 's':
			fmt.Fprint(&out, t.Unix())
		case '1', '2', '3', '4', '5', '6', '7', '8', '9':
			out.WriteString(fraction[:c-'0'])
		default:
			form := map[byte]string{'Y': "2006", 'm': "01", 'd': "02", 'e': "_2", 'b': "Jan", 'H': "15", 'M': "04", 'S': "05"}[c]
			out.WriteString(local.Format(form))
		}
	}
	return out.String()
}
