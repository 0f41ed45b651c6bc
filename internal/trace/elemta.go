package trace

func elemtaHops(facts []*fact) []*hop { return nil }
