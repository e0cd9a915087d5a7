package dutytest

import (
	"fmt"
	"strings"
	"testing"

	"tilsyn/engine/duty"
)

// The properties (a) and (b): what clears or doubts never accuses.

// rank orders outcomes: no record, NEEDS_REVIEW, INDICATED. A provisional unit
// is a record in waiting and ranks with NEEDS_REVIEW.
func rank(o duty.Outcome) int {
	switch o {
	case duty.OutcomeIndicated:
		return 2
	case duty.OutcomeNeedsReview, duty.OutcomeProvisional:
		return 1
	}
	return 0
}

// unitKey identifies a unit of one person.
type unitKey struct {
	kind duty.Kind
	date duty.Date
}

func outcomes(c *testCase, at duty.Instant) map[unitKey]duty.Outcome {
	out := map[unitKey]duty.Outcome{}
	res := duty.Evaluate(c.core(), at)
	for i := range res.Units {
		out[unitKey{res.Units[i].Kind, res.Units[i].Date}] = res.Units[i].Outcome
	}
	return out
}

// with returns a copy of the case to which facts can be added.
func (c *testCase) with() *testCase {
	x := *c
	x.facts.Permissions = append([]duty.Known[duty.Permission]{}, c.facts.Permissions...)
	x.facts.Holds = append([]duty.Known[duty.Hold]{}, c.facts.Holds...)
	x.facts.ManualEntries = append([]duty.Known[duty.ManualEntry]{}, c.facts.ManualEntries...)
	x.facts.Notices = append([]duty.Known[duty.Notice]{}, c.facts.Notices...)
	x.facts.CardEvents = append([]duty.Known[duty.CardEvent]{}, c.facts.CardEvents...)
	x.centres.ManualEntries = append([]duty.Known[duty.ManualEntry]{}, c.centres.ManualEntries...)
	x.centres.Incidents = append([]duty.Known[duty.Incident]{}, c.centres.Incidents...)
	x.centres.Exclusions = append([]duty.Known[duty.Exclusion]{}, c.centres.Exclusions...)
	return &x
}

func forCases(t *testing.T, n int, check func(t *testing.T, seed uint64, g *gen)) {
	t.Helper()
	seed := startSeed(t)
	for i := 0; i < personWeeks(t, n) && !t.Failed(); i++ {
		check(t, seed+uint64(i), newGen(seed+uint64(i)))
	}
}

func report(t *testing.T, seed uint64, at duty.Instant, before, after *testCase, what string) {
	t.Helper()
	t.Errorf("seed %d at %s: %s\nbefore:\n%safter:\n%s", seed, clockText(at), what, before.describe(), after.describe())
}

// TestFirstVersionsNeverAccuse is property (a): adding the first version of an
// incident, a declared exclusion, a granted permission that does not require
// reporting, or a hold never creates an INDICATED that was not there.
func TestFirstVersionsNeverAccuse(t *testing.T) {
	forCases(t, 600, func(t *testing.T, seed uint64, g *gen) {
		for _, at := range g.clocks() {
			before := outcomes(g.c, at)
			x := g.c.with()
			what := g.addClearing(x, at)
			for key, o := range outcomes(x, at) {
				if o == duty.OutcomeIndicated && before[key] != duty.OutcomeIndicated {
					report(t, seed, at, g.c, x, fmt.Sprintf("adding %s made %s %s INDICATED, it was %s",
						what, key.kind, dateText(key.date), before[key]))
				}
			}
		}
	})
}

