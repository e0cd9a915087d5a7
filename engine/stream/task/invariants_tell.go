package task

import (
	"tilsyn/engine/duty"
	"tilsyn/engine/invariant"
	"tilsyn/engine/stream/telling"
)

// unitKey names a unit of a person.
type unitKey struct {
	person string
	kind   duty.Kind
	date   duty.Date
}

// verdictOf is on what a revision of the present cycle rests: the clock, and what was known.
type verdictOf struct {
	at      duty.Instant
	facts   int
	centres *duty.Centres
}

// tell is asked before the revisions of a person are told; k is what was known of the person.
func (m *invariants) tell(t *Task, p *person, k *knowledge, revisions []duty.Violation) {
	if m == nil {
		return
	}
	for i := range revisions {
		v := &revisions[i]
		var prior *duty.Said
		if j := telling.Told(k.said, v.Kind, v.UnitDate); j >= 0 {
			prior = &k.said[j]
		}
		m.follow(t, prior, v)
		m.once(t, p, k, v)
		if prior == nil || v.Status.Severity() > prior.Status.Severity() {
			m.behind(t, v)
		}
	}
}

// follow asserts that a revision follows what was last told of its unit; nil for nothing.
func (m *invariants) follow(t *Task, prior *duty.Said, v *duty.Violation) {
	last := int32(0)
	if prior != nil {
		last = prior.Revision
		invariant.Hold(v.PreviousDigest.OK && v.PreviousDigest.V == prior.Digest, nextRevision,
			"task %d: revision %d does not name the digest of revision %d", t.at.Task, v.Revision, last)
	}
	invariant.Hold(prior != nil || v.Status != duty.StatusWithdrawn, nextRevision,
		"task %d: the first revision of a unit withdraws", t.at.Task)
	invariant.Hold(v.Revision == last+1, nextRevision,
		"task %d: revision %d follows revision %d", t.at.Task, v.Revision, last)
	if told, ok := m.revisions[v.UnitID]; ok {
		invariant.Hold(last == told, nextRevision,
			"task %d: the state knows revision %d of a unit, and revision %d was told", t.at.Task, last, told)
	}
	m.revisions[v.UnitID] = v.Revision
	value, err := t.codec.EncodeTold(duty.TopicViolations, v)
	invariant.Hold(err == nil, readsBack, "task %d: a revision cannot be encoded", t.at.Task)
	read, err := t.codec.Decode(duty.TopicViolations, value)
	back, ok := read.(*duty.Violation)
	same := err == nil && ok && back.ComputeDigest() == v.Digest && back.EvaluatedAt == v.EvaluatedAt
	invariant.Hold(same, readsBack,
		"task %d: a revision reads as another one", t.at.Task)
}

// summary is asked before a case summary is written: recovery goes on from its hash.
func (m *invariants) summary(t *Task, s *duty.CaseSummary) {
	if m == nil {
		return
	}
	value, err := t.codec.EncodeTold(duty.TopicCaseSummaries, s)
	invariant.Hold(err == nil, readsBack, "task %d: a case summary cannot be encoded", t.at.Task)
	read, err := t.codec.Decode(duty.TopicCaseSummaries, value)
	back, ok := read.(*duty.CaseSummary)
	invariant.Hold(err == nil && ok && hashOfSummary(back) == hashOfSummary(s), readsBack,
		"task %d: a case summary reads as another one", t.at.Task)
}

// once asserts that no revision of the unit was told in this cycle at the same clock on the same
// facts: a second verdict on what the first one knew has nothing to add.
func (m *invariants) once(t *Task, p *person, k *knowledge, v *duty.Violation) {
	now := verdictOf{at: v.EvaluatedAt, facts: factsOf(&k.facts), centres: t.centreFacts()}
	unit := unitKey{p.id, v.Kind, v.UnitDate}
	before, ok := m.verdicts[unit]
	invariant.Hold(!ok || before != now, oneVerdict,
		"task %d tells of a unit twice at clock %d, on the same facts", t.at.Task, now.at)
	m.verdicts[unit] = now
}

// behind asserts that a revision which is harsher than before may be told.
func (m *invariants) behind(t *Task, v *duty.Violation) {
	caughtUp := t.at.CaughtUp
	invariant.Hold(m.live && !t.unexamined && !t.cycle.clearing && !t.at.Unheard, nobodyAhead,
		"task %d tells what is harsher than before while it must only clear", t.at.Task)
	invariant.Hold(t.stuck() == "", nobodyAhead,
		"task %d tells what is harsher than before while caught_up stands", t.at.Task)
	invariant.Hold(caughtUp <= m.sure, nobodyAhead,
		"task %d is caught up at %d, which is proven up to %d", t.at.Task, caughtUp, m.sure)
	since, through := t.covered()
	invariant.Hold(caughtUp <= through && since <= max(caughtUp, t.watermark.Reached()), nobodyBeyond,
		"task %d tells what is harsher than before at %d, and the watch has spoken of %d to %d, read up to %d",
		t.at.Task, caughtUp, since, through, t.watermark.Reached())
	due := v.Instant + graceOf(t.picture.Policies, v)
	invariant.Hold(due <= caughtUp, nobodyAhead,
		"task %d tells what is harsher than before %d ms early", t.at.Task, due-caughtUp)
}

// graceOf is emit.grace of the policy that a revision names, on its date; 0 where the policy leaves
// it to what the unit needs.
func graceOf(policies []duty.ActivePolicy, v *duty.Violation) duty.Instant {
	grace := duty.Instant(0)
	for _, p := range policies {
		if p.Policy.Digest != v.PolicyDigest {
			continue
		}
		for i := range p.Policy.Steps {
			if s := &p.Policy.Steps[i]; s.From <= v.UnitDate {
				grace = s.Params.EmitGrace.Or(0)
			}
		}
	}
	return grace
}

// heard is asked about a revision that recovery reads.
func (m *invariants) heard(t *Task, v *duty.Violation) {
	if m == nil {
		return
	}
	if before, ok := m.revisions[v.UnitID]; ok {
		invariant.Hold(v.Revision > before, nextRevision,
			"task %d reads revision %d of a unit after revision %d", t.at.Task, v.Revision, before)
	}
	m.revisions[v.UnitID] = v.Revision
}

// decided is asked when a person is decided. held is true if something was left open, so that the
// person is to be decided again.
func (m *invariants) decided(t *Task, next duty.Instant, held bool) {
	if m != nil {
		invariant.Hold(held || next > t.at.CaughtUp, decidedIsOver,
			"task %d: a person is due again at %d, and caught up is %d", t.at.Task, next, t.at.CaughtUp)
	}
}

// factsOf is how many facts there are of a person.
func factsOf(f *duty.Facts) int {
	return len(f.CardEvents) + len(f.ManualEntries) + len(f.Notices) + len(f.ObligationChanges) + len(f.GroupChanges) +
		len(f.Permissions) + len(f.Holds) + len(f.DepartureAssessments) + len(f.Convictions) + len(f.IdentityLinks) +
		len(f.CardAssignments) + len(f.Crowds) + len(f.Acknowledgements) + len(f.Handlings) + len(f.Unreadable)
}

// refused takes back what tell noted of a revision that is not written: it is too large for its topic.
func (m *invariants) refused(v *duty.Violation) {
	if m == nil {
		return
	}
	if m.revisions[v.UnitID] = v.Revision - 1; v.Revision == 1 {
		delete(m.revisions, v.UnitID)
	}
}
