package trace

// What a journey through Elemta has to say beside its verdict.
var (
	elemtaNotBounced   = say("elemta_note", "not_bounced")
	elemtaNotDelivered = say("elemta_note", "not_delivered")
	elemtaGaveUp       = say("elemta_note", "gave_up")
	elemtaNoAnswer     = say("elemta_note", "no_answer")
	elemtaSilent       = say("elemta_note", "silent")
	elemtaBroken       = say("elemta_note", "broken")
	elemtaAgain        = say("elemta_note", "again")
	elemtaVanished     = say("elemta_note", "vanished")
	elemtaNoQueue      = say("elemta_note", "no_queue")
	elemtaGoing        = say("elemta_note", "going")
	elemtaStopped      = say("elemta_note", "stopped")
)
