package config

import (
	"fmt"
	"io"
	"reflect"
	"strings"
)

// wrapAt is the width of the comments of the example.
const wrapAt = 78

// Example writes a commented configuration with every key at its default. What
// it writes can be read back and changes nothing.
func Example(w io.Writer) error {
	c := Default()
	var b strings.Builder
	b.WriteString("# rastro.yaml: every key with its default. A key that is left out keeps it.\n")
	b.WriteString("# Check a changed file with: rastro check --config rastro.yaml\n")
	writeKeys(&b, reflect.ValueOf(c), "")
	_, err := io.WriteString(w, b.String())
	return err
}

func writeKeys(b *strings.Builder, v reflect.Value, indent string) {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if indent == "" {
			b.WriteString("\n")
		}
		writeComment(b, indent, field.Tag.Get("doc"))
		writeKey(b, field.Tag.Get("key"), v.Field(i), indent)
	}
}

func writeKey(b *strings.Builder, key string, v reflect.Value, indent string) {
	switch v.Kind() {
	case reflect.Struct:
		fmt.Fprintf(b, "%s%s:\n", indent, key)
		writeKeys(b, v, indent+"  ")
	case reflect.Slice:
		fmt.Fprintf(b, "%s%s: []\n", indent, key)
		if v.Type().Elem() == reflect.TypeFor[Source]() {
			writeSource(b)
		}
	default:
		fmt.Fprintf(b, "%s%s: %s\n", indent, key, scalarText(v))
	}
}

// writeSource shows one source behind comment signs, since the default has none.
func writeSource(b *strings.Builder) {
	var one strings.Builder
	s := DefaultSource()
	s.Paths = []string{"/var/log/mail.log"}
	s.Zone = "America/Bogota"
	s.Exclude = []string{"/var/log/mail.err"}
	for i := range reflect.TypeFor[Source]().NumField() {
		field := reflect.TypeFor[Source]().Field(i)
		writeComment(&one, "  ", field.Tag.Get("doc"))
		v := reflect.ValueOf(s).Field(i)
		if list, ok := v.Interface().([]string); ok {
			fmt.Fprintf(&one, "  %s: [%q]\n", field.Tag.Get("key"), list[0])
			continue
		}
		writeKey(&one, field.Tag.Get("key"), v, "  ")
	}
	text := strings.TrimSuffix(one.String(), "\n")
	b.WriteString("# Remove the line above and the signs below for a first entry:\n#sources:\n#-\n")
	for line := range strings.SplitSeq(text, "\n") {
		b.WriteString("#" + line + "\n")
	}
}

func scalarText(v reflect.Value) string {
	text := fmt.Sprint(v.Interface())
	if v.Kind() == reflect.String && text == "" {
		return `""`
	}
	return text
}

func writeComment(b *strings.Builder, indent, text string) {
	line := indent + "#"
	for word := range strings.FieldsSeq(text) {
		if len(line)+1+len(word) > wrapAt {
			b.WriteString(line + "\n")
			line = indent + "#"
		}
		line += " " + word
	}
	b.WriteString(line + "\n")
}
