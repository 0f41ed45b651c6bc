package postfix

import "strings"

// householdStarts are beginnings of lines about Postfix itself that no other
// mail program writes. They matter only where the header does not name it.
var householdStarts = [...]string{
	"TLS library problem: error:",
	"cache ", // with " full cleanup: retained="
	"daemon started -- version ",
	"dict_nis_init: NIS domain name not set",
	"duplicate master.cf entry for service ",
	"for instructions see the bounce(5) manual",
	"mail_stream_cleanup: ",
	"no MX host for ",
	"open database ",
	"please reduce time unit ",
	"refreshing the Postfix mail system",
	"reload -- version ",
	"starting the Postfix mail system",
	"statistics: address lookup ",
	"statistics: domain lookup ",
	"statistics: max ",
	"statistics: start interval ",
	"stopping the Postfix mail system",
	"the Postfix mail system is running: PID: ",
	"waiting for the Postfix mail system to terminate",
	"[built-in]: zero result in ",
	"Deleted: ",
	"Requeued: ",
	"Force-expired: ",
	"Placed on hold: ",
	"Released from hold: ",
}

// household reads lines about Postfix itself: start and stop, caches and
// counts.
func (l *line) household(s string) bool {
	if l.sure {
		return false // all that is left is treated alike
	}
	for _, start := range householdStarts {
		if !strings.HasPrefix(s, start) {
			continue
		}
		if start == "cache " && !strings.Contains(s, " full cleanup: retained=") {
			return false
		}
		return l.other()
	}
	return false
}
