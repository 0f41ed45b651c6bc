package aggs

import (
	"math"
	"strings"
	"testing"
	"time"
)

// TestScript computes expressions; those of moving functions hold what
// Elasticsearch's own tests expect.
func TestScript(t *testing.T) {
	t.Parallel()
	v := []float64{1, 2, 1, 4, 5}
	vars := map[string]operand{"a": {x: 7}, "b": {x: 2}, "values": {list: v, isList: true}}
	for source, want := range map[string]float64{
		"params.a / params.b * 100": 350,
		"a % b - -1":                2,
		"return params['a'] > 5 && !(b == 3) ? 1 : 0;":               1,
		"Math.max(Math.abs(-3), Math.pow(b, 3)) + 1e-3":              8.001,
		"values.length > 4 ? values[values.length - 1] : Double.NaN": 5,
		"(double) 1 / 4":                                                                0.25,
		"params.missing == null ? 5 : 6":                                                5,
		"if (values.length > 9) {MovingFunctions.max(values)}":                          0,
		"if (a > 1) { return 3; } else { return 4 }":                                    3,
		"if (a < 1) return 3; return 4;":                                                4,
		"MovingFunctions.max(values) - MovingFunctions.min(values)":                     4,
		"MovingFunctions.sum(values)":                                                   13,
		"MovingFunctions.holtWinters(values, 0.3, 0.1, 0.1, 2, false)":                  4.0282235,
		"MovingFunctions.stdDev(values, MovingFunctions.unweightedAvg(values))":         1.6248,
		"MovingFunctions.linearWeightedAvg(values)":                                     3.0625,
		"Double.isNaN(MovingFunctions.holtWinters(values, 0.3, 0.1, 0.1, 9, true))?1:0": 1,
	} {
		s, err := compileScript(source, []string{"a", "b", "values"})
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		got, err := s.run(vars, nil)
		if err != nil || math.Abs(got.number()-want) > 1e-4 {
			t.Errorf("%s = %v, %v, want %v", source, got.number(), err, want)
		}
	}
	for window, want := range map[string]float64{"1 2 1 ewma": 1.21, "2 1 4 ewma": 2.39, "2 1 4 holt": 2.369, "1 4 5 holt": 2.893} {
		list := map[string][]float64{"1 2 1": {1, 2, 1}, "2 1 4": {2, 1, 4}, "1 4 5": {1, 4, 5}}[window[:5]]
		got := ewma(list, 0.3)
		if strings.HasSuffix(window, "holt") {
			got = holt(list, 0.3, 0.1)
		}
		if math.Abs(got-want) > 5e-4 {
			t.Errorf("%s = %v, want %v", window, got, want)
		}
	}
}

// TestScriptMistakes holds what is refused.
func TestScriptMistakes(t *testing.T) {
	t.Parallel()
	for _, source := range []string{
		"", "1 +", "x", "(1", "System.exit(1)", "a = 3", "for (;;) {}", "Math.abs()", "values[", "1 2", "params.", "if (a", "new Foo()", "'text'",
		strings.Repeat("(", 100), strings.Repeat("-", 100) + "1", strings.Repeat("1+", 3000) + "1", strings.Repeat("if(1){", 80),
	} {
		if _, err := compileScript(source, []string{"a", "values"}); err == nil {
			t.Errorf("%.40s is taken", source)
		}
	}
	for _, source := range []string{"values[9]", "values + 1", "params.nothing * 2", "Math.abs(values)", "a.length"} {
		s, err := compileScript(source, []string{"a", "values"})
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		if v, err := s.run(map[string]operand{"a": {x: 1}, "values": {list: []float64{1}, isList: true}}, nil); err == nil {
			t.Errorf("%s = %v", source, v)
		}
	}
}

// FuzzScript reads and runs any text as a script.
func FuzzScript(f *testing.F) {
	for _, s := range []string{"params.a / b", "if (values.length > 1) {values[0]} else {1e3}", "a ? -b : !a", "MovingFunctions.ewma(values, 0.3)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		s, err := compileScript(source, []string{"a", "b", "values"})
		if err != nil {
			return
		}
		if _, err := s.run(map[string]operand{"a": {x: 1}, "b": {x: 0}, "values": {list: []float64{1, 2}, isList: true}}, nil); err != nil && err.Error() == "" {
			t.Error("a mistake without words")
		}
	})
}

