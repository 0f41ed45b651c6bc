package frame

import (
	"encoding/json"
	"strings"
)

// stream names one stream of a container, or the plain lines, within a file.
// Only lines of one stream are joined.
type stream string

const (
	plainStream  stream = ""
	dockerStdout stream = "docker stdout"
	dockerStderr stream = "docker stderr"
	criStdout    stream = "cri stdout"
	criStderr    stream = "cri stderr"
)

// kind is the wrapping of a line.
type kind uint8

const (
	plain kind = iota
	docker
	cri
)

// piece is one physical line, taken apart just so far that it can be joined.
// For docker, head and tail are the JSON around the text and body is the text
// as JSON writes it; for CRI, head ends before the body.
type piece struct {
	kind             kind
	stream           stream
	head, body, tail string
	// partial: the program's line goes on in the next piece of the stream.
	partial bool
}

// split takes a line apart. What does not have the shape is plain.
func (f *Framing) split(line string) piece {
	if f.docker && strings.HasPrefix(line, `{"log":`) {
		if p, ok := splitDocker(line); ok {
			return p
		}
	}
	if f.cri && len(line) > 22 && line[4] == '-' && line[10] == 'T' {
		if p, ok := splitCRI(line); ok {
			return p
		}
	}
	return piece{stream: plainStream, body: line}
}

// splitDocker takes a line of the json-file driver apart: an object whose
// first key is log and whose second is stream. A text that does not end in \n
// goes on in the next line.
func splitDocker(line string) (piece, bool) {
	at := skipSpaces(line, len(`{"log":`))
	if at >= len(line) || line[at] != '"' {
		return piece{}, false
	}
	start := at + 1
	end := stringEnd(line, start)
	if end < 0 {
		return piece{}, false
	}
	rest := line[end+1:]
	at = skipSpaces(rest, 0)
	if at >= len(rest) || rest[at] != ',' {
		return piece{}, false
	}
	rest = rest[skipSpaces(rest, at+1):]
	if !strings.HasPrefix(rest, `"stream":`) || !strings.HasSuffix(rest, "}") {
		return piece{}, false
	}
	rest = rest[skipSpaces(rest, len(`"stream":`)):]
	var name stream
	switch {
	case strings.HasPrefix(rest, `"stdout"`):
		name = dockerStdout
	case strings.HasPrefix(rest, `"stderr"`):
		name = dockerStderr
	default:
		return piece{}, false
	}
	body := line[start:end]
	return piece{
		kind: docker, stream: name,
		head: line[:start], body: body, tail: line[end:],
		partial: !endsInNewline(body),
	}, true
}

// endsInNewline reports whether a JSON text ends in the escape \n: an n after
// an odd number of backslashes.
func endsInNewline(body string) bool {
	if !strings.HasSuffix(body, `\n`) {
		return false
	}
	slashes := 0
	for i := len(body) - 2; i >= 0 && body[i] == '\\'; i-- {
		slashes++
	}
	return slashes%2 == 1
}

// stringEnd is the place of the quote that ends a JSON string; -1 if none.
func stringEnd(s string, from int) int {
	for i := from; ; {
		quote := strings.IndexByte(s[i:], '"')
		if quote < 0 {
			return -1
		}
		quote += i
		slashes := 0
		for j := quote - 1; j >= from && s[j] == '\\'; j-- {
			slashes++
		}
		if slashes%2 == 0 {
			return quote
		}
		i = quote + 1
	}
}

func skipSpaces(s string, i int) int {
	for i < len(s) && s[i] == ' ' {
		i++
	}
	return i
}

// splitCRI takes "TIME STREAM TAGS TEXT" apart. The first of the tags, parted
// by colons, is P for a part that goes on and F for a full line or its last
// part. The head of a part is written with F: joined, the line is full.
func splitCRI(line string) (piece, bool) {
	space := strings.IndexByte(line[:min(len(line), 40)], ' ')
	if space < 20 {
		return piece{}, false
	}
	rest := line[space+1:]
	var name stream
	switch {
	case strings.HasPrefix(rest, "stdout "):
		name = criStdout
	case strings.HasPrefix(rest, "stderr "):
		name = criStderr
	default:
		return piece{}, false
	}
	tags := space + 1 + len("stdout ")
	if tags >= len(line) || (line[tags] != 'P' && line[tags] != 'F') {
		return piece{}, false
	}
	p := piece{kind: cri, stream: name, partial: line[tags] == 'P'}
	text := len(line)
	if end := strings.IndexByte(line[tags:], ' '); end >= 0 {
		text = tags + end + 1
	}
	if tags+1 < len(line) && line[tags+1] != ' ' && line[tags+1] != ':' {
		return piece{}, false
	}
	p.head, p.body = line[:text], line[text:]
	if p.partial {
		p.head = line[:tags] + "F" + line[tags+1:text]
	}
	return p, true
}

// written is what the program wrote in this piece, for the multi-line pattern.
func (p piece) written() string {
	if p.kind != docker {
		return p.body
	}
	body := p.body
	if !p.partial {
		body = body[:len(body)-len(`\n`)]
	}
	if strings.IndexByte(body, '\\') < 0 {
		return body
	}
	var text string
	if json.Unmarshal([]byte(`"`+body+`"`), &text) != nil {
		return body
	}
	return text
}
