package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"
	"time"

	"rastro/internal/web"
)

// stats shows the figures of fields in the events that match, as tables for
// people or as one JSON object.
func (p *program) stats(ctx context.Context, t target, req web.FieldStatsRequest, sample time.Duration, output string) error {
	if sample < 0 || sample > 10*time.Second || sample > 0 && sample < time.Millisecond {
		return usagef("--sample must be between 1ms and 10s, or 0 for all events; it is %s", sample)
	}
	if output != "text" && output != "ndjson" {
		return usagef("--output is text or ndjson, not %q", output)
	}
	req.SampleMS = int(sample.Milliseconds())
	b, err := t.open(ctx, p.stderr)
	if err != nil {
		return err
	}
	answer, err := b.fieldStats(ctx, req)
	switch {
	case err != nil:
	case output == "ndjson":
		err = writing(json.NewEncoder(p.stdout).Encode(answer))
	default:
		err = writing(showStats(p.stdout, &answer))
	}
	for _, reason := range answer.Reasons {
		fmt.Fprintln(p.stderr, "rastro: this answer is partial:", printable(reason))
	}
	if err == nil && answer.Partial {
		err = fmt.Errorf("%w: the answer is partial", errPartial)
	}
	return errors.Join(err, b.close())
}

// showStats writes the figures of each field with its most frequent values.
func showStats(w io.Writer, a *web.FieldStatsAnswer) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	of := fmt.Sprintf("%d events", a.Total)
	if s := a.Sample; s != nil {
		of = fmt.Sprintf("sample of %d of %d events; %d of them match, of all about %d (%d to %d)", s.Seen, s.Of, a.Total, s.About, s.Low, s.High)
	}
	fmt.Fprintln(out, of)
	for i := range a.Fields {
		f := &a.Fields[i]
		fmt.Fprintf(out, "\n%s: in %d events (%s)%s\n", printable(f.Field), f.Events, share(f.Events, a.Total), distinctOf(f))
		if s := f.Stats; s != nil && s.Min != nil && s.Max != nil && s.Avg != nil {
			fmt.Fprintf(out, "  from %s to %s, average %s", figure(*s.Min), figure(*s.Max), figure(*s.Avg))
			for _, p := range f.Percentiles {
				if p.Value != nil {
					fmt.Fprintf(out, ", %s%% %s", figure(p.Percent), figure(*p.Value))
				}
			}
			fmt.Fprintln(out)
		}
		for _, v := range f.Values {
			fmt.Fprintf(out, "  %s\t%d\t%s\n", printable(v.Key), v.Count, share(v.Count, f.Events))
		}
		if f.Other > 0 {
			fmt.Fprintf(out, "  (others)\t%d\t%s\n", f.Other, share(f.Other, f.Events))
		}
	}
	return out.Flush()
}

// distinctOf says how many values a field has, as far as that is known.
func distinctOf(f *web.FieldStats) string {
	switch {
	case f.Distinct == nil || f.Events == 0:
		return ""
	case f.DistinctExact:
		return fmt.Sprintf(", %d different values", *f.Distinct)
	}
	return fmt.Sprintf(", about %d different values or more", *f.Distinct)
}

func share(part, whole int64) string {
	if whole == 0 {
		return "0 %"
	}
	return strconv.FormatFloat(100*float64(part)/float64(whole), 'f', 1, 64) + " %"
}

func figure(x float64) string { return strconv.FormatFloat(x, 'g', 6, 64) }
