package explain

import "tilsyn/engine/duty"

// Explain says everything about one unit. An error is a *NotFoundError, or one of the output validation of
// a record.
func Explain(c Case) (*Explanation, error) {
	m := c.last()
	a, state := duty.Explain(m.Input, c.Kind, c.Date, m.At)
	if state != duty.UnitFound {
		return nil, &NotFoundError{Ahead: state == duty.UnitAhead, Kind: c.Kind, Date: c.Date, At: m.At,
			Near: near(m.Input, c.Kind, c.Date, m.At)}
	}
	u := &a.Unit
	x := &Explanation{Form: Form, Unit: unitOf(&c, &a), Verdict: verdictOf(&a, m.At), BaseDoubts: []string{},
		Supervision: []Reference{}, Notices: []Considered{}, Permissions: []Considered{}, Incidents: []Incident{},
		Exclusions: []Exclusion{}, Triggers: []Trigger{}, Slots: []Slot{}, Decisions: []Decision{}}
	if a.Record != nil {
		x.Statement, x.StatementDa, x.BaseDoubts = a.Record.Statement, a.Record.StatementDa, a.Record.BaseCaveats
	}
	for i := range a.Duties {
		x.Decisions = append(x.Decisions, decisionOf(&a.Duties[i]))
	}
	x.Order = order(&a)
	x.Doubts = doubts(&a)
	x.Rules = rules(&a)
	x.Timeline, x.Positions = timeline(&c, &a), positions(&a)
	x.triggers(&a)
	x.considered(&a)
	x.Settlement = settlement(&a)
	revisions, from, err := revisions(&c)
	if err != nil {
		return nil, err
	}
	x.Revisions, x.RevisionsFrom = revisions, from
	x.Clearing = clearing(&c, &a)
	x.Notes, x.NotesDa = lines(notes(&c, &a, x))
	x.drawing = draw(&c, &a)
	if u.Outcome.Severity() == duty.SeverityNone && u.Outcome != duty.OutcomeProvisional {
		x.Verdict.Instant, x.Verdict.Basis = "", ""
	}
	return x, nil
}

func unitOf(c *Case, a *duty.Account) Unit {
	u := &a.Unit
	return Unit{UnitID: duty.UnitID(c.Kind, c.Date, c.PersonID), Kind: c.Kind.String(), Date: c.Date.String(),
		PersonID: c.PersonID, CentreID: u.CentreID, Centres: orEmpty(a.Centres), Group: u.Group.String(),
		From: u.PeriodFrom.Local(), To: u.PeriodTo.Local(), Due: a.Due.Local(),
		Hours: float64(u.PeriodTo-u.PeriodFrom) / float64(duty.Hour)}
}

func verdictOf(a *duty.Account, at duty.Instant) Verdict {
	u := &a.Unit
	v := Verdict{AsOf: at.Local(), Outcome: u.Outcome.String(), Pending: u.Pending, Readings: a.Readings,
		Policies: []PolicyVerdict{}}
	if u.Pending {
		v.Ready = u.Ready.Local()
	}
	if u.Instant.OK {
		v.Instant, v.Basis = u.Instant.V.Local(), u.Basis.String()
	}
	for i := range a.Policies {
		p := &a.Policies[i]
		n := PolicyVerdict{Version: p.Version, Digest: p.Digest, Outcome: p.Outcome.String(), Decides: p.Decides}
		if p.From > duty.Beginning {
			n.From = p.From.Local()
		}
		v.Policies = append(v.Policies, n)
	}
	return v
}

func decisionOf(d *duty.DutyRead) Decision {
	n := Decision{
		Kind:       d.Kind.String(),
		DecisionID: d.DecisionID,
		LegalBasis: d.LegalBasis.String(),
		CentreID:   d.CentreID,
		Group:      d.Group.String(),
		From:       d.Span.From.Local(),
	}
	if d.Span.To < duty.Forever {
		n.To = d.Span.To.Local()
	}
	if d.ServedAt.OK {
		n.ServedAt = d.ServedAt.V.Local()
	}
	return n
}

