package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/term"

	"rastro/internal/query"
)

// textPrinter shows one event as one line: the named fields parted by tabs, or
// time, host, program, kind and the program's text.
func textPrinter(fields []string) printer {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = query.Ref(f).Name
	}
	return func(out *bufio.Writer, raw json.RawMessage) error {
		var e map[string]any
		if err := json.Unmarshal(raw, &e); err != nil {
			return fmt.Errorf("reading an event: %w", err)
		}
		if len(names) == 0 {
			_, err := out.WriteString(summary(e) + "\n")
			return err
		}
		cells := make([]string, len(names))
		for i, name := range names {
			cells[i] = cell(e[name])
		}
		_, err := out.WriteString(strings.Join(cells, "\t") + "\n")
		return err
	}
}

func summary(e map[string]any) string {
	when := cell(e["@timestamp"])
	if t, err := time.Parse(time.RFC3339Nano, when); err == nil {
		when = t.Local().Format("2006-01-02 15:04:05.000")
	}
	kind := cell(e["event_type"])
	if status := cell(e["status"]); status != "" {
		kind += "/" + status
	}
	text := cell(e["log_message"])
	if text == "" {
		text = cell(e["message"])
	}
	parts := []string{when, orDash(cell(e["host"])), orDash(cell(e["program"])), kind, text}
	return strings.Join(parts, " ")
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// cell shows a value of an event as text that is safe on a terminal.
func cell(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return printable(v)
	case []any:
		parts := make([]string, len(v))
		for i := range v {
			parts[i] = cell(v[i])
		}
		return strings.Join(parts, ", ")
	case float64:
		text, _ := json.Marshal(v)
		return string(text)
	}
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return printable(string(text))
}

// printable replaces what would act on a terminal: log text is written by
// strangers. Control characters, line breaks, bytes that are no UTF-8 and marks
// that turn the direction of text come out as escapes.
func printable(s string) string {
	clean := true
	for _, r := range s {
		if !safeRune(r) {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case safeRune(r):
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

func safeRune(r rune) bool {
	return r != utf8.RuneError && unicode.IsGraphic(r) && !unicode.Is(unicode.Bidi_Control, r)
}

// isTerminal tells whether a person reads w.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
