package control

import (
	"cmp"
	"maps"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/recall"
)

// Sentence stands on every form of the report.
const Sentence = "Figures describe the control system. They say nothing about persons, " +
	"and no number of violations is a target."

// settledAfter is how long after its end a period can be final.
const settledAfter = 14 * duty.Day

// NotMeasured names a field that cannot be measured here.
const NotMeasured = "NOT_MEASURED"

// Report returns the control report, once everybody was added. c is of the same world and clock, recalls are
// all recalls at the clock, letters what cannot be read; nil if it was not asked.
func (b *Book) Report(c *Common, recalls []recall.Part, letters *Letters) duty.ControlReport {
	lines := slices.Concat(c.findings, c.quality)
	if b.watch != nil {
		lines = append(lines, b.watch.DataQuality...)
	}
	for i := range lines {
		if b.centre == All || lines[i].Subject == b.centre || b.ofDevice(lines[i].Subject) {
			b.note(&lines[i])
		}
	}
	r := duty.ControlReport{
		CentreID: b.centre, Period: b.period.Name, From: b.period.Span.From, To: b.period.Span.To, AsOf: b.at,
		PolicyVersions: b.policies(), Sources: b.sources(c), Incidents: b.incidents(),
		Settlements: b.settlements(c), Reconciliations: b.reconciliations(c), Coverage: b.covered(),
		Withdrawals: b.withdrawals(), Recalls: b.recalls(recalls), Identity: b.identity(c.tally),
		Supervision: b.supervision(), Changes: b.changed(), Handled: b.handled(), Losses: []duty.ControlLoss{},
		Actions: b.acted(),
	}
	for i := range b.losses {
		l := b.losses[i].ControlLoss
		for j := range recalls {
			if closed := recalls[j].Recall().ClosedAt; recalls[j].CauseID == "INCIDENT:"+l.ID && closed.OK {
				l.AcknowledgedAt = closed
			}
		}
		r.Losses = append(r.Losses, l)
	}
	if letters != nil {
		r.DeadLetters.Received, r.DeadLetters.Open = duty.Some(int32(letters.Received)), duty.Some(int32(letters.Open))
		if letters.Oldest.OK {
			r.DeadLetters.OldestOpenMs = duty.Some(int64(b.at - letters.Oldest.V))
		}
	}
	r.Final = b.at >= b.period.Span.To+settledAfter && r.Recalls.Open == 0
	r.Controls = b.controls(&r, c.findings)
	r.Quality = b.quality(&r, letters != nil)
	return r
}

// policies are the versions in force at some time of the period, in the order of their activation.
func (b *Book) policies() []string {
	out := []string{}
	for i, p := range b.world.Policies {
		until := duty.Forever
		if i+1 < len(b.world.Policies) {
			until = b.world.Policies[i+1].From
		}
		if p.From <= b.at && cut(duty.Span{From: p.From, To: until}, b.period.Span) > 0 {
			out = append(out, p.Policy.Version)
		}
	}
	return out
}

// covered is how many units were decided at all, beside what was held or excluded: shares that may be a
// target, as the number of violations must never be (KPI-01).
func (b *Book) covered() duty.ControlCoverage {
	c := &b.coverage
	return duty.ControlCoverage{Units: int32(c.units), UndeterminedPermille: permille(c.undetermined, c.units),
		ExcludedPermille: permille(c.excluded, c.units), UnsettledPermille: permille(c.unsettled, c.units),
		HeldP90Ms: quantile(c.held, 90)}
}

// permille is a share in a thousand; missing of nothing.
func permille(n, of int) duty.Opt[int32] {
	if of == 0 {
		return duty.None[int32]()
	}
	return duty.Some(int32(n * 1000 / of))
}

// leastTold is how many units must have been told for their share of withdrawals to be said: from fewer, and
// the share, somebody could count them.
const leastTold = 20

// withdrawals is what share of the units that were told was taken back, why, and how soon (KPI-01).
func (b *Book) withdrawals() duty.ControlWithdrawals {
	w := duty.ControlWithdrawals{Causes: []duty.RecallCause{},
		ExposureP50Ms: quantile(b.told.exposure, 50), ExposureP90Ms: quantile(b.told.exposure, 90)}
	w.Causes = append(w.Causes, slices.Sorted(maps.Keys(b.told.causes))...)
	if b.told.first >= leastTold {
		w.Permille = permille(b.told.withdrawn, b.told.first)
	}
	return w
}

