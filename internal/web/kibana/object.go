package kibana

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"rastro/internal/dashboard"
	"rastro/internal/query/kuery"
)

// The types of saved objects that are known here, the icons that Kibana gives
// them, and the field that is their title.
const (
	typePattern   = "index-pattern"
	typeDashboard = "dashboard"
	typeVis       = "visualization"
	typeSearch    = "search"
	typeLens      = "lens"
	typeConfig    = "config"
	// typeLink holds what belongs to a dashboard and is not Kibana's: see link.
	typeLink = "rastro-link"
)

var icons = map[string]string{
	typePattern: "indexPatternApp", typeDashboard: "dashboardApp", typeVis: "visualizeApp", typeSearch: "discoverApp", typeLens: "lensApp",
	typeConfig: "gear", "tag": "tag", "query": "save", "map": "gisApp", "url": "link", "canvas-workpad": "canvasApp", "links": "link",
	"event-annotation-group": "flag", "graph-workspace": "graphApp", "infrastructure-ui-source": "metricsApp", "osquery-pack": "osqueryApp",
	"osquery-saved-query": "osqueryApp", "csp-rule-template": "securityApp", "security-rule": "securityApp", "ml-module": "machineLearningApp",
}

// allTypes are the known types, in order.
var allTypes = func() []string {
	var all []string
	for typ := range icons {
		all = append(all, typ)
	}
	slices.Sort(all)
	return all
}()

func isType(typ string) bool { _, ok := icons[typ]; return ok }

// Reference is how one saved object names another.
type Reference struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"`
}

// Object is a saved object as Kibana shows it. Attributes are kept as they
// came.
type Object struct {
	Attributes           json.RawMessage `json:"attributes,omitempty"`
	CoreMigrationVersion string          `json:"coreMigrationVersion,omitempty"`
	CreatedAt            string          `json:"created_at,omitempty"`
	Error                *Problem        `json:"error,omitempty"`
	ID                   string          `json:"id"`
	Managed              bool            `json:"managed"`
	MigrationVersion     json.RawMessage `json:"migrationVersion,omitempty"`
	Namespaces           []string        `json:"namespaces,omitempty"`
	OriginID             string          `json:"originId,omitempty"`
	References           []Reference     `json:"references"`
	Score                *float64        `json:"score,omitempty"`
	Type                 string          `json:"type"`
	TypeMigrationVersion string          `json:"typeMigrationVersion,omitempty"`
	UpdatedAt            string          `json:"updated_at,omitempty"`
	Version              string          `json:"version,omitempty"`
}

// title is the attribute that stands for an object in a list.
func (o Object) title() string {
	var in struct{ Title, Name kuery.Scalar }
	_ = json.Unmarshal(o.Attributes, &in) // what is no text is no title
	if in.Title != "" {
		return string(in.Title)
	}
	return string(in.Name)
}

// stored is what of an Object is in the file.
type stored struct {
	Attributes           json.RawMessage `json:"attributes"`
	References           []Reference     `json:"references,omitempty"`
	CoreMigrationVersion string          `json:"coreMigrationVersion,omitempty"`
	TypeMigrationVersion string          `json:"typeMigrationVersion,omitempty"`
	MigrationVersion     json.RawMessage `json:"migrationVersion,omitempty"`
	OriginID             string          `json:"originId,omitempty"`
}

func toForeign(o Object) (dashboard.Foreign, error) {
	body, err := json.Marshal(stored{o.Attributes, o.References, o.CoreMigrationVersion, o.TypeMigrationVersion, o.MigrationVersion, o.OriginID})
	if err != nil {
		return dashboard.Foreign{}, fmt.Errorf("writing a saved object: %w", err)
	}
	return dashboard.Foreign{Type: o.Type, ID: o.ID, Body: body}, nil
}

