package duty

// apbPair is a pair of passages in the same direction that a biometric card with anti-passback
// should not allow (CRD-05, CRD-09). Nothing is concluded from such a pair of a barcode card
// (CRD-07, AMB-21).
type apbPair struct {
	from, to Instant // times of the two passages
	refs     []string
}

// apbPairs finds accepted same-direction pairs on biometric cards with anti-passback on that no
// assisted entry explains, once the assisted log of both dates is proven complete (CRD-09, TX-01).
// It looks at passages, cards and the assisted log alone (contract §6): a report or a room check
// between two passages hides nothing, and a passage on paper only if it goes the other way.
func (c *court) apbPairs(e *evaluation) []apbPair {
	var out []apbPair
	var before *observation
	var rows map[string]*CardEvent
	for i := range e.moves.list {
		o := &e.moves.list[i]
		if !o.passage() || o.paper && before != nil && o.direction == before.direction {
			continue
		}
		a := before
		if before = o; o.paper {
			before = nil
		}
		if a == nil || o.paper || o.direction == DirectionUnknown || a.direction != o.direction || a.centre != o.centre {
			continue
		}
		if rows == nil {
			rows = e.rows.passagesByID()
		}
		if e.apbOn(a, rows) && e.apbOn(o, rows) && e.assistedLogComplete(a) && e.assistedLogComplete(o) {
			out = append(out, apbPair{a.at, o.at, append(a.ids(), o.ids()...)})
		}
	}
	return out
}

// passagesByID returns the rows that are passages, by their id.
func (r *rows) passagesByID() map[string]*CardEvent {
	out := make(map[string]*CardEvent, len(r.passages))
	for _, p := range r.passages {
		out[p.event.ID] = p.event
	}
	return out
}

// apbOn reports whether a passage was made with a biometric card whose anti-passback was on at the
// time; it may be off for a card created by hand (CRD-06).
func (e *evaluation) apbOn(o *observation, rows map[string]*CardEvent) bool {
	row := rows[o.refs[0].id]
	if row == nil {
		return false
	}
	return e.apbAt(row.CardID, o.at)
}

// apbAt reports whether the anti-passback of a biometric card that the person holds was on at t.
func (e *evaluation) apbAt(card string, t Instant) bool {
	for _, k := range e.assignments {
		a := &k.Fact
		if a.CardID == card && a.CardType == CardTypeBiometric && a.AntiPassback == AntiPassbackOn && a.span().contains(t) {
			return true
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
