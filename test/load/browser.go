package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// browserSection is where the part about the browser begins in the page.
const browserSection = "## In the browser\n"

// measureBrowser asks a real browser what a person waits for at the server's
// user interface; the answer is in Markdown, and "" where there is no browser.
func measureBrowser(ctx context.Context, ui string) (string, error) {
	note("looking with a browser")
	c := exec.CommandContext(ctx, "test/browser/run.sh", "measure", "http://"+ui, "5")
	c.Stderr = os.Stderr
	out, err := c.Output()
	if err != nil {
		return "", fmt.Errorf("measuring the user interface: %w", err)
	}
	text := string(out)
	if strings.HasPrefix(text, "SKIP") {
		note("%s", strings.TrimSpace(text))
		return "", nil
	}
	// What was installed before the tables is of no interest.
	if at := strings.Index(text, "Measured in Chromium"); at > 0 {
		text = text[at:]
	}
	return strings.TrimSpace(text) + "\n", nil
}

// browserTables are this run's, or those of the page that is written again.
func (r *results) browserTables(before []byte) string {
	if r.served.browser != "" {
		return browserSection + "\n" + browserWords + r.served.browser + "\n"
	}
	return keptSection(before, browserSection)
}

// keptSection is a section of the page that is written again, up to the next
// one; "" where it has none. title is its line, with the line end.
func keptSection(before []byte, title string) string {
	_, rest, found := strings.Cut(string(before), title)
	if !found {
		return ""
	}
	section, _, _ := strings.Cut(rest, "\n## ")
	return title + strings.TrimRight(section, "\n") + "\n\n"
}

const browserWords = `What a person waits for, headless and without a graphics card, on the same machine as the server: "answer shown" is
when everything that was asked had come and was painted. A dashboard over all time asks for every panel over all
events at once; each panel shows that it works and can be cancelled.

`
