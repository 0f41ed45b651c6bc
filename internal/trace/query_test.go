package trace

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestParseQuery(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		kind   string
		values []string
	}{
		"":                              {"all", nil},
		" Ana@HostCo.example ":          {"address", []string{"ana@hostco.example"}},
		"<ana@hostco.example>":          {"address_or_message_id", []string{"ana@hostco.example"}},
		"ana@a.example bob@b.example":   {"pair", []string{"ana@a.example", "bob@b.example"}},
		"ana@a.example, bob@b.example":  {"pair", []string{"ana@a.example", "bob@b.example"}},
		"de ana@a.example para b@b.es":  {"pair", []string{"ana@a.example", "b@b.es"}},
		"hostco.example":                {"domain", []string{"hostco.example"}},
		"@hostco.example":               {"domain", []string{"hostco.example"}},
		"*@hostco.example":              {"domain", []string{"hostco.example"}},
		"4XyZ1k2bQ3z5":                  {"id", []string{"4XyZ1k2bQ3z5"}},
		"1xVIKz-00084q-1Z":              {"id", []string{"1xVIKz-00084q-1Z"}},
		"1rQwXy-00000000123-AbCd":       {"id", []string{"1rQwXy-00000000123-AbCd"}},
		"1795393767547947272-547947332": {"id", []string{"1795393767547947272-547947332"}},
		"250 2.0.0 OK 1767603175 7945dce0b452f093si187.440 - gsmtp": {"id", []string{"1767603175", "7945dce0b452f093si187.440"}},
		"250 2.0.0 Ok: queued as 42wcLYcmdBtXqy":                    {"id", []string{"42wcLYcmdBtXqy"}},
		"192.0.2.7":                                                 {"ip", []string{"192.0.2.7"}},
		"[2001:DB8::1]":                                             {"ip", []string{"2001:db8::1"}},
		"::ffff:192.0.2.7":                                          {"ip", []string{"192.0.2.7"}},
		"<20250004.59fd46.22a38d87a1@qcorreo.example>":              {"address_or_message_id", []string{"20250004.59fd46.22a38d87a1@qcorreo.example"}},
		"message-id=<1@a.example>":                                  {"address", []string{"1@a.example"}},
		"Factura de la semana":                                      {"subject", []string{"factura de la semana"}},
		"ana@a.example 4XyZ1k2bQ3z5":                                {"several", []string{"ana@a.example", "4XyZ1k2bQ3z5"}},
	} {
		q, err := ParseQuery(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if u := q.understood(); u.Kind != want.kind || !slices.Equal(u.Values, want.values) {
			t.Errorf("%q is %s %q, want %s %q", text, u.Kind, u.Values, want.kind, want.values)
		}
	}
	for _, text := range []string{"?", "--", "<>", "250 ok", strings.Repeat("x", maxQueryText+1)} {
		if q, err := ParseQuery(text); !errors.Is(err, ErrQuery) {
			t.Errorf("%.20q is taken for %+v", text, q.understood())
		}
	}
}

const bounce = `This is the mail system at host mx1.lumenhost.example.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

<nicolas.rojas@yahuu.example>: host mx1.yahuu.example[198.51.100.31] said: 552
    5.3.4 Message too big (in reply to end of DATA command)

Reporting-MTA: dns; mx1.lumenhost.example
X-Postfix-Queue-ID: DC7E115A3EF
X-Postfix-Sender: rfc822; luis_duarte@alba-textil.example

Final-Recipient: rfc822; nicolas.rojas@yahuu.example
Action: failed
Status: 5.3.4

Message-ID: <CA+9ce91d3959-d65edd=5@mail.alba-textil.example>
`

func TestPastedBounce(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"plain":   bounce,
		"quoted":  "> " + strings.ReplaceAll(bounce, "\n", "\n> "),
		"windows": strings.ReplaceAll(bounce, "\n", "\r\n"),
		"headers": "Received: from a (a [192.0.2.1])\n\tby mx1 (Postfix) with ESMTP id DC7E115A3EF\n\tfor <x@y.example>; Mon, 23 Nov 2026\nSubject: x\n",
	} {
		j := one(t, assemble(postfixFarm(t)), text)
		if !slices.Contains(j.QueueIDs, "DC7E115A3EF") || j.Status != Bounced {
			t.Errorf("%s: found %s %q", name, j.Status, j.QueueIDs)
		}
	}
	// Not every server writes Message-IDs down.
	j := one(t, assemble(postfixFarm(t)), "From: Nicolás <Nicolas_Reyes@banco-delta.example>\nTo: sergio_salas@tiendas-rio.example\nMessage-ID: <nowhere@banco-delta.example>\n")
	if !slices.Contains(j.QueueIDs, "3899815A6C2") {
		t.Errorf("by addresses: found %q", j.QueueIDs)
	}
	q, err := ParseQuery("<carla@hostco.example>:\nthe address does not exist:\nRemote server said nothing else\n")
	if err != nil || len(q.Terms) != 1 || q.Terms[0].Kind != TermAddress || !slices.Equal(q.Terms[0].Values, []string{"carla@hostco.example"}) {
		t.Errorf("a bounce without ids is %+v, %v", q.Terms, err)
	}
}

// TestFinds asks for one message by everything a customer may have of it.
func TestFinds(t *testing.T) {
	t.Parallel()
	a := assemble(postfixFarm(t))
	for _, text := range []string{
		"3899815A6C2", "3899815a6c2", "488D915A6C4", "<AM0PRE75BE0E33F9DE98B.60.eurprd@banco-delta.example>",
		"AM0PRE75BE0E33F9DE98B.60.eurprd@banco-delta.example", "julianieto@alba-textil.example", "sergio_salas@tiendas-rio.example",
		"nicolas_reyes@banco-delta.example sergio_salas@tiendas-rio.example", "42wcLYcmdBtXqy", "250 2.0.0 Ok: queued as 42wcLYcmdBtXqy",
		"gDZCES2UA2t0CAAA0OLi8A", "nicolas_reyes@banco-delta.example 3899815A6C2",
	} {
		if j := one(t, a, text); !slices.Equal(j.QueueIDs, []string{"3899815A6C2", "488D915A6C4"}) {
			t.Errorf("%s finds %q", text, j.QueueIDs)
		}
	}
	for _, text := range []string{"nicolas_reyes@banco-delta.example carmenbravo@cafenorte.example", "3899815A6C3", "nobody.example"} {
		if all := find(t, a, text); len(all) != 0 {
			t.Errorf("%s finds %d journeys", text, len(all))
		}
	}
	if n := len(find(t, a, "198.51.100.42")); n < 2 {
		t.Errorf("the relay's address finds %d journeys", n)
	}
	if n := len(find(t, a, "alba-textil.example")); n < 5 {
		t.Errorf("the domain finds %d journeys", n)
	}
}

func FuzzParseQuery(f *testing.F) {
	for _, seed := range []string{bounce, "ana@a.example bob@b.example", "250 2.0.0 OK 1 x - gsmtp", "<\x00>", "::1%eth0", "ñandú@ñ.example", "a\nb: c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := ParseQuery(text)
		if err != nil {
			if !errors.Is(err, ErrQuery) {
				t.Fatal(err)
			}
			return
		}
		for _, term := range q.Terms {
			if len(term.Values) == 0 {
				t.Fatalf("%q: a term without values: %+v", text, q.Terms)
			}
			if len(term.ways()) == 0 {
				t.Fatalf("%q: no way to look for %+v", text, term)
			}
		}
		question := Question{Query: q}
		question.fits(&Journey{Recipient: "a@b.example", QueueIDs: []string{"x"}})
	})
}
