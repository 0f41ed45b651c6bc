package segment

import "rastro/internal/event"

// chooseUnits gives each column of times the largest unit in which all of its
// values are whole numbers.
func (w *writer) chooseUnits() {
	for i := range w.columns {
		c := &w.columns[i]
		if c.id < column(event.FieldCount) && event.Field(c.id).Kind() == event.Time {
			c.unit = w.unitOf(c)
		}
	}
}

func (w *writer) unitOf(c *sourceColumn) int64 {
	unit := int64(millis)
	for i, row := range w.src.rows {
		at := int(row)
		if c.chosen {
			at = i
		}
		if !c.required && !c.numbers.Has(at) {
			continue
		}
		for v := int64(c.numbers.Bits[at]); v%unit != 0; {
			if unit = unit / 1000; unit == nanos {
				return nanos
			}
		}
	}
	return unit
}
