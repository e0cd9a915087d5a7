package duty

import (
	"cmp"
	"iter"
	"slices"
)

// row is a card event that speaks of the evaluated person.
type row struct {
	event *CardEvent
	pos   Opt[Position]
	// unknownDevice is set where the register does not know the device at that
	// time or the device type contradicts it (contract §5).
	unknownDevice bool
}

// rows are the card events of the person that count, sorted by time.
type rows struct {
	passages, reports []row
	// conflicts are rows that contradict the card's assignment: evidence for
	// nobody, and a break in what is known (contract §2, CARD_CONFLICT).
	conflicts []*CardEvent
	// offline are rows of offline units and key fobs, never used (DEV-07).
	offline []*CardEvent
}

// newRows picks the person's rows. A row without a person belongs to the holder
// of the card at its time (IDN-08).
func newRows(s *source, id *identity, l lens) *rows {
	held := inForce[CardAssignment](s.assignments, func(k *Known[CardAssignment]) bool { return l.fact(k.At) })
	r := &rows{}
	events := inForce[CardEvent](s.cardEvents, func(k *Known[CardEvent]) bool {
		return l.row(max(k.At, linkedSince(k, held, id)), k.Fact.OccurredAt)
	})
	slices.SortFunc(events, func(a, b *Known[CardEvent]) int {
		if c := cmp.Compare(a.Fact.OccurredAt, b.Fact.OccurredAt); c != 0 {
			return c
		}
		return cmp.Or(cmp.Compare(a.Fact.Scan, b.Fact.Scan), cmp.Compare(a.Fact.ID, b.Fact.ID))
	})
	r.passages = make([]row, 0, len(events))
	for _, k := range events {
		r.place(k, held, id, s.policy)
	}
	return r
}

// linkedSince returns since when the links that bring a row to the person were
// known (contract §5).
func linkedSince(k *Known[CardEvent], held []*Known[CardAssignment], id *identity) Instant {
	if k.Fact.PersonID.OK {
		since, _ := id.own(k.Fact.PersonID.V)
		return since
	}
	since := Beginning
	for a := range holders(held, &k.Fact) {
		if known, own := id.own(a.PersonID); own {
			since = max(since, known)
		}
	}
	return since
}

// holders returns the assignments of a card that are valid at the row's time.
func holders(held []*Known[CardAssignment], e *CardEvent) iter.Seq[*CardAssignment] {
	return func(yield func(*CardAssignment) bool) {
		for _, k := range held {
			a := &k.Fact
			if a.CardID == e.CardID && (Span{a.ValidFrom, a.ValidTo.Or(Forever)}).contains(e.OccurredAt) && !yield(a) {
				return
			}
		}
	}
}

func (r *rows) place(k *Known[CardEvent], held []*Known[CardAssignment], id *identity, p *Policy) {
	e := &k.Fact
	mine, others := false, false
	speak := func(person string) {
		if _, own := id.own(person); own {
			mine = true
		} else {
			others = true
		}
	}
	for a := range holders(held, e) {
		speak(a.PersonID)
	}
	if e.PersonID.OK {
		speak(e.PersonID.V)
	}
	if !mine {
		return
	}
	device := p.device(e.DeviceID, e.OccurredAt)
	if e.DeviceType == DeviceTypeOfflineLock || e.CardType == CardTypeKeyFob || device != nil && device.Type == DeviceTypeOfflineLock {
		r.offline = append(r.offline, e)
		return
	}
	if e.Kind == CardEventKindLockedAttempt {
		return
	}
	if others {
		r.conflicts = append(r.conflicts, e)
		return
	}
	unknown := device == nil || device.Type != e.DeviceType || device.CentreID != e.CentreID
	if e.Kind == CardEventKindReport {
		r.reports = append(r.reports, row{e, k.Pos, unknown})
		return
	}
	r.passages = append(r.passages, row{e, k.Pos, unknown})
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
