package cli

import (
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/simulate"
)

// demoTally keeps what was said of every unit.
type demoTally struct {
	units map[simulate.Key]*demoSaid
	// revisions counts everything that was said; details those that changed
	// nothing but details.
	revisions, details int
	causes             map[demoCause]int
}

// demoSaid is what was last said of a unit, and since when there is a record.
type demoSaid struct {
	status duty.Status
	// told is when the record that stands was first told, or what was
	// withdrawn.
	told duty.Instant
	// was is the status before a withdrawal.
	was duty.Status
	// everIndicated is true where the unit was ever INDICATED.
	everIndicated bool
}

func newDemoTally() *demoTally {
	return &demoTally{units: map[simulate.Key]*demoSaid{}, causes: map[demoCause]int{}}
}

// demoChange says what a revision changes.
type demoChange uint8

const (
	// demoNew is a record where there was none.
	demoNew demoChange = iota
	// demoOther is a record with another status.
	demoOther
	// demoDetail changes nothing that the demo shows.
	demoDetail
	// demoGone is a withdrawal.
	demoGone
)

// hear takes a revision in. It returns what it changes and what was said of
// the unit before.
func (t *demoTally) hear(v *duty.Violation) (demoChange, demoSaid) {
	t.revisions++
	key := simulate.Key{PersonID: v.PersonID, Kind: v.Kind, Date: v.UnitDate}
	s := t.units[key]
	if s == nil {
		s = &demoSaid{}
		t.units[key] = s
	}
	before := *s
	s.status = v.Status
	s.everIndicated = s.everIndicated || v.Status == duty.StatusIndicated
	stood := before.status == duty.StatusIndicated || before.status == duty.StatusNeedsReview
	switch {
	case v.Status == duty.StatusWithdrawn && stood:
		s.was = before.status
		t.causes[causeOf(v)]++
		return demoGone, before
	case v.Status == duty.StatusWithdrawn || before.status == v.Status:
		t.details++
		return demoDetail, before
	case stood:
		return demoOther, before
	}
	s.told = v.EvaluatedAt
	return demoNew, before
}

// statuses gives the last status of each unit.
func (t *demoTally) statuses() map[simulate.Key]duty.Status {
	out := make(map[simulate.Key]duty.Status, len(t.units))
	for key, s := range t.units {
		out[key] = s.status
	}
	return out
}

// count counts units of a duty (KindUnknown: of all) by their last status.
func (t *demoTally) count(kind duty.Kind, status duty.Status) int {
	n := 0
	for key, s := range t.units {
		if s.status == status && (kind == duty.KindUnknown || key.Kind == kind) {
			n++
		}
	}
	return n
}

// demoCause is why a record was withdrawn, in words.
type demoCause string

// The causes, as the summary names them.
const (
	causeExclusion  demoCause = "passages were declared lost over these dates"
	causeDeparture  demoCause = "an officer found that the person had left the country"
	causePermission demoCause = "a permission became known"
	causeHold       demoCause = "custody or another hold became known"
	causeAnnulled   demoCause = "the duty was annulled, or did not bind"
	causeOutage     demoCause = "an outage became known: nobody can tell"
	causeUnknown    demoCause = "a registration or form became known: nobody can tell"
	causeReport     demoCause = "a report became known"
	causeNotice     demoCause = "a timely notice became known"
	causePresence   demoCause = "presence became known"
)

// causeOf says why a record was withdrawn, from what the withdrawal rests on.
func causeOf(v *duty.Violation) demoCause {
	if v.ChangeReason == duty.ChangeReasonExclusion {
		return causeExclusion
	}
	switch v.WithdrawnOutcome.V {
	case duty.WithdrawnOutcomeExcluded:
		return causeExclusion
	case duty.WithdrawnOutcomeNotApplicable:
		return causeAnnulled
	case duty.WithdrawnOutcomeExcused:
		switch {
		case slices.Contains(v.Rules, "EVD-12"):
			return causeDeparture
		case slices.Contains(v.Rules, "OBL-12"):
			return causeHold
		}
		return causePermission
	case duty.WithdrawnOutcomeUndetermined:
		if slices.ContainsFunc(v.Incidents, func(x duty.IncidentRef) bool { return x.Effect != duty.IncidentEffectNone }) {
			return causeOutage
		}
		return causeUnknown
	}
	switch {
	case v.Kind == duty.KindReport:
		return causeReport
	case v.Kind == duty.KindNotify &&
		slices.ContainsFunc(v.NoticesConsidered, func(x duty.NoticeConsidered) bool { return x.Used }):
		return causeNotice
	}
	return causePresence
}
