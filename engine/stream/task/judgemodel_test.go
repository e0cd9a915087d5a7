package task

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"weak"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/telling"
	"tilsyn/engine/stream/testkit"
)

// judgeModel is a small law for testing the engine around it: an obligation
// makes a STAY unit of every day; it is due at 06:00 UTC of the next day; a row
// of that day meets it; a granted permission excuses, an exclusion excludes, an
// incident weakens, a fact known late weakens, and without a settlement of the
// centre's day it is provisional for three days. What is known after the clock
// does not exist.
type judgeModel struct{}

// centreMirror lets the model law see the facts of a duty.Centres, which keeps
// them to itself, as long as that lives.
var centreMirror sync.Map

func mirror(f duty.CentreFacts) *duty.Centres {
	c := duty.NewCentres(f)
	key := weak.Make(c)
	centreMirror.Store(key, &f)
	runtime.AddCleanup(c, func(key weak.Pointer[duty.Centres]) { centreMirror.Delete(key) }, key)
	return c
}

func mirrored(c *duty.Centres) *duty.CentreFacts {
	if f, ok := centreMirror.Load(weak.Make(c)); ok {
		return f.(*duty.CentreFacts)
	}
	return &duty.CentreFacts{} // the snapshot of a reader that has read nothing
}

func (judgeModel) Evaluate(in duty.Input, at duty.Instant) duty.Result {
	res := duty.Result{PersonID: in.PersonID, At: at, Next: duty.Forever}
	cf := mirrored(in.Centres)
	for i := range in.Person.ObligationChanges {
		o := &in.Person.ObligationChanges[i]
		if o.Fact.PersonID != in.PersonID || o.At > at || o.Fact.Kind != duty.KindStay {
			continue
		}
		last := testkit.DayOfInstant(at)
		if o.Fact.ValidTo.OK {
			last = min(last, testkit.DayOfInstant(o.Fact.ValidTo.V))
		}
		for d := testkit.DayOfInstant(o.Fact.ValidFrom); d <= last; d++ {
			due := duty.Instant(d+1)*testkit.ModelDay + 6*duty.Hour
			if at < due {
				res.Next = min(res.Next, due)
				continue
			}
			u, next := judgeDay(in, cf, &o.Fact, d, due, at)
			res.Next = min(res.Next, next)
			res.Units = append(res.Units, u)
		}
		if !o.Fact.ValidTo.OK || testkit.DayOfInstant(o.Fact.ValidTo.V) > last {
			res.Next = min(res.Next, duty.Instant(last+2)*testkit.ModelDay+6*duty.Hour)
		}
	}
	slices.SortFunc(res.Units, func(a, b duty.Unit) int { return int(a.Date - b.Date) })
	res.Units = slices.CompactFunc(res.Units, func(a, b duty.Unit) bool { return a.Date == b.Date })
	for i := range res.Units {
		if u := &res.Units[i]; u.Outcome == duty.OutcomeNeedsReview {
			res.Observations = append(res.Observations, duty.Observation{
				ID: fmt.Sprintf("obs-%d", u.Date), Code: duty.ObservationCodeUnregisteredMovement, PersonID: in.PersonID,
				From: u.PeriodFrom, State: duty.FindingStateOpen,
			})
			break
		}
	}
	return res
}

func judgeDay(in duty.Input, cf *duty.CentreFacts, o *duty.ObligationChange, d duty.Date,
	due, at duty.Instant) (duty.Unit, duty.Instant) {
	u := duty.Unit{
		Kind: duty.KindStay, Date: d, Outcome: duty.OutcomeIndicated, Instant: duty.Some(due),
		PolicyDigest: "model", PolicyVersion: "model",
		Material: duty.Material{
			PeriodFrom: duty.Instant(d) * testkit.ModelDay, PeriodTo: due, CentreID: o.CentreID,
			Group:         duty.GroupExpelledJudgment,
			ObligationIDs: []string{o.DecisionID}, LegalBasis: duty.LegalBasisReturnAct132, Basis: duty.BasisOpenOut,
		},
	}
	next := duty.Forever
	if !settledDay(cf, o.CentreID, d, at) {
		if wait := due + 3*testkit.ModelDay; at < wait {
			u.Outcome, next = duty.OutcomeProvisional, wait
		} else {
			u.Outcome, u.Caveats = duty.OutcomeNeedsReview, []string{"UNSETTLED"}
		}
	} else {
		u.Settled = true
	}
	for _, x := range cf.Incidents {
		if x.At <= at && x.Fact.CentreID == o.CentreID && testkit.DayOfInstant(x.Fact.From) == d &&
			u.Outcome == duty.OutcomeIndicated {
			u.Outcome, u.Caveats = duty.OutcomeNeedsReview, []string{"TAINTED"}
		}
	}
	if in.Provisional && u.Outcome != duty.OutcomeProvisional {
		u.Outcome = duty.OutcomeProvisional
	}
	for _, x := range cf.Exclusions {
		if x.At <= at && x.Fact.CentreID == o.CentreID && x.Fact.FromDate <= d && d <= x.Fact.ToDate {
			u.Outcome, u.Caveats = duty.OutcomeExcluded, nil
		}
	}
	for _, x := range in.Person.Permissions {
		if x.At <= at && x.Fact.PersonID == in.PersonID && x.Fact.ValidFrom <= u.PeriodFrom && x.Fact.ValidTo >= u.PeriodTo {
			u.Outcome, u.Caveats = duty.OutcomeExcused, nil
		}
	}
	for i := range in.Person.CardEvents {
		x := &in.Person.CardEvents[i]
		if x.At <= at && testkit.DayOfInstant(x.Fact.OccurredAt) == d && speaksOf(&in, &x.Fact, at) {
			u.Outcome, u.Caveats = duty.OutcomeCompliant, nil
		}
	}
	for _, x := range in.Person.Unreadable {
		if x.At.V <= at && due > x.At.V-14*testkit.ModelDay && u.Record() {
			u.Outcome, u.Caveats = duty.OutcomeProvisional, nil
		}
	}
	return u, next
}

