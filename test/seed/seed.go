// Package seed holds what the documents that Rastro began with tell people to
// type: their commands and queries word by word, and their sample lines with
// others beside them that the queries must or must not find.
//
// Nothing comes in; out go texts. Running them is the business of test/e2e.
package seed

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed queries.txt
var queries string

//go:embed commands.txt
var commands string

//go:embed lines.txt
var lines string

// Queries are the queries, in the order of the document.
func Queries() []string { return strings.Split(strings.TrimSpace(queries), "\n") }

// Lines are the sample lines and those beside them: {now} stands for a stamp of
// the last hour and of today, {yesterday} for one of neither; a slash and a T in
// the name ask for that form of a date.
func Lines() []string { return strings.Split(strings.TrimSpace(lines), "\n") }

// Command is one command of the document.
type Command struct {
	// Heading is what the document says it does.
	Heading string
	// Text is the command as it stands there.
	Text string
	// Instead is what does its work here, where Text is a command of a product
	// that Rastro takes the place of; "" where Text itself works.
	Instead string
}

// Run is the command to type.
func (c Command) Run() string {
	if c.Instead != "" {
		return c.Instead
	}
	return c.Text
}

// Commands are the commands, in the order of the document.
func Commands() []Command {
	var all []Command
	for block := range strings.SplitSeq(commands, "\n## ") {
		heading, text, ok := strings.Cut(strings.TrimSpace(block), "\n")
		if !ok || strings.HasPrefix(heading, "#") {
			continue // the explanation at the top
		}
		text, instead, _ := strings.Cut(text, "\ninstead: ")
		if text == "" {
			panic(fmt.Sprintf("commands.txt: nothing stands under %q", heading))
		}
		all = append(all, Command{Heading: heading, Text: text, Instead: instead})
	}
	return all
}
