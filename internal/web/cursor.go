package web

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"rastro/internal/query"
)

// Cursor is a place in an ordered list of hits. As JSON it is one opaque
// string: the numbers in it do not fit into those of JavaScript.
type Cursor struct{ query.Cursor }

// MarshalJSON writes the string.
func (c Cursor) MarshalJSON() ([]byte, error) {
	raw, err := json.Marshal(c.Cursor)
	if err != nil {
		return nil, fmt.Errorf("writing a cursor: %w", err)
	}
	return json.Marshal(base64.RawURLEncoding.EncodeToString(raw))
}

// UnmarshalJSON reads the string again.
func (c *Cursor) UnmarshalJSON(text []byte) error {
	var packed string
	if json.Unmarshal(text, &packed) != nil {
		return errors.New("after is not the next of an answer")
	}
	raw, err := base64.RawURLEncoding.DecodeString(packed)
	if err == nil {
		err = json.Unmarshal(raw, &c.Cursor)
	}
	if err != nil {
		return errors.New("after is not the next of an answer")
	}
	return nil
}
