package searches

import (
	"rastro/internal/elastic/rest"
	"rastro/internal/elastic/source"
)

// readSource reads the value of _source in a body.
func (m *member) readSource() (source.Filter, error) {
	var f source.Filter
	var err error
	switch kindOf(m.raw) {
	case "VALUE_BOOLEAN":
		var shown bool
		shown, err = m.bool()
		f.None = !shown
	case "VALUE_NULL":
	case "VALUE_STRING":
		f.Includes, err = m.texts()
		if len(f.Includes) == 1 && (f.Includes[0] == "true" || f.Includes[0] == "false") {
			f = source.Filter{None: f.Includes[0] == "false"}
		}
	case "START_ARRAY":
		f.Includes, err = m.texts()
	case "START_OBJECT":
		var list []member
		if list, err = m.of().members(); err != nil {
			return f, err
		}
		for i := range list {
			switch list[i].name {
			case "includes", "include":
				f.Includes, err = list[i].texts()
			case "excludes", "exclude":
				f.Excludes, err = list[i].texts()
			default:
				err = list[i].unknownKey()
			}
			if err != nil {
				return f, err
			}
		}
	default:
		err = rest.Parsing(m.line, m.col, "Expected one of [VALUE_BOOLEAN, VALUE_STRING, START_ARRAY, START_OBJECT] but found ["+kindOf(m.raw)+"]")
	}
	if err != nil {
		return f, err
	}
	return f, checked(&f)
}

// checked is the failure of a filter that cannot be.
func checked(f *source.Filter) error {
	if err := f.Check(); err != nil {
		return rest.Illegal("%s", err)
	}
	return nil
}