// TestDates writes dates in formats and reads them back.
func TestDates(t *testing.T) {
	t.Parallel()
	madrid, err := time.LoadLocation("Europe/Madrid")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 7, 5, 3, 4, 5, 67_000_000, madrid)
	for format, want := range map[string]string{
		"":                          "2026-07-05T03:04:05.067+02:00",
		"strict_date_optional_time": "2026-07-05T03:04:05.067+02:00",
		"yyyy-MM-dd HH:mm:ss":       "2026-07-05 03:04:05",
		"d MMM yy, h:mm a":          "5 Jul 26, 3:04 AM",
		"EEEE 'at' k 'o''clock'":    "Sunday at 3 o'clock",
		"epoch_millis":              "1783213445067",
		"epoch_second||yyyy":        "1783213445.067",
		"basic_date":                "20260705",
		"YYYY-'W'ww-e":              "2026-W27-7",
		"yyyy-DDD Z":                "2026-186 +0200",
		"dd/MM/yyyy XXX":            "05/07/2026 +02:00",
		"Q VV":                      "3 Europe/Madrid",
		"8uuuu-MM":                  "2026-07",
	} {
		if got := writeDate(float64(at.UnixMilli()), format, madrid); got != want {
			t.Errorf("%s: %s, want %s", format, got, want)
		}
	}
	for format, text := range map[string]string{
		"yyyy-MM-dd HH:mm:ss": "2026-07-05 03:04:05", "dd/MM/yyyy||epoch_millis": "1783213445000",
		"d MMM yyyy HH:mm:ss": "5 Jul 2026 03:04:05", "yyyyMMddHHmmss": "20260705030405", "epoch_second": "1783213445",
		"EEE, d MMM yyyy h:mm:ss a Z": "Sun, 5 Jul 2026 3:04:05 AM +0200", "strict_date_optional_time": "2026-07-05T03:04:05",
	} {
		got, err := moment(text, format, at, madrid, false)
		if err != nil || !got.Equal(at.Truncate(time.Second)) {
			t.Errorf("%q as %s: %v, %v", text, format, got, err)
		}
	}
	if err := checkFormat("yyyy-bb"); err == nil {
		t.Error("an unknown letter is taken")
	}
}

// TestHDR holds what Elasticsearch's own tests expect.
func TestHDR(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ x, least, want float64 }{
		{1, 1, 1}, {51, 1, 51.0302734375}, {101, 1, 101.0615234375}, {151, 1, 151.1240234375},
		{51, 51, 51}, {101, 51, 101.03125}, {151, 51, 151.09375}, {0, 0, 0}, {-3, -3, -3},
	} {
		if got := hdrValue(c.x, c.least, 3); got != c.want {
			t.Errorf("%v of %v: %v, want %v", c.x, c.least, got, c.want)
		}
	}
}

// TestNumbers writes numbers as Java does.
func TestNumbers(t *testing.T) {
	t.Parallel()
	for x, want := range map[float64]string{0: "0.0", 1: "1.0", -2.5: "-2.5", 1e7: "1.0E7", 123456789: "1.23456789E8", 0.00012: "1.2E-4", 0.001: "0.001", 9999999: "9999999.0"} {
		if got := doubleText(x); got != want {
			t.Errorf("%v: %s, want %s", x, got, want)
		}
	}
	for _, c := range []struct {
		x            float64
		format, want string
	}{
		{1234.5, "#,##0.00", "1,234.50"}, {0.5, "0%", "50%"}, {56, "000.00", "056.00"}, {-1, "0.00", "-1.00"},
		{50, "Value is ##0.0", "Value is 50.0"}, {0.126, "#.##", ".13"}, {3, "#.##", "3"}, {2.5, "0", "2"}, {-7, "0;(0)", "(7)"}, {3, "raw", "3.0"},
	} {
		if got := writeNumber(c.x, c.format); got != c.want {
			t.Errorf("%v as %s: %s, want %s", c.x, c.format, got, c.want)
		}
	}
}
