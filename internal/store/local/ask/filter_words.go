package ask

import (
	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/segment"
	"rastro/internal/store/local/rowset"
)

// mayHoldWords is false only where no row of the block can have the words that
// a condition needs.
func mayHoldWords(s *scan, leaf *query.Leaf) (bool, error) {
	for _, words := range leaf.Words {
		runs, err := s.wordRuns(leaf.Field.Field, words)
		if err != nil || len(runs) > 0 {
			return err == nil, err
		}
	}
	return leaf.Words == nil, nil
}

// keepWords removes rows that cannot have the words that a condition needs.
func keepWords(s *scan, leaf *query.Leaf, rows rowset.Set) error {
	if leaf.Words == nil {
		return nil
	}
	found := make(rowset.Set, len(rows))
	for _, words := range leaf.Words {
		runs, err := s.wordRuns(leaf.Field.Field, words)
		if err != nil {
			return err
		}
		for _, r := range runs {
			found.AddRun(r)
		}
	}
	rows.Both(found)
	return nil
}

// wordRuns asks the block, once for each choice of words: may is called before
// narrow, and both need it.
func (s *scan) wordRuns(f event.Field, words []string) ([]segment.Run, error) {
	key := wordKey{f, &words[0]}
	if runs, known := s.wordsSeen[key]; known {
		return runs, nil
	}
	runs, err := s.block.WordRuns(f, words)
	if err != nil {
		return nil, err
	}
	if s.wordsSeen == nil {
		s.wordsSeen = make(map[wordKey][]segment.Run)
	}
	s.wordsSeen[key] = runs
	return runs, nil
}

// wordKey names a choice of words of a compiled condition.
type wordKey struct {
	field event.Field
	words *string
}
