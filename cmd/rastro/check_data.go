package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"rastro/internal/app"
)

// checkData reads every file of a data folder and tells what is wrong.
func (p *program) checkData(ctx context.Context, dir, output string) error {
	if err := checkOutput(output); err != nil {
		return err
	}
	progress := newBar(p.stderr, dir, 0)
	defer progress.done()
	var written error
	out, err := app.ExamineFolder(ctx, dir, app.ExamineOptions{
		Report: func(f app.Finding) {
			progress.done()
			if err := p.finding(f, output); err != nil && written == nil {
				written = err
			}
		},
		Progress: func(done, total int64) {
			progress.size = total
			progress.show(done, 0)
		},
	})
	progress.done()
	if err := errors.Join(err, written); err != nil {
		return err
	}
	if output == "ndjson" {
		err = p.jsonLine(struct {
			Summary app.Examined `json:"summary"`
		}{out})
	} else {
		err = p.checkSummary(dir, &out)
	}
	if err == nil && out.Problems > 0 {
		err = fmt.Errorf("%s in %s", counted(out.Problems, "problem"), dir)
	}
	return err
}

// finding writes one finding as one line.
func (p *program) finding(f app.Finding, output string) error {
	if output == "ndjson" {
		return p.jsonLine(struct {
			Finding app.Finding `json:"finding"`
		}{f})
	}
	kind, events := "problem", ""
	if f.Harmless {
		kind = "note"
	}
	if f.Events > 0 {
		events = fmt.Sprintf(" (%s)", counted(int(f.Events), "event"))
	}
	_, err := fmt.Fprintf(p.stdout, "%s: %s%s: %s; %s\n", kind, printable(f.Path), events, printable(f.Problem), printable(f.Advice))
	return writing(err)
}

func (p *program) jsonLine(v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("writing a line of JSON: %w", err)
	}
	_, err = p.stdout.Write(append(asciiMarks(line), '\n'))
	return writing(err)
}

// checkSummary tells a person what was read.
func (p *program) checkSummary(dir string, out *app.Examined) error {
	verdict := "all is well"
	if out.Problems > 0 {
		verdict = counted(out.Problems, "problem")
	}
	if out.Notes > 0 {
		verdict += ", " + counted(out.Notes, "note")
	}
	beside := ""
	if out.Beside {
		beside = "; a server runs on the folder, so that what it changed meanwhile was not checked"
	}
	_, err := fmt.Fprintf(p.stdout, `%s: %s%s
  segments  %s, %s, %s
  manifest  %s, events up to %d are durable
  journal   %s, %s, %s, %s not in segments yet
  settings  %s of what clients have set, %s of saved searches and dashboards
`, dir, verdict, beside,
		counted(out.Segments, "file"), counted(int(out.SegmentEvents), "event"), bytesText(out.SegmentBytes),
		bytesText(out.ManifestBytes), out.Durable,
		counted(out.JournalFiles, "file"), counted(int(out.JournalRecords), "record"), bytesText(out.JournalBytes), counted(int(out.JournalEvents), "event"),
		bytesText(out.SettingsBytes), bytesText(out.SavedBytes))
	return writing(err)
}

// counted writes a number with its noun.
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// findBytes looks for bytes in every file of a folder.
func (p *program) findBytes(ctx context.Context, dir, text, output string) error {
	if err := checkOutput(output); err != nil {
		return err
	}
	if text == "" {
		return usagef("--find-bytes needs an address to look for")
	}
	if exists, err := app.HasData(dir); err != nil || !exists {
		return errors.Join(usagef("there is no data folder %s", dir), err)
	}
	progress := newBar(p.stderr, dir, 0)
	var mu sync.Mutex
	found, searched, err := app.FindBytes(ctx, []string{dir}, text, func(done, total int64) {
		mu.Lock()
		defer mu.Unlock()
		progress.size = total
		progress.show(done, 0)
	})
	progress.done()
	if err != nil {
		return err
	}
	for _, f := range found {
		if output == "ndjson" {
			err = p.jsonLine(struct {
				Found app.FoundBytes `json:"found"`
			}{f})
		} else {
			_, err = fmt.Fprintf(p.stdout, "%s: %d times, and %d times as the end of a longer word\n", printable(f.Path), f.Whole, f.Longer)
			err = writing(err)
		}
		if err != nil {
			return err
		}
	}
	if output == "ndjson" {
		err = p.jsonLine(struct {
			Searched app.SearchedBytes `json:"searched"`
		}{searched})
	} else {
		_, err = fmt.Fprintf(p.stdout, "%s: %s read, %s, %s unpacked\n", dir, counted(searched.Files, "file"), bytesText(searched.Bytes), bytesText(searched.Unpacked))
		err = writing(err)
	}
	if err == nil && len(found) > 0 {
		err = fmt.Errorf("the bytes stand in %s", counted(len(found), "file"))
	}
	return err
}
