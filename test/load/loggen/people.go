package main

import (
	"fmt"
	"strconv"
	"strings"
)

var (
	firstNames = []string{"ana", "luis", "carmen", "jorge", "lucia", "mateo", "sofia", "diego", "valeria", "andres", "camila", "tomas", "elena", "pablo", "irene", "hugo", "marta", "nicolas", "paula", "ivan", "rosa", "felipe", "clara", "oscar", "julia", "sergio", "laura", "raul", "noelia", "bruno", "aitor", "berta", "ciro", "delfina", "eva", "fabio", "gema", "ines", "kevin", "lola"}
	lastNames  = []string{"garcia", "rojas", "mendez", "ortiz", "salas", "pardo", "vega", "luna", "castro", "mora", "pinto", "reyes", "duarte", "nieto", "prieto", "arias", "lozano", "cano", "bravo", "gil", "ramos", "soto", "ibarra", "leal", "quiroga", "zamora", "tejada", "villar", "esquivel", "iriarte"}
	adjectives = []string{"norte", "azul", "nova", "sol", "verde", "real", "mar", "alto", "rio", "luz", "plus", "global", "andina", "central", "viva", "prima"}
	nouns      = []string{"textil", "cafe", "ferreteria", "estudio", "clinica", "transportes", "bufete", "panaderia", "hotel", "optica", "gimnasio", "viveros", "imprenta", "talleres", "editorial", "agro", "motor", "farmacia"}
	separators = []string{".", "_", "", "-"}
	roles      = []string{"ventas", "info", "soporte", "contacto", "admin", "rrhh", "pagos"}
)

// provider is a domain of the outside world with its mail server. style says
// how that server answers; weight is its share of all remote addresses.
type provider struct {
	domain, mx, ip, style string
	weight                int
	tls                   bool
}

var providers = []provider{
	{"bigmail.example", "mx1.bigmail.example", "198.51.100.11", "gmail", 40, true},
	{"outmail.example", "mx1.outmail.example", "198.51.100.21", "exchange", 22, true},
	{"yahuu.example", "mx1.yahuu.example", "198.51.100.31", "short", 8, true},
	{"uni-lejana.example", "mx1.uni-lejana.example", "198.51.100.41", "exim", 6, false},
	{"tiendas-rio.example", "mx1.tiendas-rio.example", "198.51.100.42", "pflong", 8, true},
	{"viejo-correo.example", "mx1.viejo-correo.example", "198.51.100.43", "sendmail", 5, false},
	{"qcorreo.example", "mx1.qcorreo.example", "198.51.100.44", "qmail", 4, false},
	{"banco-delta.example", "mx1.banco-delta.example", "198.51.100.45", "postfix", 7, true},
}

// providerShares holds each provider as often as its weight says.
var providerShares = shares(providers)

func shares(all []provider) []*provider {
	var out []*provider
	for i := range all {
		for range all[i].weight {
			out = append(out, &all[i])
		}
	}
	return out
}

// providerOf finds the provider of a remote address; ok is false for a local one.
func providerOf(address string) (p *provider, ok bool) {
	domain := domainOf(address)
	for i := range providers {
		if providers[i].domain == domain {
			return &providers[i], true
		}
	}
	return &providers[0], false
}

func domainOf(address string) string {
	return address[strings.LastIndexByte(address, '@')+1:]
}

func localDomain(i int) string {
	h := mix(uint64(i)*7 + 3)
	return nouns[h%uint64(len(nouns))] + "-" + adjectives[(h>>8)%uint64(len(adjectives))] + strconv.Itoa(i) + ".example"
}

func nameOf(i int, salt uint64) string {
	h := mix(uint64(i)*2654435761 + salt)
	return firstNames[h%uint64(len(firstNames))] + separators[(h>>40)%4] + lastNames[(h>>16)%uint64(len(lastNames))] + strconv.FormatInt(int64(i), 36)
}

// someLocal is a mailbox of ours; a few of them get most of the mail.
func (g *generator) someLocal() string {
	i := g.locals.pick(&g.random)
	return nameOf(i, 1) + "@" + localDomain(int(mix(uint64(i)+99)%uint64(g.localDomains)))
}

