package recall

import (
	"cmp"
	"slices"

	"tilsyn/engine/duty"
)

// Clock is when the recalls are looked at.
type Clock struct {
	// At is the clock: nothing known after it counts.
	At duty.Instant
	// Overdue is how long a take-back may wait for its acknowledgement
	// (`recall.overdue`, in ms).
	Overdue duty.Instant
}

// Fold returns one person's share of every recall, sorted by cause, and names
// acknowledgements that count for nothing.
func Fold(p Person, c Consumers, clock Clock) ([]Part, []duty.DataQuality) {
	receipts, bad := p.receipts(c, clock.At)
	filed := p.filed(clock.At)
	var parts []Part
	for i := range p.Units {
		for _, b := range takeBacks(&p.Units[i], clock.At) {
			at, found := slices.BinarySearchFunc(parts, b.id, func(x Part, id string) int { return cmp.Compare(x.CauseID, id) })
			if !found {
				parts = slices.Insert(parts, at, Part{Cause: b.cause, CauseID: b.id, OpenedAt: b.first})
			}
			parts[at].add(&b, &p.Units[i], c, receipts, clock)
			parts[at].file(filed[p.Units[i].UnitID])
		}
	}
	return parts, bad
}

// taken is what one cause took back of one unit.
type taken struct {
	cause  duty.RecallCause
	id     string // what the cause names
	centre string
	// first and newest are the times of the first and of the last take-back by
	// the cause, revision that of the last.
	first, newest duty.Instant
	revision      int32
}

// takeBacks lists what each cause took back of a unit.
func takeBacks(u *Unit, at duty.Instant) []taken {
	var out []taken
	for _, r := range u.Revisions {
		if !r.CauseID.OK || r.At > at {
			continue
		}
		i := slices.IndexFunc(out, func(t taken) bool { return t.id == r.CauseID.V })
		if i < 0 {
			i = len(out)
			out = append(out, taken{cause: r.Cause.V, id: r.CauseID.V, centre: r.CentreID, first: r.At})
		}
		out[i].newest, out[i].revision = r.At, r.Number
	}
	return out
}

// add counts one unit. It is open for a consumer that it is owed to until that
// consumer has acknowledged the newest take-back by the cause, or anything later
// of the unit (C-48, C-49).
func (x *Part) add(b *taken, u *Unit, c Consumers, receipts []receipt, clock Clock) {
	x.Units++
	x.OpenedAt = min(x.OpenedAt, b.first)
	if b.cause == duty.RecallCauseExclusion || b.cause == duty.RecallCauseIncident {
		x.centre(b.centre)
	}
	owed := c.owed(u.Revisions[0].At, b.newest)
	if len(owed) == 0 {
		x.unowed(b, clock)
		return
	}
	for _, name := range owed {
		share := x.consumer(name)
		known, ok := acknowledged(receipts, u.UnitID, name, b.revision)
		if ok {
			share.Acknowledged++
			share.Last = max(share.Last, known)
			continue
		}
		share.Open++
		share.wait(b.newest, clock)
	}
}

// acknowledged returns when a consumer first acknowledged a revision of a unit
// or a later one; the earliest known counts (C-52).
func acknowledged(receipts []receipt, unit, consumer string, revision int32) (duty.Instant, bool) {
	for _, r := range receipts { // ascending by when they were known
		if r.unit == unit && r.consumer == consumer && r.revision >= revision {
			return r.known, true
		}
	}
	return 0, false
}
