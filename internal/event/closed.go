package event

// closed lists the values of the fields that have a closed list of them.
var closed = map[Field][]string{
	EventType: {
		TypeConnection, TypeCommand, TypeReception, TypeQueue, TypeDelivery, TypeRejection, TypeAuthentication,
		TypeContentCheck, TypeMailboxAccess, TypeSystem, TypeError, TypeUnparsed,
	},
	Status: {
		StatusAccepted, StatusDelivered, StatusDeferred, StatusBounced, StatusExpired, StatusRejected, StatusDiscarded,
		StatusHeld, StatusQuarantined, StatusForwarded,
	},
	Level:      {LevelDebug, LevelInfo, LevelWarn, LevelError, LevelFatal},
	Dialect:    {"elemta", "postfix", "dovecot", "exim", "opensmtpd", "sendmail", "sasl", "filters"},
	Connection: {ConnectionOpened},
	IsError:    {"true", "false"},
	Success:    {"true", "false"},
}

// ClosedValues returns all values that f can have, where that is a closed
// list; nil for every other field. The slice is the caller's own. The classes
// of Reason are data: the reply dictionary lists them.
func ClosedValues(f Field) []string { return append([]string(nil), closed[f]...) }
