package sources

import (
	"context"
	"errors"
	"fmt"
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/search"
)

// lastLine is the text of the newest line of a source, with its time.
type lastLine struct {
	at    int64
	text  string
	asked time.Time
}

// lastLines looks up the newest line of the sources: of the first ones, and as
// far as the time allows. When it was written is known, so that each look
// touches one place of the store only.
func (r *round) lastLines(ctx context.Context, rows []*row) error {
	start := time.Now()
	asked := 0
	for _, one := range rows {
		old, ok := r.before.lines[one.ID]
		switch {
		case one.absent == nil && !one.isFile() && one.last == 0:
			continue // it never sent anything
		case ok && old.at == one.last && one.last != 0, ok && one.last == 0 && r.now.Sub(old.asked) < keepRhythm:
		case asked >= maxLines || time.Since(start) > linesTime:
			continue
		default:
			asked++
			var err error
			if old, err = r.newest(ctx, one); err != nil {
				return err
			}
		}
		one.LastLine, one.last = old.text, max(one.last, old.at)
		r.after.lines[one.ID] = old
	}
	return nil
}

// recall finds out when files spoke last that have said nothing in the last
// days: they may have been silent since before the server started.
func (r *round) recall(ctx context.Context, rows []*row) error {
	silent := map[string]*row{}
	var names []string
	for _, one := range rows {
		if one.isFile() && one.last == 0 && one.absent == nil && len(names) < maxRecalled {
			for _, name := range one.names {
				silent[name] = one
				names = append(names, name)
			}
		}
	}
	if len(names) == 0 {
		return nil
	}
	source := query.FieldOf(event.Source)
	answer, err := r.opts.Searcher.Ask(ctx, r.scope, r.pastQuestion(
		query.Terms{Field: source, Values: names},
		query.Agg{Name: "source", Kind: query.AggTerms, Field: source, Size: len(names), Subs: []query.Agg{
			{Name: "last", Kind: query.AggMax, Field: query.FieldOf(event.Timestamp)},
			{Name: "read", Kind: query.AggMax, Field: query.FieldOf(event.ReceivedAt)},
		}}))
	if err != nil {
		return unlessLate(err)
	}
	for _, a := range answer.Aggs {
		for i := range a.Buckets {
			if one := silent[a.Buckets[i].Key]; one != nil {
				last, read := newestOf(&a.Buckets[i])
				one.last, one.read = max(one.last, last), max(one.read, read)
			}
		}
	}
	return nil
}

// maxRecalled bounds the files that are asked for at once.
const maxRecalled = 300

// around is how exactly a metric tells a time: its figures have 53 bits.
const around = int64(time.Microsecond)

// newest looks up the newest line of a source. Where it is not known when that
// was, all of the store is looked through, from its end.
func (r *round) newest(ctx context.Context, one *row) (lastLine, error) {
	q := query.Question{
		Filter: query.Terms{Field: query.FieldOf(event.SourceID), Values: one.ids},
		Limit:  1, Fields: []query.FieldRef{query.FieldOf(event.Message)},
	}
	if len(one.ids) == 0 {
		q.Filter = query.Terms{Field: query.FieldOf(event.Source), Values: one.names}
	}
	if one.last != 0 {
		q.From, q.To = one.last-around, one.last+around
	}
	found := lastLine{at: one.last, asked: r.now}
	limited, cancel := context.WithTimeout(ctx, linesTime)
	defer cancel()
	answer, err := r.opts.Searcher.Ask(limited, r.scope, q)
	switch {
	case errors.Is(err, search.ErrBusy), errors.Is(err, query.ErrTooBig), err != nil && limited.Err() != nil && ctx.Err() == nil:
		return found, nil
	case err != nil:
		return found, fmt.Errorf("looking up the last line of a source: %w", err)
	case len(answer.Hits) == 0:
		return found, nil
	}
	e := &answer.Hits[0].Event
	found.text = short(e.Str(event.Message))
	if found.at == 0 {
		found.at = e.Time
	}
	return found, nil
}

const (
	// maxPrograms and maxExamples bound what is told of lines that were not
	// understood.
	maxPrograms = 20
	maxExamples = 3
	// firstLook is how many of the newest of them are looked at for examples at
	// once; most programs are among them.
	firstLook = 200
)

// unparsed tells of the lines of the last day that no parser understood.
func (r *round) unparsed(ctx context.Context) ([]Program, error) {
	programs := []Program{}
	question := query.Question{
		Filter: unparsedFilter, From: r.now.Add(-day).UnixNano(), Limit: firstLook, Fields: exampleFields,
		Aggs: []query.Agg{{Name: "program", Kind: query.AggTerms, Field: query.FieldOf(event.Program), Size: maxPrograms, Missing: noProgram}},
	}
	answer, err := r.opts.Searcher.Ask(ctx, r.scope, question)
	if err != nil {
		return nil, fmt.Errorf("counting the lines that were not understood: %w", err)
	}
	for _, a := range answer.Aggs {
		for _, b := range a.Buckets {
			p := Program{Program: b.Key, Count: b.Count, Examples: []Example{}}
			if b.Key == noProgram {
				p.Program = ""
			}
			programs = append(programs, p)
		}
	}
	question.Aggs, question.Limit = nil, maxExamples
	for i := range programs {
		p := &programs[i]
		p.addExamples(answer.Hits)
		if len(p.Examples) > 0 {
			continue
		}
		question.Filter = query.And{Filters: []query.Filter{unparsedFilter, programFilter(p.Program)}}
		few, err := r.opts.Searcher.Ask(ctx, r.scope, question)
		if err != nil {
			return nil, fmt.Errorf("looking up lines that were not understood: %w", err)
		}
		p.addExamples(few.Hits)
	}
	return programs, nil
}

// noProgram stands for lines that name no program; no program's name holds a
// control character.
const noProgram = "\x01"

var exampleFields = []query.FieldRef{query.FieldOf(event.Message), query.FieldOf(event.Host), query.FieldOf(event.Program)}

func programFilter(name string) query.Filter {
	program := query.FieldOf(event.Program)
	if name == "" {
		return query.Not{Filter: query.Exists{Field: program}}
	}
	return query.Term{Field: program, Value: name}
}

// addExamples takes the first hits of the program.
func (p *Program) addExamples(hits []query.Hit) {
	for i := range hits {
		e := &hits[i].Event
		if len(p.Examples) == maxExamples {
			return
		}
		if e.Str(event.Program) != p.Program {
			continue
		}
		p.Examples = append(p.Examples, Example{
			Host: e.Str(event.Host), Time: stamp(e.Time), Line: short(e.Str(event.Message)), EventID: e.ID(),
		})
	}
}
