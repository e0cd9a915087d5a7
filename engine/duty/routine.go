package duty

// Routine is what has to be carried of a person whose facts are ordinary (in
// order, undisputed, in good time, nothing else in play), so that its nights can
// be decided without weighing the whole history again. Whatever Routine decides,
// Evaluate decides too; a property test holds it to that.
//
// Ordinary is a person with
//
//   - one decision of STAY, imposed once, served, without end, on a basis that
//     fits the one group registered, from before the decision on; with it, perhaps, one of
//     NOTIFY and one of REPORT, daily and of the whole day, at the same centre (duties);
//   - no other decision, no notice, permission, hold, assessment, link, paper or
//     unreadable record; cards, if any are known, its own and never two at once;
//   - rows that are whole passages on a biometric card at the centre of
//     the decision by a registered device, first versions, in turn IN and OUT; under REPORT
//     also reports at a stand inside the fence, made while the card is inside;
//   - a place that fits the duty; nights on which it does not operate, or has no
//     device that could show the duty kept, are left to Evaluate (RD-44, RD-46).
//
// That is what StartRoutine asks for. Result.Routine asks it of the time to come
// only: what is over by then has been weighed.
//
// What it decides are nights at which registrations show the card inside
// (COMPLIANT, STY-02), and nights before the first registration (UNDETERMINED,
// PRS-01); under NOTIFY nights with the card inside from before 23:00 and no passage in them
// (COMPLIANT, NTC-02); under REPORT days with a report (COMPLIANT, RPT-01). A missed
// night, a day without report, anything out of the ordinary, anything that a centre's
// incident or exclusion may touch, and every observation that would be new is
// left to Evaluate.
//
// # What the caller owes it
//
//   - A fact of the person other than a row ends the routine: evaluate,
//     then Result.Routine.
//   - A row that Row refuses ends it likewise. Row need not be asked about
//     each; but a row with OccurredAt < Since that is new must end it.
//   - A centre fact or policy that becomes known, and an automatic incident that
//     the watch says or no longer says, are none of its business: they concern
//     nights already decided, too. The caller evaluates whom they touch. An
//     ordinary heartbeat touches nobody.
//   - For Advance an id may be the 16 bytes of the UUID that it is; one that is not
//     usable (UsableKey) is empty.
//   - Ids are unique: two rows with one id and version 1 that differ are noticed
//     only where both lie at or after Since.
//   - Clocks do not go back.
//
// The zero value is no routine and decides nothing.
type Routine struct {
	// centre is the centre of the decision; empty in the zero value.
	centre string
	// first is the first night that the decision covers whole, night the first
	// one that is not decided.
	first, night Date
	// notify is the first night of NOTIFY, none earlier than first; report is the first day of REPORT
	// that is not decided. Each is 0 without the duty. reported is the date of the newest report before
	// since, 0 for none.
	notify, report, reported Date
	// since is the 06:00 up to which registrations are taken in.
	since Instant
	// place is where the card was at since, by the row at seen.
	place place3
	seen  Instant
	// tail and tailed are the newest row of all and where it left the card.
	tail   Instant
	tailed place3
	// guard is up to which instant the rows since `since` bound a record; they
	// must stay `guarded` many.
	guard   Instant
	guarded uint32
	// wake is when the clock alone may change what was decided before.
	wake Instant
	// noted is set where the observation of the last row's age, or of no row
	// ever, is already known from a full evaluation.
	noted bool
}

// place3 is a place relative to the centre of the routine.
type place3 uint8

const (
	unseen place3 = iota
	within
	without
)

// Centre is the centre of the person's STAY decision.
func (r *Routine) Centre() string { return r.centre }

// Since is the instant from which on Advance wants all rows again;
// Beginning before the first Advance. It is a local 06:00. Rows before it may be
// among those given and are passed over.
func (r *Routine) Since() Instant { return r.since }

