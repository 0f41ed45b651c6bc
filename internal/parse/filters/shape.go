package filters

import "strings"

// opening is the beginning of a text that tells its program, and what else must
// be in the text.
type opening struct {
	start, inside string
	reader        int
}

// openings are the forms of which the text alone is proof, by their first byte.
var openings = [256][]opening{
	'a': {
		{"action=greylist, reason=", "", postgreyReader},
		{"action=pass, reason=", "", postgreyReader},
	},
	'p': {
		{"prepend Received-SPF: ", "", spfReader},
		{"prepend Authentication-Results: ", "spf=", spfReader},
		{"prepend X-Comment: SPF ", "", spfReader},
	},
	'P': {
		{"Pass; identity=", "", spfReader},
		{"Permerror; identity=", "", spfReader},
		{"Policy action=", "", spfReader},
	},
	'F': {{"Fail; identity=", "", spfReader}, {"Found decoder for ", "", amavisReader}},
	'N': {
		{"None; identity=", "", spfReader},
		{"Neutral; identity=", "", spfReader},
		{"No ext program for ", ", tried: ", amavisReader},
		{"No decoder for ", "", amavisReader},
	},
	'f': {{"fail2ban.", "]: ", fail2banReader}},
	'S': {
		{"Softfail; identity=", "", spfReader},
		{"SPF ", ": HELO/EHLO", spfReader},
		{"SPF ", ": Envelope-from: ", spfReader},
	},
	'T': {{"Temperror; identity=", "", spfReader}},
	'H': {{"Header field not prepended: ", "", spfReader}},
	'4': {{"4", "Message deferred due to: ", spfReader}},
	'5': {{"5", "Message rejected due to: SPF", spfReader}},
	':': {
		{": prepend ", "", spfReader},
		{": SPF ", "", spfReader},
		{": Policy action=", "", spfReader},
		{": 4", "Message deferred due to: ", spfReader},
		{": 5", "Message rejected due to: ", spfReader},
		{": handler ", "", spfReader},
	},
	'h': {{"handler ", ": is decisive.", spfReader}},
	'd': {{"decided action=", "<client=", weightReader}},
	'w': {{"weighted check: ", "<client=", weightReader}},
	'r': {{"rule=", ", client=", postfwdReader}, {"rcpt=", "list=", policydReader}},
	'm': {{"module=", ", host=", policydReader}},
	'g': {
		{"grey: ", "(", sqlgreyReader},
		{"greylist=", ", host=", policydReader},
	},
	'[': {
		{"[RULES] rule=", "", postfwdReader},
		{"[RATES] rule=", "", postfwdReader},
		{"[CACHE] rule=", "", postfwdReader},
		{"[CBPOLICYD] ", "", policydReader},
	},
	's': {
		{"spamd: ", "", spamdReader},
		{"stream: ", " FOUND", clamavReader},
		{"stream(", " FOUND", clamavReader},
	},
	'i': {
		{"instream(", " FOUND", clamavReader},
		{"identified spam <", " bytes", spampdReader},
	},
	'c': {{"clean message <", " bytes", spampdReader}},
	'M': {
		{"Message ", " infected by ", clamavReader},
	},
	'C': {{"Clean message from <", "", clamavReader}},
	'O': {
		{"OpenDKIM Filter", "", dkimReader},
		{"OpenDMARC Filter v", "", dmarcReader},
	},
	'D': {{"DKIM verify - ", "message-id=", dkimproxyReader}, {"DKIM signing - ", "message-id=", dkimproxyReader}},
}

// tasks are the forms that stand behind a queue id.
var tasks = [...]opening{
	{"DKIM-Signature field added (s=", "", dkimReader},
	{"DKIM verification successful", "", dkimReader},
	{"no signature data", "", dkimReader},
	{"bad signature data", "", dkimReader},
	{"key retrieval failed (s=", "", dkimReader},
	{"s=", " SSL", dkimReader},
	{"SPF(mailfrom): ", "", dmarcReader},
	{"SPF(helo): ", "", dmarcReader},
	{"action=", ", client_", postgreyReader},
	{"prepend Received-SPF: ", "", spfReader},
	{"prepend Authentication-Results: ", "spf=", spfReader},
	{"4", "Message deferred due to: ", spfReader},
	{"5", "Message rejected due to: ", spfReader},
	{"addr ", " from ", milterGreyReader},
	{"skipping greylist because ", "", milterGreyReader},
	{"from=", ", status=", clamsmtpReader},
}

// shapeOf returns the reader whose form the text has, -1 if no form is proof.
func shapeOf(s string) int {
	if len(s) < 8 {
		return -1
	}
	switch s[0] {
	case '(':
		if _, _, ok := cutTask(s); ok {
			return amavisReader
		}
		if _, ok := cutWorker(s); ok {
			return rspamdReader
		}
		return -1
	case '#', '<':
		if _, ok := cutWorker(s); ok || s[0] == '<' && isRspamdTag(s) {
			return rspamdReader
		}
		return -1
	case '{':
		if strings.HasPrefix(s, `{"ts": `) && strings.Contains(s, `"worker_type": "`) {
			return rspamdReader
		}
		return -1
	}
	for i := range openings[s[0]] {
		if o := &openings[s[0]][i]; o.fits(s) {
			return o.reader
		}
	}
	if s[0] == '[' {
		if _, ok := cutWorker(s); ok {
			return rspamdReader
		}
	}
	if clamStamped(s) {
		return clamavReader
	}
	if _, rest, ok := cutQueueID(s); ok {
		for i := range tasks {
			if o := &tasks[i]; o.fits(rest) && (o.reader != clamsmtpReader || isTaskNumber(s)) {
				return o.reader
			}
		}
	}
	return -1
}

// fits tells whether the text has the form.
func (o *opening) fits(s string) bool {
	rest, ok := strings.CutPrefix(s, o.start)
	return ok && (o.inside == "" || strings.Contains(rest, o.inside))
}

// isTaskNumber tells whether the text begins with the six hexadecimal digits by
// which clamsmtpd counts its connections.
func isTaskNumber(s string) bool {
	return len(s) > 7 && s[6] == ':' && strings.HasPrefix(s, "1")
}