func fromForeign(f dashboard.Foreign) (Object, error) {
	var in stored
	if err := json.Unmarshal(f.Body, &in); err != nil {
		return Object{}, fmt.Errorf("reading the saved object %s/%s: %w", f.Type, f.ID, err)
	}
	o := Object{
		Type: f.Type, ID: f.ID, Attributes: in.Attributes, References: in.References, CoreMigrationVersion: in.CoreMigrationVersion,
		TypeMigrationVersion: in.TypeMigrationVersion, MigrationVersion: in.MigrationVersion, OriginID: in.OriginID,
		Namespaces: []string{"default"}, CreatedAt: stamp(f.CreatedAt), UpdatedAt: stamp(f.UpdatedAt), Version: versionOf(f.Version),
	}
	if o.References == nil {
		o.References = []Reference{}
	}
	return o, nil
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// versionOf is a version as Kibana writes it.
func versionOf(n int64) string {
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "[%d,1]", n))
}

func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// isAttributes tells a JSON object from everything else.
func isAttributes(raw json.RawMessage) bool {
	return bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{"))
}

// builtinSince is the date of the patterns that come with Rastro.
var builtinSince = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

// flows are the views over the events that Elemta's indices are.
var flows = []struct{ name, title string }{
	{"reception", "Elemta Reception (Incoming SMTP)"},
	{"delivery", "Elemta Delivery (Successful)"},
	{"rejection", "Elemta Rejection (Blocked/Failed)"},
	{"tempfail", "Elemta Tempfail (Retries)"},
	{"bounce", "Elemta Bounce (Permanent Failures)"},
	{"system", "Elemta System (Legacy)"},
	{"unclassified", "Elemta Unclassified"},
}

// builtins are the index patterns that are always there: that of all days, and
// those of Elemta's views.
func (h *Handler) builtins() []Object {
	all := []Object{builtin(h.opts.Prefix+"*", h.opts.Prefix+"*")}
	for _, f := range flows {
		all = append(all, builtin("elemta-"+f.name+"-*", f.title))
	}
	return all
}

func builtin(pattern, name string) Object {
	attributes, err := json.Marshal(map[string]string{"title": pattern, "name": name, "timeFieldName": "@timestamp"})
	if err != nil {
		panic("BUG: " + err.Error()) // texts can always be written
	}
	return Object{
		Type: typePattern, ID: pattern, Attributes: attributes, References: []Reference{}, Namespaces: []string{"default"},
		CoreMigrationVersion: coreVersion, TypeMigrationVersion: "8.0.0", CreatedAt: stamp(builtinSince), UpdatedAt: stamp(builtinSince), Version: versionOf(0),
	}
}

// builtin finds a pattern that comes with Rastro.
func (h *Handler) builtin(typ, id string) (Object, bool) {
	if typ == typePattern {
		for _, b := range h.builtins() {
			if b.ID == id {
				return b, true
			}
		}
	}
	return Object{}, false
}

// object reads one saved object; dashboard.ErrNotFound when there is none.
func (h *Handler) object(ctx context.Context, typ, id string) (Object, error) {
	if !isType(typ) {
		return Object{}, dashboard.ErrNotFound
	}
	f, err := h.opts.Saved.Foreign(ctx, typ, id)
	if err == nil {
		return fromForeign(f)
	}
	// What comes with Rastro is there also when the file is not.
	if b, ok := h.builtin(typ, id); ok && (errors.Is(err, dashboard.ErrNotFound) || errors.Is(err, dashboard.ErrUnavailable)) {
		return b, nil
	}
	return Object{}, err
}

// objects reads all saved objects of these types. A pattern that comes with
// Rastro is left out where a saved one has its title or id.
func (h *Handler) objects(ctx context.Context, types []string) ([]Object, error) {
	types = slices.DeleteFunc(slices.Clone(types), func(typ string) bool { return !isType(typ) })
	all, err := h.opts.Saved.Foreigns(ctx, types...)
	if err != nil {
		return nil, err
	}
	list := make([]Object, 0, len(all))
	taken := map[string]bool{}
	for _, f := range all {
		o, err := fromForeign(f)
		if err != nil {
			return nil, err
		}
		if o.Type == typePattern {
			taken[o.ID], taken[o.title()] = true, true
		}
		list = append(list, o)
	}
	if slices.Contains(types, typePattern) {
		for _, b := range h.builtins() {
			if !taken[b.ID] {
				list = append(list, b)
			}
		}
	}
	return list, nil
}

// key names an object in maps.
type key struct{ typ, id string }

func keyOf(o Object) key { return key{o.Type, o.ID} }
