// Command score measures what Rastro says about real logs against what really
// happened, and fails below the marks.
//
// In come the corpora and the program in $RASTRO (default bin/rastro); out goes
// one table. It reads no data folder and starts no server: everything is asked
// through `rastro trace --files` and `rastro parse`, as a person would.
package main

import (
	"flag"
	"fmt"
	"os"

	"rastro/test/corpora"
)

// The marks, in shares.
const (
	markRows    = 0.98 // rows of truth.tsv that are right
	markCodes   = 0.97 // codes and enhanced codes that are right where given
	markElemta  = 0.99 // recipients of Elemta's mail
	markLogins  = 0.98 // login attempts
	missesShown = 15
)

func main() {
	all := flag.Bool("v", false, "show every row that is wrong")
	flag.Parse()
	ok, err := run(*all)
	if err != nil {
		fmt.Fprintln(os.Stderr, "score:", err)
		os.Exit(1)
	}
	if !ok {
		fmt.Println("FAIL: below the marks")
		os.Exit(1)
	}
}

func run(all bool) (bool, error) {
	dir, err := os.MkdirTemp("", "rastro-score-")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	if err := corpora.Unpack(dir); err != nil {
		return false, err
	}
	s := &scorer{dir: dir, rastro: os.Getenv("RASTRO"), all: all, passed: true}
	if s.rastro == "" {
		s.rastro = "bin/rastro"
	}
	for _, part := range []func() error{s.messages, s.elemta, s.logins} {
		if err := part(); err != nil {
			return false, err
		}
	}
	return s.passed, nil
}

// scorer holds what the parts share.
type scorer struct {
	dir, rastro string
	all, passed bool
}

// mark prints one figure and remembers whether it reaches its mark.
func (s *scorer) mark(what string, right, of int, least float64) {
	share := 1.0
	if of > 0 {
		share = float64(right) / float64(of)
	}
	verdict := "ok"
	if share < least || of == 0 {
		verdict, s.passed = "BELOW", false
	}
	fmt.Printf("  %-44s %5d of %5d  %6.2f %%  mark %.0f %%  %s\n", what, right, of, 100*share, 100*least, verdict)
}
