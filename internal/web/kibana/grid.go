package kibana

import (
	"math"
	"slices"

	"rastro/internal/dashboard"
)

// The grid of Kibana has 48 columns (12 before version 7), and its rows are
// about half as high as ours.
const (
	kibanaColumns = 48
	rowShare      = 8.0 / 15
	defaultWidth  = 24
	defaultHeight = 15
)

// place translates a place in Kibana's grid; edges that meet there meet here.
func place(p *dashboard.Panel, from boardPanel, number int) {
	x, y, w, h := float64(number%2*defaultWidth), float64(number/2*defaultHeight), float64(defaultWidth), float64(defaultHeight)
	switch {
	case from.Grid != nil && from.Grid.W > 0 && from.Grid.H > 0:
		x, y, w, h = from.Grid.X, from.Grid.Y, from.Grid.W, from.Grid.H
	case from.SizeX > 0 && from.SizeY > 0:
		x, y, w, h = (from.Col-1)*4, (from.Row-1)*5, from.SizeX*4, from.SizeY*5
	}
	const share = float64(dashboard.Columns) / kibanaColumns
	left, right := within(math.Round(x*share), 0, dashboard.Columns-1), within(math.Round((x+w)*share), 1, dashboard.Columns)
	top, bottom := within(math.Round(y*rowShare), 0, 9000), within(math.Round((y+h)*rowShare), 1, 9100)
	p.X, p.W = left, max(1, right-left)
	p.Y, p.H = top, min(max(3, bottom-top), 100)
}

// freePlace is the first place in Kibana's grid for a panel of the usual size.
func freePlace(panels []boardPanel) (x, y float64) {
	for y = 0; ; y += defaultHeight {
		for x = 0; x < kibanaColumns; x += defaultWidth {
			free := true
			for _, p := range panels {
				if g := p.Grid; g != nil && g.X < x+defaultWidth && x < g.X+g.W && g.Y < y+defaultHeight && y < g.Y+g.H {
					free = false
				}
			}
			if free || y > 10_000 {
				return x, y
			}
		}
	}
}

func within(n float64, least, most int) int {
	if math.IsNaN(n) {
		return least
	}
	return int(math.Max(float64(least), math.Min(n, float64(most))))
}

// settle moves panels down that would lie on others.
func settle(panels []dashboard.Panel) {
	order := make([]*dashboard.Panel, len(panels))
	for i := range panels {
		order[i] = &panels[i]
	}
	slices.SortStableFunc(order, func(a, b *dashboard.Panel) int {
		if a.Y != b.Y {
			return a.Y - b.Y
		}
		return a.X - b.X
	})
	for i, p := range order {
		for moved := true; moved; {
			moved = false
			for _, other := range order[:i] {
				if p.X < other.X+other.W && other.X < p.X+p.W && p.Y < other.Y+other.H && other.Y < p.Y+p.H {
					p.Y, moved = other.Y+other.H, true
				}
			}
		}
	}
}
