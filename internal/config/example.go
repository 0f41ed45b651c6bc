package config

import (
	"fmt"
	"io"
	"reflect"
	"strings"
	"time"
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
		if entry := exampleEntry(v.Type().Elem()); entry.IsValid() {
			writeEntry(b, key, entry, indent)
		}
	default:
		fmt.Fprintf(b, "%s%s: %s\n", indent, key, scalarText(v))
	}
}

// exampleEntry is an entry to show of a list whose default is empty; invalid for
// lists that explain themselves.
func exampleEntry(of reflect.Type) reflect.Value {
	switch of {
	case reflect.TypeFor[Source]():
		s := DefaultSource()
		s.Paths = []string{"/var/log/mail.log"}
		s.Zone = "America/Bogota"
		s.Exclude = []string{"/var/log/mail.err"}
		return reflect.ValueOf(s)
	case reflect.TypeFor[Class]():
		return reflect.ValueOf(Class{Query: "event_type:mailbox_access", Age: Duration(30 * 24 * time.Hour)})
	}
	return reflect.Value{}
}

// writeEntry shows one entry of a list behind comment signs.
func writeEntry(b *strings.Builder, key string, entry reflect.Value, indent string) {
	var one strings.Builder
	for i := range entry.NumField() {
		field := entry.Type().Field(i)
		writeComment(&one, "  ", field.Tag.Get("doc"))
		if list, ok := entry.Field(i).Interface().([]string); ok {
			fmt.Fprintf(&one, "  %s: [%q]\n", field.Tag.Get("key"), list[0])
			continue
		}
		writeKey(&one, field.Tag.Get("key"), entry.Field(i), "  ")
	}
	text := strings.TrimSuffix(one.String(), "\n")
	fmt.Fprintf(b, "%[1]s# Remove the line above and the signs below for a first entry:\n%[1]s#%[2]s:\n%[1]s#-\n", indent, key)
	for line := range strings.SplitSeq(text, "\n") {
		b.WriteString(indent + "#" + line + "\n")
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
