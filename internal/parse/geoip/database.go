package geoip

import (
	"errors"
	"fmt"
	"net/netip"
	"os"

	"github.com/oschwald/maxminddb-golang/v2"
)

// ErrDatabase: a file is no database, or one that does not tell places. The
// error that wraps it says which and why.
var ErrDatabase = errors.New("not a usable GeoIP database")

// Place is where an address is; what is not known is "".
type Place struct {
	// Country is the code of ISO 3166, such as CO.
	Country string
	// City is the English name.
	City string
	// Operator is the name of the organization behind the network.
	Operator string
}

// sampled is how many networks of a database are looked at before it is said to
// know nothing.
const sampled = 4096

// maxDatabase bounds the size of a file: it is held in memory.
const maxDatabase = 1 << 30

// database is one opened file.
type database struct {
	reader *maxminddb.Reader
	// ipv6 says that the database knows addresses of both families.
	ipv6 bool
}

// openDatabase reads a database into memory. It is not mapped, because a file
// that is overwritten in place would end the process.
func openDatabase(path string) (*database, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("reading a GeoIP database: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxDatabase {
		return nil, fmt.Errorf("%w: %s is no ordinary file of at most %d MB", ErrDatabase, path, maxDatabase>>20)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading a GeoIP database: %w", err)
	}
	reader, err := maxminddb.OpenBytes(content)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrDatabase, path, err)
	}
	d := &database{reader: reader, ipv6: reader.Metadata.IPVersion == 6}
	if err := d.probe(path); err != nil {
		return nil, err
	}
	return d, nil
}

// probe finds out whether the database tells anything that is asked for. The
// names of the types are many; what the records hold decides.
func (d *database) probe(path string) error {
	seen := 0
	for result := range d.reader.Networks() {
		if err := result.Err(); err != nil {
			return fmt.Errorf("%w: %s is damaged: %w", ErrDatabase, path, err)
		}
		if decode(result) != (Place{}) {
			return nil
		}
		if seen++; seen >= sampled {
			break
		}
	}
	return fmt.Errorf("%w: %s (%s) tells neither country, city nor network operator; use a City, Country or ASN database", ErrDatabase, path, d.reader.Metadata.DatabaseType)
}

// find looks an address up. A record that cannot be read tells nothing.
func (d *database) find(addr netip.Addr) Place {
	if addr.Is6() && !d.ipv6 {
		return Place{}
	}
	result := d.reader.Lookup(addr)
	if !result.Found() {
		return Place{}
	}
	return decode(result)
}

// decode takes what a record tells, in the words of MaxMind and DB-IP or in
// those of IPinfo. A path that is not there leaves its value empty, and so does
// one whose value is of another kind.
func decode(result maxminddb.Result) Place {
	return Place{
		Country:  first(result, countryPaths),
		City:     first(result, cityPaths),
		Operator: first(result, operatorPaths),
	}
}

var (
	countryPaths  = [][]any{{"country", "iso_code"}, {"country_code"}}
	cityPaths     = [][]any{{"city", "names", "en"}, {"city"}}
	operatorPaths = [][]any{{"autonomous_system_organization"}, {"as_name"}, {"isp"}}
)

func first(result maxminddb.Result, paths [][]any) string {
	for _, path := range paths {
		var text string
		if result.DecodePath(&text, path...) == nil && text != "" {
			return text
		}
	}
	return ""
}
