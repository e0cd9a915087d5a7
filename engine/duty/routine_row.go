package duty

import "unicode/utf8"

// ordinaryRow reports whether a row by itself is ordinary: a whole passage, or under REPORT a report at
// a stand inside the fence, told
// once, on a biometric card, at the person's centre, by a device that the
// register knows as what it says it is, the clock not off. That an OUT may lie in
// excluded dates does not matter: from it alone nothing is decided.
func (r *Routine) ordinaryRow(in *Input, p *Policy, e *CardEvent, known Instant) bool {
	report := e.Kind == CardEventKindReport && r.underReport()
	if !report && e.Kind != CardEventKindPassage || e.Scan != ScanComplete || e.Version != 1 || e.Retracted ||
		e.Direction.OK == report || e.CardType != CardTypeBiometric || e.DeviceType == DeviceTypeOfflineLock ||
		e.PersonID != Some(in.PersonID) || e.CentreID != r.centre {
		return false
	}
	if e.OccurredAt < ClockReset || e.OccurredAt > min(e.ReceivedAt, known)+ClockNoticed ||
		e.OccurredAt >= latest || e.ReceivedAt >= latest {
		return false
	}
	if !UsableKey(e.ID) && !packedID(e.ID) || !UsableKey(e.CardID) || !UsableKey(in.PersonID) {
		return false
	}
	d := p.device(e.DeviceID, e.OccurredAt)
	if d == nil || d.Type != e.DeviceType || d.CentreID != e.CentreID || d.ForReports() != report {
		return false
	}
	if report {
		c := p.placeOn(e.CentreID, e.OccurredAt.Date())
		return c != nil && c.StandInside && !c.NoStand
	}
	return e.Direction.V == DirectionIn || e.Direction.V == DirectionOut
}

// packedBytes is how long an id is that is packed.
const packedBytes = 16

// packedID reports whether an id is the bytes of a UUID (Routine). Those that happen to be text are taken for none.
func packedID(id string) bool { return len(id) == packedBytes && !utf8.ValidString(id) }

// after returns where a passage leaves the card, or unseen where it does not
// follow from where the card was. A report inside shows it inside, and does not follow where it was outside.
func (now place3) after(e *CardEvent) place3 {
	if e.Kind == CardEventKindReport {
		if now == without {
			return unseen
		}
		return within
	}
	next := within
	if e.Direction.V == DirectionOut {
		next = without
	}
	if next == now {
		return unseen
	}
	return next
}

// Row reports whether a row that has just been read is the ordinary next one:
// newer than all that the routine has seen and in turn. Then it takes it for
// seen, and nothing that was told of the person can change by it, nor anything
// be told but at the clock that the last Advance named: nobody need evaluate at
// once. known is when the row was known. A row that it refuses ends the routine,
// unless it is known to be a repetition.
func (r *Routine) Row(in *Input, e *CardEvent, known Instant) bool {
	p := in.onlyPolicy(known)
	if p == nil || r.centre == "" || e.OccurredAt <= r.tail || e.OccurredAt < r.since || !UsableKey(e.ID) ||
		!r.ordinaryRow(in, p, e, known) || r.tooLate(e, known) {
		return false
	}
	next := r.tailed.after(e)
	if next == unseen {
		return false
	}
	r.tail, r.tailed = e.OccurredAt, next
	return true
}