// speaksOf reports whether a row is the person's: it names the person or one
// merged with it and not parted since, or nobody, and the card was the person's;
// a card that was somebody else's at its time speaks of nobody.
func speaksOf(in *duty.Input, e *duty.CardEvent, at duty.Instant) bool {
	own := map[string]bool{in.PersonID: true}
	for range in.Person.IdentityLinks {
		for i := range in.Person.IdentityLinks {
			l := &in.Person.IdentityLinks[i]
			if l.At <= at && own[l.Fact.PersonID] && !parted(in, &l.Fact, at) {
				own[l.Fact.AliasPersonID] = true
			}
		}
	}
	mine := e.PersonID.OK && own[e.PersonID.V]
	for i := range in.Person.CardAssignments {
		a := &in.Person.CardAssignments[i]
		if a.At > at || a.Fact.CardID != e.CardID || e.OccurredAt < a.Fact.ValidFrom ||
			e.OccurredAt >= a.Fact.ValidTo.Or(duty.Forever) {
			continue
		}
		if !own[a.Fact.PersonID] {
			return false
		}
		mine = mine || !e.PersonID.OK
	}
	return mine
}

// parted reports whether the persons of a link were parted at a clock.
func parted(in *duty.Input, l *duty.IdentityLink, at duty.Instant) bool {
	return l.Action ==
		duty.LinkActionSplit || slices.ContainsFunc(in.Person.IdentityLinks, func(k duty.Known[duty.IdentityLink]) bool {
		return k.At <= at && k.Fact.Action == duty.LinkActionSplit && k.Fact.PersonID == l.PersonID &&
			k.Fact.AliasPersonID == l.AliasPersonID && k.Fact.At >= l.At
	})
}

func settledDay(cf *duty.CentreFacts, centre string, d duty.Date, at duty.Instant) bool {
	for _, x := range cf.Settlements {
		if x.At <= at && x.Fact.CentreID == centre && x.Fact.LocalDate == d {
			return true
		}
	}
	return false
}

func (judgeModel) Revise(in duty.Input, res duty.Result, said []duty.Said) ([]duty.Violation, error) {
	var out []duty.Violation
	seen := map[duty.Date]bool{}
	for i := range res.Units {
		u := &res.Units[i]
		seen[u.Date] = true
		var before *duty.Said
		if j := telling.Told(said, u.Kind, u.Date); j >= 0 {
			before = &said[j]
		}
		if v, ok := reviseModel(in, u, before, res.At); ok {
			out = append(out, v)
		}
	}
	for i := range said {
		if s := &said[i]; !seen[s.Date] {
			u := duty.Unit{Kind: s.Kind, Date: s.Date, Outcome: duty.OutcomeNotApplicable}
			if v, ok := reviseModel(in, &u, s, res.At); ok {
				out = append(out, v)
			}
		}
	}
	return out, nil
}

func reviseModel(in duty.Input, u *duty.Unit, before *duty.Said, at duty.Instant) (duty.Violation, bool) {
	v := duty.Violation{
		UnitID: fmt.Sprintf("%s/%s/%d", in.PersonID, u.Kind, u.Date), Kind: u.Kind, PersonID: in.PersonID, UnitDate: u.Date,
		Revision: 1, EvaluatedAt: at, PolicyDigest: u.PolicyDigest,
		Group: duty.GroupExpelledJudgment, LegalBasis: duty.LegalBasisReturnAct132, Basis: duty.BasisOpenOut,
		ChangeReason: duty.ChangeReasonNewFact,
	}
	switch {
	case u.Record():
		if before != nil && telling.CompareUnit(u, before) == "" {
			return v, false
		}
		v.Status, _ = duty.ParseStatus(u.Outcome.String())
		v.Instant, v.PeriodFrom, v.PeriodTo, v.CentreID = u.Instant.V, u.PeriodFrom, u.PeriodTo, u.CentreID
		v.ObligationIDs, v.Caveats, v.Settled = u.ObligationIDs, u.Caveats, u.Settled
	case before == nil:
		return v, false
	default:
		told := before.Status != duty.StatusWithdrawn
		w, final := duty.ParseWithdrawnOutcome(u.Outcome.String())
		if !final {
			w = duty.WithdrawnOutcomeUndetermined
		}
		if !told && (!final || before.WithdrawnOutcome.V == w) {
			return v, false
		}
		v.Status, v.WithdrawnOutcome = duty.StatusWithdrawn, duty.Some(w)
		v.Instant, v.PeriodFrom, v.PeriodTo, v.CentreID = before.Instant, before.PeriodFrom, before.PeriodTo, before.CentreID
		v.ObligationIDs, v.Caveats, v.Settled = before.ObligationIDs, before.Caveats, before.Settled
		v.PolicyDigest = before.PolicyDigest
	}
	if before != nil {
		v.Revision, v.PreviousDigest = before.Revision+1, duty.Some(before.Digest)
	}
	v.Digest = v.ComputeDigest()
	return v, true
}
