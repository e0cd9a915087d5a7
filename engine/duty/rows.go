package duty

import (
	"cmp"
	"iter"
	"slices"
)

// row is a CardEvent that counts and speaks of the evaluated person.
type row struct {
	event *CardEvent
	pos   Opt[Position]
	// unknownDevice is set if the register does not know the device at that time or the device type
	// contradicts it (contract §5).
	unknownDevice bool
	// receipt is the latest time at which the row can have been received.
	receipt Instant
}

// rows are those of the person, sorted by time.
type rows struct {
	passages, reports []row
	// off are rows with an impossible time; see offclock.go.
	off []row
	// ahead is set if some row is somewhat ahead of its receipt.
	ahead bool
	// conflicts are rows that contradict the card's assignment: evidence for
	// nobody, and a break in what is known (contract §2, CARD_CONFLICT).
	conflicts []*CardEvent
	// offline are rows of offline units and key fobs, never used (DEV-07, CRD-12,
	// SYS-11, SYS-12).
	offline []*CardEvent
	// crowded is when the person holds a card that is everybody's.
	crowded []Span
}

// newRows picks the person's rows. A row without a person belongs to the holder
// of the card at its time (IDN-08).
func newRows(s *source, id *identity, l lens) *rows {
	held := newCardsHeld(inForce[CardAssignment](s.assignments,
		func(k *Known[CardAssignment]) bool { return l.fact(k.At) }), id)
	r := &rows{}
	events := inForce[CardEvent](s.cardEvents, func(k *Known[CardEvent]) bool {
		return l.row(max(k.At, linkedSince(k, held, id)), k.Fact.OccurredAt)
	})
	if l.received {
		for i, k := range events {
			if somewhatAhead(k) {
				atReceipt := *k
				atReceipt.Fact.OccurredAt = receipt(k)
				events[i] = &atReceipt
			}
		}
	}
	slices.SortFunc(events, func(a, b *Known[CardEvent]) int {
		if c := cmp.Compare(a.Fact.OccurredAt, b.Fact.OccurredAt); c != 0 {
			return c
		}
		return cmp.Or(cmp.Compare(a.Fact.Scan, b.Fact.Scan), cmp.Compare(a.Fact.ID, b.Fact.ID))
	})
	r.passages = make([]row, 0, len(events))
	for _, k := range events {
		if c := s.facts.crowd(k.Fact.CardID); c != nil {
			r.placeCrowded(k, c, id, s.policy)
			continue
		}
		r.place(k, held, id, s.policy)
	}
	if l.timed {
		r.off = nil
	}
	if len(s.facts.Crowds) > 0 {
		r.crowded = crowdedSpans(held, s.facts.Crowds)
	}
	return r
}

// cardsHeld are the assignments in force that affect a person, by card: those that make the person
// or a linked one the holder, and the times at which anybody else was one. Of a card that many
// hold, it does not matter who they are.
type cardsHeld map[string]*cardHeld

// cardHeld is who holds one card, as it concerns the person.
type cardHeld struct {
	// own are the assignments to the person and to whom it is linked with.
	own []*CardAssignment
	// others is when anybody else held the card: sorted, no two spans touch.
	others []Span
}

func newCardsHeld(held []*Known[CardAssignment], id *identity) cardsHeld {
	out := cardsHeld{}
	for _, k := range held {
		a := &k.Fact
		c := out[a.CardID]
		if c == nil {
			c = &cardHeld{}
			out[a.CardID] = c
		}
		if _, own := id.own(a.PersonID); own {
			c.own = append(c.own, a)
		} else if s := a.span(); s.From < s.To {
			c.others = append(c.others, s)
		}
	}
	for _, c := range out { //house:order-free each card is for itself
		c.others = MergeSpans(c.others)
	}
	return out
}

// span is when an assignment is valid.
func (v *CardAssignment) span() Span { return Span{v.ValidFrom, v.ValidTo.Or(Forever)} }

// ownAt returns the person's assignments of a card that are valid at a time.
func (c *cardHeld) ownAt(t Instant) iter.Seq[*CardAssignment] {
	return func(yield func(*CardAssignment) bool) {
		if c == nil {
			return
		}
		for _, a := range c.own {
			if a.span().contains(t) && !yield(a) {
				return
			}
		}
	}
}

// othersAt reports whether anybody else held the card at a time.
func (c *cardHeld) othersAt(t Instant) bool {
	if c == nil {
		return false
	}
	i, exact := slices.BinarySearchFunc(c.others, t, func(s Span, t Instant) int { return cmp.Compare(s.From, t) })
	return exact || i > 0 && c.others[i-1].contains(t)
}

// linkedSince returns since when the links that bring a row to the person were
// known (contract §5).
func linkedSince(k *Known[CardEvent], held cardsHeld, id *identity) Instant {
	if k.Fact.PersonID.OK {
		since, _ := id.own(k.Fact.PersonID.V)
		return since
	}
	since := Beginning
	for a := range held[k.Fact.CardID].ownAt(k.Fact.OccurredAt) {
		known, _ := id.own(a.PersonID)
		since = max(since, known)
	}
	return since
}

func (r *rows) place(k *Known[CardEvent], held cardsHeld, id *identity, p *Policy) {
	e := &k.Fact
	card := held[e.CardID]
	mine, others := false, card.othersAt(e.OccurredAt)
	for range card.ownAt(e.OccurredAt) {
		mine = true
		break
	}
	if e.PersonID.OK {
		_, own := id.own(e.PersonID.V)
		mine, others = mine || own, others || !own
	}
	if mine {
		r.file(k, others, p)
	}
}

// file files a row of the person, or of nobody where others may have made it.
func (r *rows) file(k *Known[CardEvent], others bool, p *Policy) {
	e := &k.Fact
	device := p.device(e.DeviceID, e.OccurredAt)
	if e.DeviceType == DeviceTypeOfflineLock || e.CardType == CardTypeKeyFob ||
		device != nil && device.Type == DeviceTypeOfflineLock {
		r.offline = append(r.offline, e)
		return
	}
	if e.Kind == CardEventKindLockedAttempt { // PAS-06
		return
	}
	r.ahead = r.ahead || somewhatAhead(k) // also of a row that is nobody's: it is read at both times
	if others {
		r.conflicts = append(r.conflicts, e)
		return
	}
	// A device of another kind, place or use than the register has is not known
	// (DEV-01, RD-45, contract §5).
	unknown := device == nil || device.Type != e.DeviceType || device.CentreID != e.CentreID ||
		device.ForReports() != (e.Kind == CardEventKindReport)
	placed := row{e, k.Pos, unknown, receipt(k)}
	switch {
	case offClock(k):
		r.off = append(r.off, placed)
	case e.Kind == CardEventKindReport:
		r.reports = append(r.reports, placed)
	default:
		r.passages = append(r.passages, placed)
	}
}

// device returns a device of the register at t, or nil.
func (p *Policy) device(id string, t Instant) *Device {
	for i := range p.Devices {
		if d := &p.Devices[i]; d.ID == id && d.From <= t && t < d.To {
			return d
		}
	}
	return nil
}
