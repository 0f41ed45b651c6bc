package auth

import (
	"net/textproto"
	"strings"
	"testing"
)

func TestCaller(t *testing.T) {
	t.Parallel()
	name := func(remote string, headers ...string) string {
		r := textproto.MIMEHeader{}
		for i := 0; i < len(headers); i += 2 {
			r.Set(headers[i], headers[i+1])
		}
		return Caller(remote, r.Get)
	}
	one := name("127.0.0.1:1000", "User-Agent", "browser")
	for what, other := range map[string]string{
		"another program":          name("127.0.0.1:1000", "User-Agent", "curl"),
		"another machine":          name("127.0.0.2:1000", "User-Agent", "browser"),
		"a machine behind a proxy": name("127.0.0.1:1000", "User-Agent", "browser", "X-Forwarded-For", "192.0.2.1"),
		"a key":                    name("127.0.0.1:1000", "User-Agent", "browser", "Authorization", "ApiKey secret"),
	} {
		if other == one {
			t.Errorf("%s is the same caller", what)
		}
	}
	if name("127.0.0.1:2000", "User-Agent", "browser") != one {
		t.Error("another connection is another caller")
	}
	key := name("127.0.0.1:1000", "Authorization", "ApiKey secret")
	if key != name("192.0.2.1:1", "Authorization", "ApiKey secret", "User-Agent", "x") {
		t.Error("the same key is another caller elsewhere")
	}
	if strings.Contains(key, "secret") {
		t.Error("the name tells the key")
	}
}