// addClearing adds one fact that may only clear or cast doubt.
func (g *gen) addClearing(x *testCase, at duty.Instant) string {
	from := g.time(-2, 7)
	to := duty.Some(from + duty.Instant(1+g.r.IntN(3000))*duty.Minute)
	known := min(at, g.received(from))
	switch g.r.IntN(4) {
	case 0:
		x.centres.Incidents = append(x.centres.Incidents, duty.Known[duty.Incident]{At: known, Fact: duty.Incident{
			ID: "new", Version: 1, ReceivedAt: known, IncidentID: "new", CentreID: pick(g, "KH", "SJ"), From: from, To: to,
			Kind: duty.IncidentKindFrost, FormsStatus: pick(g, duty.FormsStatusPending, duty.FormsStatusComplete),
			State: duty.IncidentStateActive, Origin: duty.OriginHuman,
		}})
		return "an incident"
	case 1:
		d := g.d0 + duty.Date(g.r.IntN(8)-1)
		x.centres.Exclusions = append(x.centres.Exclusions, duty.Known[duty.Exclusion]{At: known, Fact: duty.Exclusion{
			ID: "new", Version: 1, ReceivedAt: known, ExclusionID: "new", CentreID: pick(g, "KH", "SJ"), FromDate: d,
			ToDate: d + duty.Date(g.r.IntN(3)), Status: duty.ExclusionStatusDeclared,
			DeclaredBy: "a", ApprovedBy: "b", DeclaredAt: known,
		}})
		return "an exclusion"
	case 2:
		x.facts.Permissions = append(x.facts.Permissions, duty.Known[duty.Permission]{At: known, Fact: duty.Permission{
			ID: "new", Version: 1, ReceivedAt: known, PermissionID: "new", PersonID: "P", Status: duty.PermissionStatusGranted,
			ValidFrom: from, ValidTo: to.V, DecidedAt: known,
			ReportEffect: pick(g, duty.ReportEffectExcused, duty.ReportEffectSilent),
		}})
		return "a permission"
	}
	x.facts.Holds = append(x.facts.Holds, duty.Known[duty.Hold]{At: known, Fact: duty.Hold{
		ID: "new", Version: 1, ReceivedAt: known, HoldID: "new", PersonID: "P", Kind: duty.HoldKindHospital,
		ValidFrom: from, ValidTo: to,
	}})
	return "a hold"
}

// TestPendingFormsAreNeverHarsher is the rest of property (a).
func TestPendingFormsAreNeverHarsher(t *testing.T) {
	forCases(t, 500, func(t *testing.T, seed uint64, g *gen) {
		from := g.time(-2, 7)
		incident := duty.Incident{
			ID: "new", Version: 1, ReceivedAt: from, IncidentID: "new", CentreID: pick(g, "KH", "SJ"), From: from,
			To: duty.Some(from + duty.Instant(1+g.r.IntN(2000))*duty.Minute), Kind: duty.IncidentKindServer,
			State: duty.IncidentStateActive, Origin: duty.OriginHuman,
		}
		make2 := func(forms duty.FormsStatus) *testCase {
			x := g.c.with()
			incident.FormsStatus = forms
			x.centres.Incidents = append(x.centres.Incidents, duty.Known[duty.Incident]{At: from, Fact: incident})
			return x
		}
		pending, complete := make2(duty.FormsStatusPending), make2(duty.FormsStatusComplete)
		for _, at := range g.clocks() {
			finished := outcomes(complete, at)
			for key, o := range outcomes(pending, at) {
				if rank(o) > rank(finished[key]) {
					report(t, seed, at, complete, pending, fmt.Sprintf("%s %s is %s while forms are pending, %s when complete",
						key.kind, dateText(key.date), o, finished[key]))
				}
			}
		}
	})
}

// oneCentre is the centre of all decisions, where there is only one.
func (c *testCase) oneCentre() (string, bool) {
	centre := ""
	for i := range c.facts.ObligationChanges {
		x := c.facts.ObligationChanges[i].Fact.CentreID
		if centre != "" && x != centre {
			return "", false
		}
		centre = x
	}
	return centre, centre != ""
}

// never fails where the unit ranks higher after a fact was added.
func never(t *testing.T, seed uint64, g *gen, x *testCase, at duty.Instant, key unitKey, what string) {
	t.Helper()
	before, after := outcomes(g.c, at)[key], outcomes(x, at)[key]
	if rank(after) > rank(before) {
		report(t, seed, at, g.c,
			x, fmt.Sprintf("%s raised %s %s from %s to %s", what, key.kind, dateText(key.date), before, after))
	}
}