// order repeats the questions of RD-06 with their answers. A question after the one that decided was not
// reached.
func order(a *duty.Account) []Check {
	u := &a.Unit
	fired := func(ids ...string) bool {
		for _, id := range ids {
			if has(u.Rules, id) {
				return true
			}
		}
		return false
	}
	out := []Check{
		{Question: "Does a duty bind over the whole unit?", QuestionDa: "Gælder en pligt i hele tiden?",
			Rule: "OBL-01", Answer: "yes", Read: idsOf(a.Duties,
				func(d *duty.DutyRead) string { return d.DecisionID })},
	}
	done := u.Outcome == duty.OutcomeNotApplicable
	if done {
		out[0].Answer = "no"
	}
	ask := func(question words, rule string, read []string, yes bool) {
		n := Check{Question: question.en, QuestionDa: question.da, Rule: rule, Answer: "no", Read: orEmpty(read)}
		switch {
		case done:
			n.Answer, n.Read = "not reached", []string{}
		case yes:
			n.Answer, done = "yes", true
		}
		out = append(out, n)
	}
	report := u.Kind == duty.KindReport
	if report {
		ask(words{"Were all reports of the slot made?",
			"Er alle meldinger i meldetiden givet?"},
			"RPT-01", nil, u.Outcome == duty.OutcomeCompliant)
	}
	ask(words{"Did somebody assess that the person had left for good?",
		"Har nogen vurderet, at personen var udrejst varigt?"},
		"EVD-12",
		idsOf(a.Assessments, func(d *duty.DepartureAssessment) string { return d.ID }), fired("EVD-12"))
	ask(words{"Was the person held: custody, prison, hospital?", "Var personen frihedsberøvet eller indlagt?"}, "OBL-12",
		idsOf(a.Holds, func(h *duty.Hold) string { return h.HoldID }), fired("OBL-12"))
	permits := idsOf(a.Permissions, func(p *duty.PermissionConsidered) string { return p.ID })
	if report {
		ask(words{"Does a permission excuse from reporting?",
			"Fritager en tilladelse for at melde sig?"},
			"PRM-07", permits, u.Outcome == duty.OutcomeExcused)
	} else {
		ask(words{"Does a permission cover the unit?",
			"Dækker en tilladelse det hele?"},
			"PRM-02", permits, u.Outcome == duty.OutcomeExcused)
	}
	ask(
		words{"Are the data of that date excluded?", "Er datoens data udelukket?"},
		"EXC-02",
		idsOf(
			a.Exclusions,
			func(e *duty.ExclusionRef) string { return e.ExclusionID },
		),
		u.Outcome == duty.OutcomeExcluded,
	)
	ask(words{"Do the registrations leave it open?",
		"Lader registreringerne det stå åbent?"},
		"PRS-01", nil, u.Outcome == duty.OutcomeUndetermined)
	if !report {
		ask(
			words{"Do they show that the duty was kept?", "Viser de, at pligten er overholdt?"},
			map[bool]string{true: "STY-02", false: "NTC-02"}[u.Kind == duty.KindStay],
			nil,
			u.Outcome == duty.OutcomeCompliant,
		)
	}
	return out
}

func idsOf[T any](list []T, id func(*T) string) []string {
	out := []string{}
	for i := range list {
		if s := id(&list[i]); !has(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// triggers copies the instants of a night and the slots of a day.
func (x *Explanation) triggers(a *duty.Account) {
	for i := range a.Triggers {
		t := &a.Triggers[i]
		n := Trigger{Rule: t.Rule, At: t.At.Local(), Read: orEmpty(t.Refs), Doubts: codesOf(t.Doubts), Chosen: t.Chosen}
		switch {
		case t.Permitted:
			n.Result, n.ResultDa = "a permission covers it (PRM-02)", "en tilladelse dækker det (PRM-02)"
		case t.NoticeID != "":
			n.Result, n.ResultDa = "a notice covers it (NTC-03)", "en underretning dækker det (NTC-03)"
			n.Read = append(n.Read, t.NoticeID)
		default:
			n.Result = "no timely, own and clear notice to the operator: " + t.Outcome.String()
			n.ResultDa = "ingen rettidig, egen og klar underretning til operatøren: " + daOf(t.Outcome.String())
		}
		x.Triggers = append(x.Triggers, n)
	}
	for i := range a.Slots {
		s := &a.Slots[i]
		x.Slots = append(
			x.Slots,
			Slot{s.Span.From.Local(), s.Span.To.Local(), s.Outcome.String(), orEmpty(s.Rules), codesOf(s.Doubts)},
		)
	}
}

func codesOf(list []duty.Doubt) []string {
	return idsOf(list, func(d *duty.Doubt) string { return d.Code })
}

// considered copies notices, permissions, incidents, exclusions and supervision.
func (x *Explanation) considered(a *duty.Account) {
	for i := range a.Notices {
		n := &a.Notices[i]
		x.Notices = append(x.Notices, Considered{n.ID, n.At.Local(), n.Used, n.Reason.String(), noticeWhy[n.Reason].en,
			noticeWhy[n.Reason].da})
	}
	for i := range a.Permissions {
		p := &a.Permissions[i]
		x.Permissions = append(
			x.Permissions,
			Considered{p.ID, p.At.Local(), p.Used, p.Reason.String(), permissionWhy[p.Reason].en, permissionWhy[p.Reason].da},
		)
	}
	for i := range a.Incidents {
		n := &a.Incidents[i]
		y := Incident{
			ID:     n.IncidentID,
			From:   n.From.Local(),
			Forms:  n.FormsStatus.String(),
			Effect: incidentWhy[n.Effect].en, EffectDa: incidentWhy[n.Effect].da,
		}
		if n.To.OK {
			y.To = n.To.V.Local()
		}
		x.Incidents = append(x.Incidents, y)
	}
	for i := range a.Exclusions {
		e := &a.Exclusions[i]
		x.Exclusions = append(
			x.Exclusions,
			Exclusion{e.ExclusionID, e.FromDate.String(), e.ToDate.String(), e.Status.String(), e.Overlaps},
		)
	}
	for i := range a.Supervision {
		s := &a.Supervision[i]
		x.Supervision = append(x.Supervision, Reference{s.ResultRef, s.FromDate.String(), s.ToDate.String(), s.Remarks})
	}
}
