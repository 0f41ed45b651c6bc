package trace

// What a journey through Elemta has to say beside its verdict.
var (
	elemtaNotBounced = Words{
		En: "Elemta's own line says the message bounced, but the mailbox server took this recipient's copy.",
		Es: "La línea de Elemta dice que el mensaje rebotó, pero el servidor de buzones aceptó la copia de este destinatario.",
	}
	elemtaNotDelivered = Words{
		En: "Elemta's own line says delivered, but the mailbox server refused this recipient's copy.",
		Es: "La línea de Elemta dice entregado, pero el servidor de buzones rechazó la copia de este destinatario.",
	}
	elemtaGaveUp = Words{
		En: "Elemta gave up; the cause was temporary. Sending the message again may work.",
		Es: "Elemta desistió; la causa era temporal. Volver a enviar el mensaje puede funcionar.",
	}
	elemtaNoAnswer = Words{
		En: "Elemta's own line says the message bounced, but the mailbox server had received it and hung up before it answered: the copy may be in the mailbox.",
		Es: "La línea de Elemta dice que el mensaje rebotó, pero el servidor de buzones ya lo había recibido y cortó antes de responder: la copia puede estar en el buzón.",
	}
	elemtaSilent = Words{
		En: "Elemta sends no failure notice: the sender was not told.",
		Es: "Elemta no envía avisos de error: al remitente no se le avisó.",
	}
	elemtaBroken = Words{
		En: "Elemta was stopped during an attempt. The mailbox server may have taken that copy: the message may be there twice.",
		Es: "Elemta se detuvo durante un intento. El servidor de buzones puede haber aceptado esa copia: el mensaje puede estar dos veces.",
	}
	elemtaAgain = Words{
		En: "Elemta sent the message again for other recipients: this recipient may have it twice.",
		Es: "Elemta volvió a enviar el mensaje por otros destinatarios: este destinatario puede tenerlo dos veces.",
	}
	elemtaVanished = Words{
		En: "Elemta told the sender 250, accepted, and then threw the message away.",
		Es: "Elemta respondió 250, aceptado, al remitente y luego desechó el mensaje.",
	}
	elemtaNoQueue = Words{
		En: "Elemta accepted the message, but the log has no line of its queue about it.",
		Es: "Elemta aceptó el mensaje, pero el registro no tiene ninguna línea de su cola sobre él.",
	}
	elemtaGoing = Words{
		En: "The client was still connected when the log ended.",
		Es: "El cliente seguía conectado cuando terminó el registro.",
	}
	elemtaStopped = Words{
		En: "The server was stopped before the message was complete.",
		Es: "El servidor se detuvo antes de que el mensaje estuviera completo.",
	}
)
