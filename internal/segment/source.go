package segment

import (
	"errors"

	"rastro/internal/event"
)

// source is the rows that go into a file, column by column. Codes and numbers
// are those of the whole block; texts are those of the chosen rows only.
type source struct {
	rows    []uint32 // the chosen rows of the block
	rids    []uint64 // of the chosen rows
	times   []int64
	columns []sourceColumn // the columns that hold anything
	lines   []string       // message of the chosen rows
	logs    []string       // log_message of the chosen rows, nil for none
	// stored: the columns are those of a file with templates, in which nobody
	// has put lines together; lines and logs are nil.
	stored bool
}

// sourceColumn is one column to write; which part is set depends on how the
// column is held.
type sourceColumn struct {
	id       column
	required bool     // every row has a value
	texts    []string // one per chosen row: lines
	strings  Strings  // of the whole block
	numbers  Numbers  // of the whole block, or of the chosen rows
	chosen   bool     // numbers or codes have one entry per chosen row
	unit     int64    // of times, in nanoseconds; 0 is 1
}

var errNoRows = errors.New("no rows to write")

// gather reads the columns of a block.
func gather(b Block, rows []uint32) (*source, error) {
	if rows == nil {
		rows = make([]uint32, b.Rows())
		for i := range rows {
			rows[i] = uint32(i)
		}
	}
	if len(rows) == 0 {
		return nil, errNoRows
	}
	s := &source{rows: rows}
	if err := s.addFields(b); err != nil {
		return nil, err
	}
	return s, s.addLines(b)
}

// addFields adds all columns but those of lines and of unknown fields.
func (s *source) addFields(b Block) error {
	if err := s.addFixed(b); err != nil {
		return err
	}
	for _, info := range event.Fields() {
		if !b.Holds(info.Field) {
			continue
		}
		var err error
		switch layouts[info.Field] {
		case layoutDict:
			err = s.addStrings(b, info.Field)
		case layoutNumber:
			err = s.addNumbers(b, info.Field)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *source) addFixed(b Block) error {
	rids, err := b.RIDs()
	if err != nil {
		return err
	}
	times, err := b.Times()
	if err != nil {
		return err
	}
	received, err := b.Numbers(event.ReceivedAt)
	if err != nil {
		return err
	}
	s.rids, s.times = make([]uint64, len(s.rows)), make([]int64, len(s.rows))
	for i, row := range s.rows {
		s.rids[i], s.times[i] = rids[row], times[row]
	}
	s.columns = append(s.columns,
		sourceColumn{id: columnRID, required: true, numbers: Numbers{Bits: rids}},
		sourceColumn{id: column(event.Timestamp), required: true, numbers: Numbers{Bits: asBits(times)}},
		sourceColumn{id: column(event.ReceivedAt), required: true, numbers: received})
	return nil
}

func (s *source) addStrings(b Block, f event.Field) error {
	c, err := b.Strings(f)
	if err != nil {
		return err
	}
	for _, row := range s.rows {
		if c.Dict[c.Codes[row]] != "" {
			s.columns = append(s.columns, sourceColumn{id: column(f), required: true, strings: c})
			return nil
		}
	}
	return nil
}

func (s *source) addNumbers(b Block, f event.Field) error {
	n, err := b.Numbers(f)
	if err != nil {
		return err
	}
	any, all := false, true
	for _, row := range s.rows {
		has := n.Has(int(row))
		any, all = any || has, all && has
		if any && !all {
			break
		}
	}
	if any {
		s.columns = append(s.columns, sourceColumn{id: column(f), required: all, numbers: n})
	}
	return nil
}

// addLines adds message, log_message and the unknown fields.
func (s *source) addLines(b Block) error {
	lines, err := b.StringsAt(event.Message, s.rows)
	if err != nil {
		return err
	}
	s.lines = lines
	s.addTexts(column(event.Message), lines)
	if b.Holds(event.LogMessage) {
		logs, err := b.StringsAt(event.LogMessage, s.rows)
		if err != nil {
			return err
		}
		s.logs = logs
		s.addLogs(lines, logs)
	}
	if b.HoldsExtra() {
		extras, err := b.ExtrasAt(s.rows)
		if err != nil {
			return err
		}
		s.addTexts(columnExtra, extras)
	}
	return nil
}

// addLogs turns each log_message that is a part of its message into where it
// starts and, unless it reaches to the end, its length.
func (s *source) addLogs(lines, logs []string) {
	words := (len(logs) + 63) >> 6
	starts := Numbers{Bits: make([]uint64, len(logs)), Present: make([]uint64, words)}
	lengths := Numbers{Bits: make([]uint64, len(logs)), Present: make([]uint64, words)}
	own := make([]string, len(logs))
	anyStart, anyLength, allStart := false, false, true
	for i, log := range logs {
		at := -1
		if log != "" {
			at = position(lines[i], log)
		}
		if at < 0 {
			own[i], allStart = log, false
			continue
		}
		anyStart = true
		starts.Bits[i] = uint64(at)
		starts.Present[i>>6] |= 1 << (i & 63)
		if at+len(log) < len(lines[i]) {
			anyLength = true
			lengths.Bits[i] = uint64(len(log))
			lengths.Present[i>>6] |= 1 << (i & 63)
		}
	}
	if anyStart {
		s.columns = append(s.columns, sourceColumn{id: columnStart, required: allStart, numbers: starts, chosen: true})
	}
	if anyLength {
		s.columns = append(s.columns, sourceColumn{id: columnLength, numbers: lengths, chosen: true})
	}
	s.addTexts(column(event.LogMessage), own)
}

// addTexts adds a column of lines if any of them is not empty.
func (s *source) addTexts(id column, texts []string) {
	for _, text := range texts {
		if text != "" {
			s.columns = append(s.columns, sourceColumn{id: id, required: true, texts: texts})
			return
		}
	}
}

// groups cuts the chosen rows into row groups, [from, end) each.
func (s *source) groups() [][2]int {
	weigh := s.weights()
	var parts [][2]int
	from, size := 0, 0
	for i := range s.rows {
		cost := weigh(i)
		if i > from && (i-from == groupRows || size+cost > groupBytes) {
			parts = append(parts, [2]int{from, i})
			from, size = i, 0
		}
		size += cost
	}
	return append(parts, [2]int{from, len(s.rows)})
}

// weights returns the function that tells the bytes of text of a row.
// Dictionaries count only where they are large: looking at every field of
// every row costs more than all the rest.
func (s *source) weights() func(i int) int {
	var texts, dicts []*sourceColumn
	size := 0
	for i := range s.columns {
		c := &s.columns[i]
		if c.texts != nil {
			texts = append(texts, c)
		}
		if c.strings.Dict != nil {
			dicts = append(dicts, c)
			for _, entry := range c.strings.Dict {
				size += len(entry)
			}
		}
	}
	if size <= groupBytes {
		dicts = nil
	}
	return func(i int) int {
		cost := 0
		for _, c := range texts {
			cost += len(c.texts[i])
		}
		for _, c := range dicts {
			cost += len(c.strings.Dict[c.strings.Codes[s.rows[i]]])
		}
		return cost
	}
}
