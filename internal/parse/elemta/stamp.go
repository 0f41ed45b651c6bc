package elemta

import "time"

// stamp is a point in time found at the start of a text.
type stamp struct {
	ns     int64 // nanoseconds since 1970 in UTC
	length int   // bytes of text it took
	slash  bool  // the date was written 2006/01/02
	unsure bool  // the wall clock showed this time twice or never
}

// readStamp reads "2006-01-02T15:04:05.999999999-07:00" and its relatives: a
// blank for the T, slashes for the dashes, a comma for the point, no fraction,
// no zone. A stamp without zone is read in zone. Years outside 1678 to 2261
// are refused: their nanoseconds do not fit.
func readStamp(s string, zone *time.Location) (st stamp, ok bool) {
	if len(s) < 19 {
		return st, false
	}
	sep := s[4]
	if sep != '-' && sep != '/' || s[7] != sep || s[13] != ':' || s[16] != ':' || s[10] != ' ' && s[10] != 'T' {
		return st, false
	}
	year, ok1 := number4(s)
	month, ok2 := number2(s[5:])
	day, ok3 := number2(s[8:])
	hour, ok4 := number2(s[11:])
	minute, ok5 := number2(s[14:])
	second, ok6 := number2(s[17:])
	if !(ok1 && ok2 && ok3 && ok4 && ok5 && ok6) || year < 1678 || year > 2261 ||
		month < 1 || month > 12 || day < 1 || day > monthDays(year, month) ||
		hour > 23 || minute > 59 || second > 60 {
		return st, false
	}
	nanos, n := readFraction(s[19:])
	st.length = 19 + n
	st.slash = sep == '/'
	if offset, n, ok := readOffset(s[st.length:]); ok {
		st.length += n
		seconds := daysSince1970(year, month, day)*86400 + int64(hour*3600+minute*60+second-offset)
		st.ns = seconds*1e9 + nanos
		return st, true
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, int(nanos), zone)
	st.ns = t.UnixNano()
	st.unsure = nearClockChange(t, hour, minute)
	return st, true
}

// nearClockChange tells whether the wall clock of t's zone showed hour:minute
// twice that day, or skipped it.
func nearClockChange(t time.Time, hour, minute int) bool {
	if t.Location() == time.UTC {
		return false
	}
	if t.Hour() != hour || t.Minute() != minute {
		return true
	}
	_, before := t.Add(-3 * time.Hour).Zone()
	_, after := t.Add(3 * time.Hour).Zone()
	if before == after {
		return false
	}
	shift := time.Duration(before-after) * time.Second
	for _, other := range []time.Time{t.Add(shift), t.Add(-shift)} {
		if other.Hour() == hour && other.Minute() == minute {
			return true
		}
	}
	return false
}

// readFraction reads ".123" or ",123" as nanoseconds. Digits after the ninth
// are skipped.
func readFraction(s string) (nanos int64, n int) {
	if len(s) < 2 || s[0] != '.' && s[0] != ',' || s[1] < '0' || s[1] > '9' {
		return 0, 0
	}
	scale := int64(1e8)
	for n = 1; n < len(s) && s[n] >= '0' && s[n] <= '9'; n++ {
		nanos += int64(s[n]-'0') * scale
		scale /= 10
	}
	return nanos, n
}

// readOffset reads "Z" or "+01:00" as seconds east of Greenwich.
func readOffset(s string) (seconds, n int, ok bool) {
	if s != "" && s[0] == 'Z' {
		return 0, 1, true
	}
	if len(s) < 6 || s[0] != '+' && s[0] != '-' || s[3] != ':' {
		return 0, 0, false
	}
	hours, ok1 := number2(s[1:])
	minutes, ok2 := number2(s[4:])
	if !ok1 || !ok2 || hours > 23 || minutes > 59 {
		return 0, 0, false
	}
	seconds = hours*3600 + minutes*60
	if s[0] == '-' {
		seconds = -seconds
	}
	return seconds, 6, true
}

func number2(s string) (n int, ok bool) {
	a, b := s[0]-'0', s[1]-'0'
	return int(a)*10 + int(b), a <= 9 && b <= 9
}

func number4(s string) (n int, ok bool) {
	high, ok1 := number2(s)
	low, ok2 := number2(s[2:])
	return high*100 + low, ok1 && ok2
}

func monthDays(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// daysSince1970 counts the days of the Gregorian calendar. Years are taken to
// start in March, so that the leap day comes last.
func daysSince1970(year, month, day int) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	days := 365*year + year/4 - year/100 + year/400 + (153*(month-3)+2)/5 + day - 1
	return int64(days) - 719468
}
