package duty

// A row that is more than 30 seconds ahead of its receipt is read at both times, and the milder
// outcome counts (A-06, newReadings).
//
// A row whose own time is impossible says that a card was used, but not when. Such a row accuses
// nobody and clears at both times, its own and that of its receipt, which is never harsher than the
// milder of the two readings: an IN or a report shows presence at either; an OUT leaves the
// position unknown from the earlier one on; and between the observation before it and the row the
// position is unknown. It ends no absence and no silence, so what may be a departure keeps its
// question (RD-04, RD-42). If a unit would be a record with such rows, and something milder
// without them, the verdict without them stands (newReadings).
//
// The time of receipt is the earlier of received_at and logged_at: a centre that sends local time
// as UTC may be an hour ahead in both its own times.

// How far a clock may be wrong (REL-10).
const (
	// ClockNoticed is how far ahead a clock may be before CLOCK_OFFSET reports it.
	ClockNoticed = 30 * Second
	// ClockWrong is how far ahead a clock may be before its times no longer accuse.
	ClockWrong = 5 * Minute
)

// receipt returns the latest time at which a row can have been received.
func receipt(k *Known[CardEvent]) Instant { return min(k.Fact.ReceivedAt, k.At) }

// somewhatAhead reports whether a row is so far ahead of its receipt that it is read at both times, and
// not so far that its time cannot be right.
func somewhatAhead(k *Known[CardEvent]) bool {
	return k.Fact.OccurredAt > receipt(k)+ClockNoticed && !offClock(k)
}

// offClock reports whether the time of a row is impossible: more than five minutes ahead of its
// receipt, or from a clock that was reset.
func offClock(k *Known[CardEvent]) bool {
	return k.Fact.OccurredAt > receipt(k)+ClockWrong || k.Fact.OccurredAt < ClockReset
}

// addOffClock adds what rows with an impossible time show.
func (m *movements) addOffClock(r *rows, p *Policy, par *Params, excluded func(string, Instant) bool) {
	var passages []row
	known := make(map[shown]bool, len(m.list)+2*len(r.off))
	for i := range m.list {
		known[m.list[i].shown()] = true
	}
	receipts := make(map[string]Instant, len(r.off))
	for i := range r.off {
		o := &r.off[i]
		if o.event.Kind != CardEventKindReport {
			passages = append(passages, *o)
			if at, ok := receipts[o.event.ID]; !ok || o.receipt < at {
				receipts[o.event.ID] = o.receipt
			}
			continue
		}
		base := observation{barcode: o.event.CardType == CardTypeBarcode, refs: []ref{eventRef(*o)}}
		for _, t := range []Instant{o.event.OccurredAt, o.receipt} {
			if c := p.placeOn(o.event.CentreID, t.Date()); c != nil && !c.NoStand {
				m.addDoubted(known, observeReport(c, t, excluded, base, true), t <= o.receipt)
			}
		}
	}
	for _, pass := range pairScans(passages, p, par.SluiceMax) {
		received := Forever
		for _, ref := range pass.refs {
			received = min(received, receipts[ref.id])
		}
		pass.unknownDevice = true
		o := pass.observe(excluded)
		m.addDoubted(known, o, o.at < received)
		o.at = received
		m.addDoubted(known, o, true)
	}
}

// shown is what an observation shows at an instant, as far as one of a doubted row can
// show the same.
type shown struct {
	at        Instant
	centre    string
	direction Direction
	passage   bool // false for a report
}

func (o *observation) shown() shown { return shown{o.at, o.centre, o.direction, o.passage()} }

// addDoubted adds an observation at one of the times of a row; earlier is set for the
// one that comes first, before which nothing is known but what an OUT shows. Where
// something else shows the same at that instant, it shows it better; known is what is
// shown already.
func (m *movements) addDoubted(known map[shown]bool, o observation, earlier bool) {
	if known[o.shown()] {
		return
	}
	known[o.shown()] = true
	switch {
	case !earlier:
		o.before = place{kind: anywhere}
	case o.before.kind != inside || o.direction == DirectionUnknown:
		o.before = place{}
	}
	m.list = append(m.list, o)
}
