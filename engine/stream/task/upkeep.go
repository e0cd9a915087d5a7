package task

import (
	"tilsyn/engine/control"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/centres"
	"tilsyn/engine/watch"
)

// The owner of the watch also tells what people have not done for the centres: logs without a marker
// (REL-12), and hours after a change that nobody reconciled (REL-09). Both rest on facts of the centres and
// on the dates of the rows that it is given, and turn with the clock. Package control finds them, for
// `replay` as well.

// upkeep is what the owner knows for that, and what it last saw.
type upkeep struct {
	tally *control.Tally
	// of is what was last looked at, and until when nothing else can be seen of it; dirty is true if a row
	// of another date has come since.
	of    upkeepFacts
	until duty.Instant
	dirty bool
	lines []duty.DataQuality
}

// upkeepFacts says of facts that only grow, and of the policies, whether they are still the same.
type upkeepFacts struct {
	settlements, counts, marks, policies int
	digest                               string
}

func newUpkeep() upkeep { return upkeep{tally: control.NewTally(), until: duty.Beginning} }

// Row implements watching.Receiver.
func (w *owner) Row(r watch.Row) {
	w.Owner.Row(r)
	if w.upkeep.tally.Arrived(r.CentreID, r.OccurredAt, r.Known) {
		w.upkeep.dirty = true
	}
}

// look returns the lines at a clock that does not go back.
func (u *upkeep) look(p *centres.Picture, at duty.Instant) []duty.DataQuality {
	f, n := p.Plain.Facts(), len(p.Policies)
	of := upkeepFacts{len(f.Settlements), len(f.Reconciliations), len(f.ChangeMarks), n, p.Policies[n-1].Policy.Digest}
	if of != u.of || at >= u.until || u.dirty {
		u.lines, u.until = control.Missing(u.tally, duty.World{Centres: p.Plain, Policies: p.Policies}, at)
		u.of, u.dirty = of, false
	}
	return u.lines
}
