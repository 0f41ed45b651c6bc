package seed

import (
	"strings"
	"testing"
)

func TestTheTextsAreWhole(t *testing.T) {
	if n := len(Queries()); n != 9 {
		t.Errorf("%d queries, the document has 9", n)
	}
	all := Commands()
	if len(all) != 16 {
		t.Errorf("%d commands, the document has 16", len(all))
	}
	for _, c := range all {
		if c.Heading == "" || c.Text == "" || strings.HasPrefix(c.Text, "curl") == (c.Instead != "") {
			t.Errorf("%+v", c)
		}
	}
	if last := all[len(all)-1]; !strings.HasSuffix(last.Text, "}'") || !strings.Contains(last.Text, "/usr/share/elasticsearch/backups") {
		t.Errorf("the last command is %q", last.Text)
	}
}
