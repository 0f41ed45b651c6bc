package reply

// basicCode returns the code that s begins with, 0 if there is none: three
// digits from 200 to 599 with a blank, a hyphen or nothing behind them.
func basicCode(s string) int {
	if len(s) < 3 || s[0] < '2' || s[0] > '5' || !digit(s[1]) || !digit(s[2]) {
		return 0
	}
	if len(s) > 3 && s[3] != ' ' && s[3] != '-' && s[3] != '\r' && s[3] != '\n' {
		return 0
	}
	return int(s[0]-'0')*100 + int(s[1]-'0')*10 + int(s[2]-'0')
}

// enhancedCode returns the enhanced status code that s begins with, such as
// 5.1.1, with or without a # before it; "" if there is none.
func enhancedCode(s string) string {
	if s != "" && s[0] == '#' {
		s = s[1:]
	}
	if len(s) < 5 || s[0] != '2' && s[0] != '4' && s[0] != '5' || s[1] != '.' {
		return ""
	}
	i := 2 + digits(s[2:])
	if i == 2 || i >= len(s) || s[i] != '.' {
		return ""
	}
	n := digits(s[i+1:])
	end := i + 1 + n
	if n == 0 || end < len(s) && (s[end] == '.' && end+1 < len(s) && digit(s[end+1]) || letter(s[end])) {
		return ""
	}
	return s[:end]
}

// digits counts the digits that s begins with; more than three are none.
func digits(s string) int {
	n := 0
	for n < len(s) && digit(s[n]) {
		n++
	}
	if n > 3 {
		return 0
	}
	return n
}

func digit(c byte) bool  { return c-'0' < 10 }
func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