// recalls counts the recalls that opened in the period: those of a centre's incidents and exclusions, and
// for All every one. A consumer took from when a recall opened to the last of its acknowledgements, in each
// recall of which it has nothing open.
func (b *Book) recalls(all []recall.Part) duty.ControlRecalls {
	r := duty.ControlRecalls{Consumers: []duty.ControlConsumer{}}
	open, took := map[string]int32{}, map[string][]duty.Instant{}
	for i := range all {
		x := &all[i]
		if !within(b.period.Span, x.OpenedAt) || b.centre != All && x.CentreID != b.centre {
			continue
		}
		r.Opened++
		if x.Recall().ClosedAt.OK {
			r.Closed++
		} else {
			r.Open++
		}
		if _, overdue := x.Overdue(); overdue {
			r.Overdue++
		}
		for _, c := range x.Consumers {
			open[c.Name] += min(c.Open, 1)
			if c.Open == 0 {
				took[c.Name] = append(took[c.Name], c.Last-x.OpenedAt)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(open)) {
		r.Consumers = append(r.Consumers, duty.ControlConsumer{Consumer: name, Open: open[name],
			AckP50Ms: quantile(took[name], 50), AckP90Ms: quantile(took[name], 90), AckMaxMs: quantile(took[name], 100)})
	}
	return r
}

func (b *Book) identity(t *Tally) duty.ControlIdentity {
	var out duty.ControlIdentity
	weeks := map[duty.Date]rows{}
	for centre, c := range t.centres { //house:order-free sums have no order
		if !b.of(centre) {
			continue
		}
		for m, n := range c.weeks { //house:order-free sums have no order
			if within(b.period.Span, m.Start()) {
				sum := weeks[m]
				weeks[m] = rows{sum.all + n.all, sum.unlinked + n.unlinked}
			}
		}
	}
	for _, n := range weeks { //house:order-free sums and the greatest
		out.Rows += int32(n.all)
		share := permille(n.unlinked, n.all)
		out.UnlinkedPermilleMax = duty.Some(max(share.V, out.UnlinkedPermilleMax.Or(0)))
		if n.unlinked*1000 > mostUnlinked*n.all {
			out.WeeksAboveLimit++
		}
	}
	return out
}

func (b *Book) supervision() []duty.ControlSupervision {
	out := []duty.ControlSupervision{}
	sorted := duty.SortVersions[duty.SupervisionResult](b.world.Centres.Facts().SupervisionResults)
	for _, k := range duty.InForce[duty.SupervisionResult](sorted, func(k *duty.Known[duty.SupervisionResult]) bool {
		return k.At <= b.at
	}) {
		s := duty.Span{From: k.Fact.FromDate.Start(), To: (k.Fact.ToDate + 1).Start()}
		if b.of(k.Fact.CentreID) && cut(s, b.period.Span) > 0 {
			out = append(out, duty.ControlSupervision{ResultRef: k.Fact.ResultRef, FromDate: k.Fact.FromDate,
				ToDate: k.Fact.ToDate, Remarks: k.Fact.Remarks})
		}
	}
	slices.SortFunc(out, func(x, y duty.ControlSupervision) int {
		return cmp.Or(cmp.Compare(x.FromDate, y.FromDate), cmp.Compare(x.ResultRef, y.ResultRef))
	})
	return out
}

// changed lists the change marks and the policies that came into force in the period.
func (b *Book) changed() []duty.ControlChange {
	out := []duty.ControlChange{}
	for _, c := range changes(b.world, b.at) {
		for _, system := range c.systems {
			if within(b.period.Span, c.at) {
				out = append(out, duty.ControlChange{Kind: duty.ControlChangeKindChangeMark, System: system, At: c.at})
			}
		}
	}
	for _, p := range b.world.Policies {
		if within(b.period.Span, p.From) && p.From <= b.at {
			out = append(out, duty.ControlChange{Kind: duty.ControlChangeKindPolicy, System: p.Policy.Version, At: p.From})
		}
	}
	slices.SortStableFunc(out, func(x, y duty.ControlChange) int {
		return cmp.Or(cmp.Compare(x.At, y.At), cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.System, y.System))
	})
	return out
}

func (b *Book) handled() duty.ControlHandled {
	h := duty.ControlHandled{BacklogP50Ms: quantile(b.told.backlog, 50), BacklogP90Ms: quantile(b.told.backlog, 90),
		OldestMs: quantile(b.told.backlog, 100), DutiesControlled: []duty.ControlDuty{}}
	for _, k := range slices.Sorted(maps.Keys(b.kinds)) {
		h.DutiesControlled = append(h.DutiesControlled, duty.ControlDuty{Kind: k, Controlled: b.kinds[k]})
	}
	return h
}

// quality lists how often each code was named, and the fields that cannot be measured.
func (b *Book) quality(r *duty.ControlReport, letters bool) []duty.ControlQuality {
	out := []duty.ControlQuality{}
	for _, code := range slices.Sorted(maps.Keys(b.codes)) {
		out = append(out, duty.ControlQuality{Code: code, Count: int32(b.codes[code])})
	}
	missing := []string{
		"incidents.notice_p50_ms of AUTOMATIC", "losses.noticed_at of AUTOMATIC",
		"sources.offset_max_ms", "withdrawals.lag_p90_ms", "dead_letters.replaced",
	}
	for i := range r.Controls {
		if l := &r.Controls[i]; slices.Contains(onlyTested, l.Control) && !l.Done.OK {
			missing = append(missing, "controls "+l.Control.String())
		}
	}
	if b.watch == nil {
		missing = append(missing, "incidents of AUTOMATIC", "losses of AUTOMATIC", "sources.gaps",
			"reconciliations.mismatched")
	}
	if !letters {
		missing = append(missing, "dead_letters")
	}
	slices.Sort(missing)
	for _, field := range missing {
		out = append(out, duty.ControlQuality{Code: NotMeasured, Field: duty.Some(field)})
	}
	return out
}
