package main

import (
	"bytes"
	"io"
	"testing"
	"time"

	"rastro/internal/event"
	"rastro/internal/parse"
)

// TestFeedHoldsWhatOthersWouldSend: the fields of the line, and neither marks
// of Rastro nor escapes that nobody needs.
func TestFeedHoldsWhatOthersWouldSend(t *testing.T) {
	t.Parallel()
	line := event.Line{Text: `2026-01-05T00:00:00.057572-05:00 mx2 postfix/cleanup[8780]: 0000015D001: message-id=<a\u003c"b&c@uni.example>`, Origin: &event.Origin{}, ReceivedAt: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC).UnixNano()}
	var e event.Event
	parse.New(parse.Options{}).Parse(&line, &e)
	got := string(unescaped(withoutID(event.AppendJSON(nil, &e, isForOthers))))
	want := `{"@timestamp":"2026-01-05T05:00:00.057572Z","message":"2026-01-05T00:00:00.057572-05:00 mx2 postfix/cleanup[8780]: 0000015D001: message-id=<a\\u003c\"b&c@uni.example>","host":"mx2","program":"postfix/cleanup","pid":8780,"component":"cleanup","dialect":"postfix","level":"INFO","event_type":"message_reception","queue_id":"0000015D001","message_id":"<a\\u003c\"b&c@uni.example>"}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestFeedIsCutAtLines(t *testing.T) {
	t.Parallel()
	in := feedReader{from: bytes.NewReader([]byte("one\ntwo\nthree\nfour\n"))}
	body := make([]byte, 9)
	for _, want := range []string{"one\ntwo\n", "three\n", "four\n", ""} {
		n, err := in.next(body)
		if err != nil || string(body[:n]) != want {
			t.Errorf("%q, %v; want %q", body[:n], err, want)
		}
	}
	in = feedReader{from: bytes.NewReader([]byte("a line that is too long\n"))}
	if n, err := in.next(body); err == nil {
		t.Errorf("a line that does not fit gives %d bytes", n)
	}
}

func TestCutsAreBetweenLines(t *testing.T) {
	t.Parallel()
	text := "one\ntwo\nthree\nfour\nfive\nsix\n"
	for n := 1; n < 9; n++ {
		in := bytes.NewReader([]byte(text))
		cuts, err := cutsOf(in, int64(len(text)), n)
		if err != nil {
			t.Fatal(err)
		}
		whole := ""
		for i := range len(cuts) - 1 {
			part, err := io.ReadAll(io.NewSectionReader(in, cuts[i], cuts[i+1]-cuts[i]))
			if err != nil || len(part) == 0 || part[len(part)-1] != '\n' {
				t.Errorf("%d parts: %q, %v", n, part, err)
			}
			whole += string(part)
		}
		if whole != text {
			t.Errorf("%d parts: %q", n, whole)
		}
	}
}
