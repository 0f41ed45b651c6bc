package parse

import (
	"rastro/internal/event"
	"rastro/internal/parse/geoip"
)

// Places are the GeoIP databases that say where clients are.
type Places = geoip.Live

// ErrPlaces is wrapped by errors about a file that is no GeoIP database, or one
// that tells no places.
var ErrPlaces = geoip.ErrDatabase

// OpenPlaces reads the databases at paths, the first of which counts where two
// tell the same thing.
func OpenPlaces(paths []string) (*Places, error) { return geoip.Open(paths) }

// place adds where the client is, unless the sender has said so already.
func (p *Parser) place(e *event.Event, present *fieldSet) {
	found := p.places.Find(e.Str(event.ClientIP))
	add := func(f event.Field, text string) {
		if text != "" && !present.has(f) {
			e.Add(f, text)
		}
	}
	add(event.GeoCountry, found.Country)
	add(event.GeoCity, found.City)
	add(event.ASName, found.Operator)
}
