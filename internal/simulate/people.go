package simulate

import (
	"encoding/hex"
	"fmt"
	"time"
)

// ours are the domains of customers: on Elemta, and on Postfix with Dovecot.
var (
	elemtaDomains  = []string{"hostco.example", "client-a.example", "tienda-luna.example"}
	postfixDomains = []string{"alba-textil.example", "cafenorte.example", "estudio-nova.example"}
	names          = []string{"ana", "bruno", "carla", "diego", "elena", "hugo", "irene", "luis", "marta", "nicolas", "rosa", "tomas", "ventas", "info", "facturas", "compras"}
	subjects       = []string{"Cotizacion enero", "Factura 2231", "Re: Pedido urgente", "Reunion lunes", "Your order has shipped", "Invoice 88412", "Recordatorio de pago", "Boletin mensual", "Fwd: contrato", "Meeting notes"}
)

// peer is a mail server elsewhere.
type peer struct{ domain, host, ip string }

var peers = []peer{
	{"partner.example", "mx.partner.example", "192.0.2.10"},
	{"outmail.example", "mail-out21.outmail.example", "203.0.113.21"},
	{"bigmail.example", "mail-out11.bigmail.example", "203.0.113.11"},
	{"uni-lejana.example", "mail-out41.uni-lejana.example", "203.0.113.41"},
	{"qcorreo.example", "mail-out31.qcorreo.example", "203.0.113.31"},
	{"viejo-correo.example", "mail-out43.viejo-correo.example", "203.0.113.43"},
}

// remote is a server that we send to, and how it treats us.
type remote struct{ domain, host, ip string }

var remotes = []remote{
	{"outmail.example", "mx1.outmail.example", "198.51.100.21"},
	{"bigmail.example", "mx1.bigmail.example", "198.51.100.11"},
	{"qcorreo.example", "mx1.qcorreo.example", "198.51.100.31"},
}

var attackers = []string{"203.0.113.201", "203.0.113.202", "198.51.100.250", "192.0.2.99"}

func pick[T any](w *World, from []T) T { return from[w.rand.IntN(len(from))] }

// popular picks with a bias to the first, as mail has few busy addresses and
// many quiet ones.
func popular[T any](w *World, from []T) T {
	x := w.rand.Float64()
	return from[int(x*x*float64(len(from)))]
}

func (w *World) address(domains []string) string {
	return popular(w, names) + "@" + popular(w, domains)
}

func (w *World) messageID(domain string) string {
	w.message++
	return fmt.Sprintf("<%08x.%06x@%s>", w.rand.Uint32(), w.message, domain)
}

func (w *World) uuid() string {
	var b [16]byte
	for i := range b {
		b[i] = byte(w.rand.Uint32())
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

func (w *World) port() int { return 32768 + w.rand.IntN(28000) }

func (w *World) ms(low, high int) time.Duration {
	return time.Duration(low*1000+w.rand.IntN((high-low)*1000+1)) * time.Microsecond
}

// chance is true with the probability p.
func (w *World) chance(p float64) bool { return w.rand.Float64() < p }

// happen lets one thing begin.
func (w *World) happen(at time.Time) {
	for _, s := range []struct {
		share float64
		begin func(*World, time.Time)
	}{
		{0.26, (*World).elemtaMail},
		{0.24, (*World).inboundMail},
		{0.16, (*World).outboundMail},
		{0.09, (*World).refusedAtPostfix},
		{0.06, (*World).refusedAtElemta},
		{0.12, (*World).mailboxLogin},
		{0.03, (*World).elemtaLogin},
		{0.04, (*World).attack},
	} {
		if w.chance(s.share) {
			s.begin(w, at)
			return
		}
	}
	w.mailboxLogin(at)
}

// attack is a burst of guessed passwords, on either server.
func (w *World) attack(at time.Time) {
	ip := pick(w, attackers)
	for range 5 + w.rand.IntN(20) {
		at = at.Add(w.ms(300, 3000))
		user := pick(w, []string{"admin", "info", "root", "test", "contabilidad", "scanner"})
		if w.chance(0.5) {
			w.postfixAuthFailure(at, ip, user+"@"+pick(w, postfixDomains))
		} else {
			w.elemtaAuth(at, ip, user+"@"+pick(w, elemtaDomains), false)
		}
	}
}
