package kibana

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
)

// upload reads the file of a request, and the retries beside it: a form with
// the parts file and retries, or the file alone.
func upload(w http.ResponseWriter, r *http.Request) (text, retries []byte, err error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxFile)
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err == nil && kind == "multipart/form-data":
	case kind == "application/ndjson" || kind == "application/x-ndjson" || kind == "application/json" || kind == "application/octet-stream":
		text, err = io.ReadAll(r.Body)
		return text, nil, reading(err)
	default:
		return nil, nil, Problem{StatusCode: http.StatusUnsupportedMediaType, Kind: "Unsupported Media Type", Message: "Unsupported Media Type: send the file as a form, as curl --form file=@export.ndjson does"}
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, nil, badRequest("Invalid multipart payload format: %s", err)
	}
	found := false
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, reading(err)
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return nil, nil, reading(err)
		}
		switch part.FormName() {
		case "file":
			text, found = content, true
		case "retries":
			retries = content
		}
	}
	if !found {
		return nil, nil, badRequest("[request body.file]: expected value of type [Stream] but got [undefined]")
	}
	return text, retries, nil
}

// reading tells a body that is too large from one that is broken.
func reading(err error) error {
	var large *http.MaxBytesError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &large):
		return Problem{StatusCode: http.StatusRequestEntityTooLarge, Kind: "Request Entity Too Large", Message: fmt.Sprintf("Payload content length greater than maximum allowed: %d", large.Limit)}
	}
	return badRequest("Invalid multipart payload format: %s", err)
}
