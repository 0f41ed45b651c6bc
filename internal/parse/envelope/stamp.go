package envelope

// stamp is a date and time as written: seconds since 1970 on the writer's own
// clock face, before any zone is applied.
type stamp struct {
	face   int64 // seconds of the clock face since 1970-01-01 00:00:00
	nsec   int64 // 0 to 999999999
	offset int64 // seconds east of UTC; valid if zoned
	zoned  bool  // an offset or Z was written
	yearly bool  // the year was written; else face holds month and time of 1970
	fine   bool  // a fraction was written
	leap   bool  // the day is 29 February
	year   int   // the year as written; 0 if none
}

// daysBefore is the number of days before each month of a common year.
var daysBefore = [13]int64{0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334}

// daysIn is the number of days of each month in a leap year.
var daysIn = [13]int{0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

func isLeap(year int) bool {
	return year%4 == 0 && (year%100 != 0 || year%400 == 0)
}

// yearStart returns the number of days from 1970-01-01 to the first day of a
// year (Gregorian calendar, also for years before it was in use).
func yearStart(year int) int64 {
	y := int64(year) - 1
	return y*365 + y/4 - y/100 + y/400 - 719162
}

// faceOf returns the seconds from 1970 on the clock face. day may be 29
// February in a common year; it then means 1 March.
func faceOf(year, month, day int, clock int64) int64 {
	days := yearStart(year) + daysBefore[month] + int64(day) - 1
	if month > 2 && isLeap(year) {
		days++
	}
	return days*86400 + clock
}

// yearOf returns the year that holds a second of the clock face.
func yearOf(face int64) int {
	year := 1970 + int(face/31556952)
	for yearStart(year)*86400 > face {
		year--
	}
	for yearStart(year+1)*86400 <= face {
		year++
	}
	return year
}

func digit(c byte) bool { return c-'0' <= 9 }

// two reads two digits at s[i:]; the caller has checked the length.
func two(s string, i int) int {
	a, b := s[i]-'0', s[i+1]-'0'
	if a > 9 || b > 9 {
		return -1
	}
	return int(a)*10 + int(b)
}

// readClock reads hh:mm:ss at s[i:] as seconds of the day, a leap second
// included. -1 means that it is none.
func readClock(s string, i int) int64 {
	if len(s) < i+8 || s[i+2] != ':' || s[i+5] != ':' {
		return -1
	}
	h, m, sec := two(s, i), two(s, i+3), two(s, i+6)
	if h < 0 || h > 23 || m < 0 || m > 59 || sec < 0 || sec > 60 {
		return -1
	}
	return int64(h)*3600 + int64(m)*60 + int64(sec)
}

// readFraction reads .123456789 (or with a comma) at s[i:] into st and returns
// the place behind it. Digits after the ninth are dropped.
func readFraction(s string, i int, st *stamp) int {
	if i+1 >= len(s) || (s[i] != '.' && s[i] != ',') || !digit(s[i+1]) {
		return i
	}
	var nsec int64
	scale := int64(1e9)
	for i++; i < len(s) && digit(s[i]); i++ {
		if scale > 1 {
			scale /= 10
			nsec += int64(s[i]-'0') * scale
		}
	}
	st.nsec, st.fine = nsec, true
	return i
}

// readOffset reads Z, +hh:mm or +hhmm at s[i:] into st and returns the place
// behind it, or i if there is none.
func readOffset(s string, i int, st *stamp) int {
	if i >= len(s) {
		return i
	}
	if s[i] == 'Z' || s[i] == 'z' {
		st.zoned, st.offset = true, 0
		return i + 1
	}
	if (s[i] != '+' && s[i] != '-') || len(s) < i+5 {
		return i
	}
	minute := i + 3
	if s[minute] == ':' {
		minute++
	}
	if len(s) < minute+2 {
		return i
	}
	h, m := two(s, i+1), two(s, minute)
	if h < 0 || h > 23 || m < 0 || m > 59 {
		return i
	}
	st.zoned, st.offset = true, int64(h)*3600+int64(m)*60
	if s[i] == '-' {
		st.offset = -st.offset
	}
	return minute + 2
}

// readDate reads a date of ten bytes such as 2026-11-23 or 2026/11/23.
func readDate(s string, sep byte) (year, month, day int, ok bool) {
	if len(s) < 10 || s[4] != sep || s[7] != sep {
		return 0, 0, 0, false
	}
	century, rest := two(s, 0), two(s, 2)
	month, day = two(s, 5), two(s, 8)
	if century < 0 || rest < 0 || month < 1 || month > 12 || day < 1 || day > daysIn[month] {
		return 0, 0, 0, false
	}
	year = century*100 + rest
	if month == 2 && day == 29 && !isLeap(year) {
		return 0, 0, 0, false
	}
	return year, month, day, true
}

// readISO reads 2026-11-23T00:29:47[.123][Z|+hh:mm|+hhmm] at the beginning of
// s; between is the byte between date and time. For a blank, an offset may
// follow after another blank, as Exim writes it. n is 0 if there is none.
func readISO(s string, between byte) (st stamp, n int) {
	year, month, day, ok := readDate(s, '-')
	if !ok || len(s) < 19 || s[10] != between {
		return st, 0
	}
	clock := readClock(s, 11)
	if clock < 0 {
		return st, 0
	}
	st.year, st.yearly = year, true
	st.face = faceOf(year, month, day, clock)
	n = readFraction(s, 19, &st)
	if end := readOffset(s, n, &st); end > n {
		return st, end
	}
	if between == ' ' && len(s) >= n+6 && s[n] == ' ' {
		var with stamp
		end := readOffset(s, n+1, &with)
		if end == n+6 && (end == len(s) || s[end] == ' ') {
			st.zoned, st.offset = true, with.offset
			return st, end
		}
	}
	return st, n
}

// readGo reads the stamp of Go's standard logger, 2026/11/23 00:23:44[.123456].
func readGo(s string) (st stamp, n int) {
	year, month, day, ok := readDate(s, '/')
	if !ok || len(s) < 19 || s[10] != ' ' {
		return st, 0
	}
	clock := readClock(s, 11)
	if clock < 0 {
		return st, 0
	}
	st.year, st.yearly = year, true
	st.face = faceOf(year, month, day, clock)
	return st, readFraction(s, 19, &st)
}

// monthOf returns the month of an English three-letter name, 0 if it is none.
func monthOf(s string) int {
	const names = "JanFebMarAprMayJunJulAugSepOctNovDec"
	for i := 0; i < len(names); i += 3 {
		if s[0] == names[i] && s[1] == names[i+1] && s[2] == names[i+2] {
			return i/3 + 1
		}
	}
	return 0
}

// readBSD reads the stamp of RFC 3164, "Nov 23 00:21:44", with the day padded
// by a blank, a zero or not at all, a year before or after the clock where a
// device writes one, and a fraction. n is 0 if there is none.
func readBSD(s string) (st stamp, n int) {
	if len(s) < 14 || s[3] != ' ' {
		return st, 0
	}
	month := monthOf(s)
	if month == 0 {
		return st, 0
	}
	n = 4
	if s[n] == ' ' {
		n++
	}
	day := 0
	for start := n; n < start+2 && digit(s[n]); n++ {
		day = day*10 + int(s[n]-'0')
	}
	if day < 1 || day > daysIn[month] || s[n] != ' ' {
		return st, 0
	}
	n++
	if year, end := readYear(s, n); end > n {
		st.year, st.yearly, n = year, true, end
	}
	clock := readClock(s, n)
	if clock < 0 {
		return st, 0
	}
	n = readFraction(s, n+8, &st)
	if year, end := readYear(s, n+1); !st.yearly && n < len(s) && s[n] == ' ' && end > n+1 {
		st.year, st.yearly, n = year, true, end-1
	}
	st.leap = month == 2 && day == 29
	year := 1970
	if st.yearly {
		year = st.year
		if st.leap && !isLeap(year) {
			return st, 0
		}
	}
	st.face = faceOf(year, month, day, clock)
	return st, n
}

// readYear reads four digits and a blank at s[i:]; end is the place behind the
// blank, or i if there is no year of this or the last century.
func readYear(s string, i int) (year, end int) {
	if len(s) < i+5 || s[i+4] != ' ' {
		return 0, i
	}
	a, b := two(s, i), two(s, i+2)
	if (a != 19 && a != 20) || b < 0 {
		return 0, i
	}
	return a*100 + b, i + 5
}
