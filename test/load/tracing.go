package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"rastro/internal/app"
	"rastro/internal/auth"
	"rastro/internal/trace"
)

// journeys are the right answers of a trace.
type journeys struct {
	// statuses are those of copies by key: several where a message names a
	// recipient twice.
	statuses map[string][]string
	// taken holds the copies with a queue id. What began in the last moments of
	// the log is not among them: the truth tells of a message once it is over.
	taken []begun
}

// begun is when a copy's message came in.
type begun struct {
	key string
	at  time.Time
}

// lastMoments is how long before its end the log and the truth may differ.
const lastMoments = 2 * time.Minute

// traced is something that people trace, with what is right.
type traced struct {
	name  string
	goal  time.Duration
	text  string
	now   time.Time // when it is asked: at the end of the log
	right func(trace.Answer) error
}

// probe asks as a server does.
func (t traced) probe() probe {
	return probe{name: t.name, goal: t.goal, ask: func(ctx context.Context, folder *app.Folder) (time.Duration, int64, error) {
		q, err := trace.ParseQuery(t.text)
		if err != nil {
			return 0, 0, err
		}
		began := time.Now()
		answer, err := folder.Tracer.Trace(ctx, auth.Everything(), trace.Question{Query: q, Now: t.now})
		took := time.Since(began)
		if err == nil {
			err = t.right(answer)
		}
		if err != nil {
			err = fmt.Errorf("%s (%s): %w", t.name, t.text, err)
		}
		return took, int64(len(answer.Journeys)), err
	}}
}

// The goals of traces.
const (
	goalTraceID      = 30 * time.Millisecond
	goalTraceAddress = 200 * time.Millisecond
)

// traces are the questions of people who look for messages.
func traces(log *logFile, end time.Time) ([]traced, error) {
	who, err := choosePersons(log.truth)
	if err != nil {
		return nil, err
	}
	queueID, messageID, err := chooseMessages(log.truth)
	if err != nil {
		return nil, err
	}
	fits := []func(*fate) bool{
		func(f *fate) bool { return slices.Contains(f.ids, queueID) || slices.Contains(f.notices, queueID) },
		func(f *fate) bool { return f.names(who.typical) },
		func(f *fate) bool { return f.names(who.busiest) },
		func(f *fate) bool { return f.messageID == messageID },
	}
	addresses := []string{"", who.typical, who.busiest, ""}
	right := make([]journeys, len(fits))
	for i := range right {
		right[i] = journeys{statuses: map[string][]string{}}
	}
	err = eachFate(log.truth, 0, func(f fate) bool {
		for i, fit := range fits {
			if fit(&f) {
				right[i].add(&f, addresses[i], end)
			}
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	return []traced{
		{"trace one queue id", goalTraceID, queueID, end, right[0].all},
		{"trace one address (a typical one)", goalTraceAddress, who.typical, end, right[1].all},
		{"trace the busiest address, newest 100", goalTraceAddress, who.busiest, end, right[2].newest},
		{"trace a Message-ID", 0, "<" + bare(messageID) + ">", end, right[3].all},
		{"trace an address that is nowhere: coverage, near spellings", 0, who.misspelled, end, findsNear(who.typical)},
		{"the same with a slip in the domain", 0, who.elsewhere, end, findsNear(who.typical)},
	}, nil
}

func bare(id string) string {
	if len(id) > 2 && id[0] == '<' {
		return id[1 : len(id)-1]
	}
	return id
}

// add takes a copy, and the notices to its sender where address is the sender's.
func (j *journeys) add(f *fate, address string, end time.Time) {
	key := f.key()
	if _, again := j.statuses[key]; !again && len(f.ids) > 0 && end.Sub(f.began) > lastMoments {
		j.taken = append(j.taken, begun{key, f.began})
	}
	j.statuses[key] = append(j.statuses[key], f.status)
	if f.sender == address {
		for _, id := range f.notices {
			j.statuses[journeyKey(f.host, []string{id}, f.sender)] = []string{"delivered"}
		}
	}
}

// known compares journeys with the truth. What has no queue id is left out:
// several refusals of the same try are one journey.
func (j *journeys) known(all []trace.Journey) (map[string]bool, error) {
	seen := map[string]bool{}
	for i := range all {
		x := &all[i]
		if len(x.Hosts) == 0 {
			return nil, fmt.Errorf("journey %s has no host", x.ID)
		}
		key := journeyKey(x.Hosts[0], x.QueueIDs, x.Recipient)
		statuses, ok := j.statuses[key]
		switch {
		case !ok:
			return nil, fmt.Errorf("the log has no journey %q", key)
		case !slices.Contains(statuses, string(x.Status)):
			return nil, fmt.Errorf("journey %q is %s, the log says %v", key, x.Status, statuses)
		case seen[key] && len(x.QueueIDs) > 0:
			return nil, fmt.Errorf("journey %q comes twice", key)
		}
		seen[key] = true
	}
	return seen, nil
}

// all checks an answer that must be whole.
func (j *journeys) all(a trace.Answer) error {
	if a.Partial || a.More {
		return fmt.Errorf("the answer is not whole: %v", a.Reasons)
	}
	seen, err := j.known(a.Journeys)
	if err == nil && len(seen) != len(j.statuses) {
		err = fmt.Errorf("%d journeys, the log has %d", len(seen), len(j.statuses))
	}
	return err
}

// newest checks a page of the newest: full, each right, and none of the newest
// missing. What is newest is told by the last line of a message, so that only
// those are sure to be on the page that came in lately.
func (j *journeys) newest(a trace.Answer) error {
	want := min(len(j.statuses), trace.DefaultLimit)
	if a.Partial || len(a.Journeys) != want || len(j.statuses) > want && !a.More {
		return fmt.Errorf("%d journeys (more: %t, partial: %v), want %d", len(a.Journeys), a.More, a.Reasons, want)
	}
	seen, err := j.known(a.Journeys)
	if err != nil {
		return err
	}
	lately := slices.SortedStableFunc(slices.Values(j.taken), func(a, b begun) int { return b.at.Compare(a.at) })
	for _, c := range lately[:min(len(lately), want/2)] {
		if !seen[c.key] {
			return fmt.Errorf("journey %q is missing among the newest", c.key)
		}
	}
	return nil
}

// findsNear checks the answer that there is nothing: every server's logs cover
// the time, and the right address is offered.
func findsNear(address string) func(trace.Answer) error {
	return func(a trace.Answer) error {
		switch {
		case len(a.Journeys) > 0 || a.NotFound == nil:
			return fmt.Errorf("%d journeys, want none", len(a.Journeys))
		case len(a.NotFound.Coverage) == 0:
			return errors.New("nothing is said of what the logs cover")
		case !slices.ContainsFunc(a.NotFound.Near, func(n trace.Near) bool { return n.Value == address }):
			return fmt.Errorf("%s is not offered: %+v", address, a.NotFound.Near)
		}
		return nil
	}
}