// TestPresenceNeverRaisesStay is property (b), first part: a room check
// "present" at an assigned centre in N(d) never raises STAY of d.
func TestPresenceNeverRaisesStay(t *testing.T) {
	forCases(t, 600, func(t *testing.T, seed uint64, g *gen) {
		centre, ok := g.c.oneCentre()
		if !ok {
			return
		}
		d := g.d0 + duty.Date(g.r.IntN(7))
		from, to := localTime(d, 23*60), localTime(d+1, 6*60)
		seen := from + duty.Instant(g.r.IntN(int((to-from)/duty.Minute)))*duty.Minute
		x := g.c.with()
		known := g.received(seen)
		x.facts.ManualEntries = append(x.facts.ManualEntries, duty.Known[duty.ManualEntry]{At: known, Fact: duty.ManualEntry{
			ID: "new", Version: 1, ReceivedAt: known, PersonID: duty.Some("P"), CentreID: centre, Form: duty.FormPresenceCheck,
			Result: duty.Some(duty.CheckResultPresent), LocalTime: withOffset(seen),
		}})
		for _, at := range g.clocks() {
			never(t, seed, g, x, at, unitKey{duty.KindStay, d}, "a room check")
		}
	})
}

// TestNoticeNeverRaisesNotify is property (b), second part: an own, clear notice
// to the operator without target never raises NOTIFY of the night it is for.
func TestNoticeNeverRaisesNotify(t *testing.T) {
	forCases(t, 600, func(t *testing.T, seed uint64, g *gen) {
		d := g.d0 + duty.Date(g.r.IntN(7))
		from, to := localTime(d, 6*60), localTime(d+1, 6*60)
		given := from + duty.Instant(g.r.IntN(int((to-from)/duty.Minute)))*duty.Minute
		if g.chance(60) {
			given = localTime(d, 22*60+50+g.r.IntN(20))
		}
		x := g.c.with()
		known := g.received(given)
		x.facts.Notices = append(x.facts.Notices, duty.Known[duty.Notice]{At: known, Fact: duty.Notice{
			ID: "new", Version: 1, ReceivedAt: known, PersonID: "P", CentreID: "KH", LocalTime: withOffset(given), Nights: 1,
			Channel: duty.ChannelGuard, GivenBy: duty.GivenBySelf, Recipient: duty.RecipientOperator, Clarity: duty.ClarityClear,
		}})
		for _, at := range g.clocks() {
			never(t, seed, g, x, at, unitKey{duty.KindNotify, d}, "a notice")
		}
	})
}

// TestReportNeverRaisesReport is property (b), third part: a report at an
// assigned or police place in a slot never raises REPORT of that slot.
func TestReportNeverRaisesReport(t *testing.T) {
	forCases(t, 600, func(t *testing.T, seed uint64, g *gen) {
		for i := range g.c.facts.ObligationChanges { // one slot a day: that slot
			s := &g.c.facts.ObligationChanges[i].Fact.Schedule
			if s.OK && (s.V.WindowFrom.OK || s.V.WindowTo.OK || s.V.Type == duty.ScheduleTypeQuota) {
				return
			}
		}
		centre, one := g.c.oneCentre()
		d := g.d0 + duty.Date(g.r.IntN(7))
		made := localTime(d, g.r.IntN(24*60))
		form := duty.FormPoliceReport
		if one && g.chance(60) {
			form = duty.FormOutageReport
		} else {
			centre = "KH"
		}
		x := g.c.with()
		known := g.received(made)
		x.facts.ManualEntries = append(x.facts.ManualEntries, duty.Known[duty.ManualEntry]{At: known, Fact: duty.ManualEntry{
			ID: "new", Version: 1, ReceivedAt: known, PersonID: duty.Some("P"), CentreID: centre, Form: form,
			LocalTime: withOffset(made),
		}})
		for _, at := range g.clocks() {
			never(t, seed, g, x, at, unitKey{duty.KindReport, d}, "a report")
		}
	})
}

func withOffset(at duty.Instant) string {
	s := clockText(at)
	return strings.Split(s, ".")[0] + s[len(s)-6:]
}
