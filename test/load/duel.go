package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// duel is how long one question took both engines, over HTTP.
type duel struct {
	name         string
	ours, theirs timed
}

// ratio is how many times longer the other engine took, by the medians.
func (d *duel) ratio() float64 {
	return float64(d.theirs.median()) / float64(max(d.ours.median(), 1))
}

// engine is one of them that is up.
type engine interface {
	// put asks a question, reads the whole answer and takes the time.
	put(ctx context.Context, p *pair) (time.Duration, []figure, error)
	stop() error
	pid() int
}

// rastroAsked and rivalAsked ask over HTTP as programs do.
type (
	rastroAsked struct {
		*server
		client *http.Client
	}
	rivalAsked struct{ *rivalServer }
)

func (r rastroAsked) pid() int { return r.command.Process.Pid }
func (r rivalAsked) pid() int  { return r.command.Process.Pid }

func (r rastroAsked) put(ctx context.Context, p *pair) (time.Duration, []figure, error) {
	address, body := "http://"+r.elastic+"/_search", p.body
	if p.count != "" {
		address, body = "http://"+r.elastic+"/_count?q="+url.QueryEscape(p.count), ""
	}
	began := time.Now()
	text, err := exchange(ctx, r.client, address, "application/json", strings.NewReader(body))
	took := time.Since(began)
	if err != nil {
		return took, nil, err
	}
	figures, err := p.ours(text)
	return took, figures, err
}

func (r rivalAsked) put(ctx context.Context, p *pair) (time.Duration, []figure, error) {
	form := url.Values{"query": {p.logsQL}}
	if p.limit > 0 {
		form.Set("limit", strconv.Itoa(p.limit))
	}
	began := time.Now()
	text, err := r.get(ctx, "/select/logsql/query", form)
	took := time.Since(began)
	if err != nil {
		return took, nil, err
	}
	figures, err := p.theirs(text)
	return took, figures, err
}

// ask asks both engines every question: first each of a process that has just
// started on files that the kernel does not hold, then again and again, one
// engine after the other.
func (v *rival) ask(ctx context.Context, o options, ours, theirs string, pairs []pair) error {
	startOurs := func() (engine, error) {
		s, err := startServer(ctx, o.binary, ours)
		if err == nil {
			_, err = s.wait(ctx, s.healthy)
		}
		return rastroAsked{s, plainClient()}, err
	}
	startTheirs := func() (engine, error) {
		s, err := v.program.start(ctx, theirs)
		return rivalAsked{s}, err
	}
	for i := range pairs {
		d := duel{name: pairs[i].name}
		var err error
		if d.ours.first, err = askFirst(ctx, ours, startOurs, &pairs[i]); err != nil {
			return err
		}
		if d.theirs.first, err = askFirst(ctx, theirs, startTheirs, &pairs[i]); err != nil {
			return err
		}
		v.asked = append(v.asked, d)
	}
	return v.askAgain(ctx, startOurs, startTheirs, pairs, o.runs)
}

// askAgain asks both engines, side by side, what they were asked before.
func (v *rival) askAgain(ctx context.Context, startOurs, startTheirs func() (engine, error), pairs []pair, runs int) (err error) {
	ours, err := startOurs()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ours.stop()) }()
	theirs, err := startTheirs()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, theirs.stop()) }()
	for i := range pairs {
		if err := v.asked[i].run(ctx, ours, theirs, &pairs[i], runs); err != nil {
			return err
		}
	}
	if v.ours, err = memoryOf(ours.pid()); err != nil {
		return err
	}
	v.theirs, err = memoryOf(theirs.pid())
	return err
}

// askFirst asks one question of a new process.
func askFirst(ctx context.Context, data string, start func() (engine, error), p *pair) (time.Duration, error) {
	if err := forget(data); err != nil {
		return 0, err
	}
	e, err := start()
	if err != nil {
		return 0, err
	}
	took, _, err := e.put(ctx, p)
	if err != nil {
		err = fmt.Errorf("%s: %w", p.name, err)
	}
	return took, errors.Join(err, e.stop())
}

// run asks both engines, compares their answers and takes the times of all
// runs but the first.
func (d *duel) run(ctx context.Context, ours, theirs engine, p *pair, runs int) error {
	var answers [2][]figure
	for i, side := range []struct {
		engine
		into *timed
	}{{ours, &d.ours}, {theirs, &d.theirs}} {
		for n := range runs + 1 {
			took, figures, err := side.put(ctx, p)
			if err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
			if n > 0 {
				side.into.runs = append(side.into.runs, took)
			}
			answers[i] = figures
		}
	}
	d.ours.found = p.found(answers[0])
	return p.same(answers[0], answers[1])
}
