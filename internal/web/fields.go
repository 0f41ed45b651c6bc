package web

import (
	"net/http"

	"rastro/internal/event"
)

// FieldsAnswer is the answer of GET /api/fields: the table of fields.
type FieldsAnswer struct {
	Fields []FieldInfo `json:"fields"`
}

// FieldInfo is one field as queries name it.
type FieldInfo struct {
	Name string `json:"name"`
	// Kind is keyword, text, integer, number, boolean, time or ip.
	Kind string `json:"kind"`
	// Meaning is one English sentence.
	Meaning string `json:"meaning"`
	// Aliases are other products' names that are understood too.
	Aliases []string `json:"aliases,omitempty"`
	// Multi tells that an event may carry several values.
	Multi bool `json:"multi,omitempty"`
	// Values is the closed list of values, where there is one.
	Values []string `json:"values,omitempty"`
}

func (s *Server) fields(w http.ResponseWriter, _ *http.Request) {
	var answer FieldsAnswer
	for _, f := range event.Fields() {
		info := FieldInfo{Name: f.Name, Kind: f.Kind.String(), Meaning: f.Meaning, Aliases: f.Aliases, Multi: f.Multi, Values: event.ClosedValues(f.Field)}
		if f.Field == event.Reason {
			info.Values = s.opts.Reasons()
		}
		answer.Fields = append(answer.Fields, info)
	}
	write(w, http.StatusOK, answer)
}