// someRemote is an address of the outside world.
func (g *generator) someRemote() (string, *provider) {
	i := g.remotes.pick(&g.random)
	p := providerShares[mix(uint64(i)+5)%uint64(len(providerShares))]
	return nameOf(i, 2) + "@" + p.domain, p
}

// outgoingServer is one of the servers a provider sends from.
func (g *generator) outgoingServer(p *provider) (name, ip string) {
	k := strconv.Itoa(1 + g.random.below(30))
	return "mail-out" + k + "." + p.domain, "203.0.113." + k
}

// customer is the line of somebody at home; a third of them have no name.
func (g *generator) customer() (name, ip string) {
	x := g.random.next() % 20000
	ip = publicIP(mix(x))
	if x%3 == 0 {
		return "unknown", ip
	}
	return "cust-" + strconv.Itoa(int(x)) + ".isp-fibra.example", ip
}

func publicIP(x uint64) string {
	return strconv.Itoa(int(45+x%140)) + "." + strconv.Itoa(int((x>>8)%254)) + "." + strconv.Itoa(int((x>>16)%254)) + "." + strconv.Itoa(int(1+(x>>24)%253))
}

// messageID makes a Message-ID in the manner of one of several programs.
func (g *generator) messageID(domain string) string {
	x := g.random.next()
	h := strconv.FormatUint(x, 16)
	switch x >> 61 {
	case 0:
		return "<CA+" + h + "=" + strconv.FormatUint(g.random.next()>>40, 36) + "@mail." + domain + ">"
	case 1:
		return "<AM0PR" + h + ".eurprd@" + domain + ">"
	case 2:
		return "<" + h + ".JavaMail.app@" + domain + ">"
	case 3:
		return "<" + h[:len(h)/2] + "$" + h[len(h)/2:] + "$@" + domain + ">"
	}
	return "<" + h + "." + strconv.Itoa(g.messages) + "@" + domain + ">"
}

// acceptance is a remote server's answer to a message it takes, with its
// enhanced status code.
func (g *generator) acceptance(p *provider, messageID string, size int) (reply, dsn string) {
	x := g.random.next()
	h := strconv.FormatUint(x, 16)
	switch p.style {
	case "gmail":
		return "250 2.0.0 OK  " + strconv.FormatInt(g.start.Unix()+g.now/1000000, 10) + " " + h + "si" + strconv.Itoa(int(x%9999999)) + "." + strconv.Itoa(int(x>>50%999)) + " - gsmtp", "2.0.0"
	case "exchange":
		return "250 2.6.0 " + messageID + " [InternalId=" + strconv.FormatUint(x>>18, 10) + ", Hostname=AM" + strconv.Itoa(int(x%9)) + "PR04MB" + strconv.Itoa(int(x>>40%9999)) + ".eurprd04.prod.outlook.example] " + strconv.Itoa(size) + " bytes in 0.1" + strconv.Itoa(int(x%89)) + ", 7" + strconv.Itoa(int(x>>8%9)) + ".112 KB/sec Queued mail for delivery", "2.6.0"
	case "exim":
		return "250 OK id=1v" + h[:4] + "-0" + h[4:9] + "-" + h[9:11], "2.0.0"
	case "sendmail":
		return "250 2.0.0 4AN" + h[:5] + strconv.Itoa(100000+int(x%899999)) + " Message accepted for delivery", "2.0.0"
	case "qmail":
		return "250 ok " + strconv.FormatInt(g.start.Unix()+g.now/1000000, 10) + " qp " + strconv.Itoa(int(x%99999)), "2.0.0"
	case "short":
		return "250 2.0.0 " + h[:8], "2.0.0"
	}
	return "250 2.0.0 Ok: queued as " + fmt.Sprintf("%010X", x>>24), "2.0.0"
}

// sessionID makes a Dovecot session id of x.
func sessionID(x uint64) string {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	var o [22]byte
	for i := range o {
		o[i] = digits[(x>>(uint(i)%58))&63]
		if i == 10 {
			x = mix(x)
		}
	}
	return string(o[:])
}