// StartRoutine begins a routine from the person's facts that are no rows,
// which it does not look at; false where anything is out of the ordinary. It
// stands before the first night: the first Advance wants all rows there are. at is
// the clock; facts known after it are out of the ordinary.
func StartRoutine(in *Input, at Instant) (Routine, bool) {
	p := in.onlyPolicy(at)
	if p == nil {
		return Routine{}, false
	}
	r := Routine{since: Beginning, seen: Beginning, tail: Beginning, guard: Beginning, wake: p.nextStep(at)}
	if !r.begin(in, p, at) {
		return Routine{}, false
	}
	r.night = r.first
	return r, true
}

// onlyPolicy returns the policy where just one was ever active at t.
func (in *Input) onlyPolicy(t Instant) *Policy {
	if len(in.Policies) == 0 || in.Policies[0].From > t || len(in.Policies) > 1 && in.Policies[1].From <= t {
		return nil
	}
	return in.Policies[0].Policy
}

// nextPolicy returns when a second policy becomes active; Forever where none is
// known.
func (in *Input) nextPolicy() Instant {
	if len(in.Policies) > 1 {
		return in.Policies[1].From
	}
	return Forever
}

// nextStep returns when parameters next change by date; Forever where never.
func (p *Policy) nextStep(t Instant) Instant {
	next, today := Forever, t.Date()
	for i := range p.Steps {
		if p.Steps[i].From > today {
			next = min(next, p.Steps[i].From.Start())
		}
	}
	return next
}

// begin takes over the duties of a person whose facts other than card events are ordinary, all
// known at t; false for others.
func (r *Routine) begin(in *Input, p *Policy, t Instant) bool {
	f := in.Person
	if in.Provisional || in.FromDate.OK || in.ToDate.OK ||
		len(f.ManualEntries)+len(in.Centres.entriesOf(in.PersonID, f))+len(f.Notices)+len(f.Permissions)+
			len(f.Holds)+len(f.DepartureAssessments)+len(f.IdentityLinks)+len(f.Unreadable) > 0 ||
		len(f.GroupChanges) != 1 || !in.ordinaryCards(p, t) {
		return false
	}
	g := &f.GroupChanges[0]
	if g.At > t || g.Fact.PersonID != in.PersonID || g.Fact.Retracted || !g.Fact.fault(p).None() {
		return false
	}
	m := memberships([]*Known[GroupChange]{g})[0]
	var of boundDuties
	for i := range f.ObligationChanges {
		o := &f.ObligationChanges[i]
		v := &o.Fact
		if o.At > t || v.PersonID != in.PersonID || v.Retracted || v.Action != ActionImpose || !v.ServedAt.OK ||
			v.ValidTo.OK || !v.fault(p).None() || misfit(v, m) != DataQualityCodeUnknown {
			return false
		}
		d := &dutyPart{span: Span{max(v.ValidFrom, v.ServedAt.V), Forever}, version: v, group: m.effective,
			schedule: v.Schedule.Or(Schedule{Type: ScheduleTypeDaily})}
		if d.span.From < m.span.From || !of.add(d) {
			return false
		}
	}
	if of.stay == nil || !p.fits(KindStay, of.stay.version.CentreID) {
		return false
	}
	r.centre, r.first = of.stay.version.CentreID, firstNight(of.stay.span.From)
	// A night of which NOTIFY covers a part is left to Evaluate.
	return r.beside(&of, p) && (!r.underNotify() || r.notify >= r.first && of.notify.span.From <= Night(r.notify).From)
}

// maxCards bounds how many card assignments are ordinary.
const maxCards = 8

// ordinaryCards reports whether all card assignments are the person's own, each
// told once, and never two cards at once.
func (in *Input) ordinaryCards(p *Policy, t Instant) bool {
	list := in.Person.CardAssignments
	if len(list) > maxCards || len(in.Person.Crowds) > 0 {
		return false
	}
	for i := range list {
		a := &list[i].Fact
		if list[i].At > t || a.PersonID != in.PersonID || a.Retracted || !a.fault(p).None() {
			return false
		}
		for j := range list[:i] {
			b := &list[j].Fact
			if a.ID == b.ID || (Span{a.ValidFrom, a.ValidTo.Or(Forever)}).overlaps(Span{b.ValidFrom, b.ValidTo.Or(Forever)}) {
				return false
			}
		}
	}
	return true
}
