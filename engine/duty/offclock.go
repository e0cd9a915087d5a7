package duty

// A row whose own time cannot be right says that a card was used, and not when. As
// long as nobody judges the clocks of devices (REL-10), such a row accuses nobody
// and clears at both times, its own and that of its receipt: an IN or a report shows
// presence at either, an OUT leaves the position unknown from the earlier one on,
// and what lies between the registration before it and the row is unknown.
//
// The time of receipt is the earlier of received_at and logged_at: a centre that
// sends local time as UTC may be an hour ahead in both of its own.

// maxAhead is how far a row may be ahead of its receipt.
const maxAhead = 5 * Minute

// receipt is when a row was received at the latest.
func receipt(k *Known[CardEvent]) Instant { return min(k.Fact.ReceivedAt, k.At) }

// offClock reports whether the time of a row cannot be right: more than five minutes
// ahead of its receipt, or of a clock that stands at its beginning.
func offClock(k *Known[CardEvent]) bool {
	return k.Fact.OccurredAt > receipt(k)+maxAhead || k.Fact.OccurredAt < clockReset
}

// addOffClock adds what rows show whose time cannot be right.
func (m *movements) addOffClock(r *rows, p *Policy, par *Params, excluded func(string, Instant) bool) {
	if len(r.off) == 0 {
		return
	}
	var passages []row
	for i := range r.off {
		o := &r.off[i]
		if o.event.Kind != CardEventKindReport {
			passages = append(passages, *o)
			continue
		}
		base := observation{barcode: o.event.CardType == CardTypeBarcode, refs: []ref{eventRef(*o)}}
		for _, t := range []Instant{o.event.OccurredAt, o.receipt} {
			if c := p.placeOn(o.event.CentreID, t.Date()); c != nil && !c.NoStand {
				m.addDoubted(observeReport(c, t, excluded, base, true), t <= o.receipt)
			} else {
				m.police = append(m.police, localTime{t, t, true})
			}
		}
	}
	for _, pass := range pairScans(passages, p, par.SluiceMax) {
		received := Forever
		for _, ref := range pass.refs {
			for i := range passages {
				if passages[i].event.ID == ref.id {
					received = min(received, passages[i].receipt)
				}
			}
		}
		pass.unknownDevice = true
		o := pass.observe(excluded)
		m.addDoubted(o, o.at < received)
		o.at = received
		m.addDoubted(o, true)
	}
}

// addDoubted adds an observation at one of the times of a row; earlier is set for the
// one that comes first, before which nothing is known but what an OUT shows. Where
// something else shows the same at that instant, it shows it better.
func (m *movements) addDoubted(o observation, earlier bool) {
	for i := range m.list {
		if other := &m.list[i]; other.at == o.at && other.centre == o.centre && other.direction == o.direction && other.passage() == o.passage() {
			return
		}
	}
	switch {
	case !earlier:
		o.before = place{kind: anywhere}
	case o.before.kind != inside || o.direction == DirectionUnknown:
		o.before = place{}
	}
	m.list = append(m.list, o)
}
