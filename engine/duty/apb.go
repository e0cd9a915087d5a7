package duty

// apbPair is a same-direction pair that a biometric card with anti-passback
// should not allow (CRD-09).
type apbPair struct {
	from, to Instant
	refs     []string
}

// apbPairs finds the accepted same-direction pairs on biometric cards with
// anti-passback on that no assisted entry explains, once the assisted log of
// both dates is proven complete (CRD-09, TX-01).
func (c *court) apbPairs(e *evaluation) []apbPair {
	var out []apbPair
	list := e.moves.list
	for i := 1; i < len(list); i++ {
		a, b := &list[i-1], &list[i]
		if a.direction == DirectionUnknown || a.direction != b.direction || a.centre != b.centre || a.paper || b.paper {
			continue
		}
		if e.apbOn(a) && e.apbOn(b) && e.assistedLogComplete(a) && e.assistedLogComplete(b) {
			out = append(out, apbPair{a.at, b.at, append(a.ids(), b.ids()...)})
		}
	}
	return out
}

// apbOn reports whether a passage was made with a biometric card whose
// anti-passback was on at the time.
func (e *evaluation) apbOn(o *observation) bool {
	for _, r := range e.rows.passages {
		if r.event.ID != o.refs[0].id {
			continue
		}
		for _, k := range e.assignments {
			a := &k.Fact
			if a.CardID == r.event.CardID && a.CardType == CardTypeBiometric && a.AntiPassback == AntiPassbackOn &&
				(Span{a.ValidFrom, a.ValidTo.Or(Forever)}).contains(o.at) {
				return true
			}
		}
	}
	return false
}

// assistedLogComplete reports whether the assisted-passage log is proven for
// the date of a passage.
func (e *evaluation) assistedLogComplete(o *observation) bool {
	d := o.at.Date()
	return e.centres.reach(settlementKey{o.centre, d, LogTypeAssistedPassage}, e.lens.at, e.lens.at) >= (d + 1).Start()
}
