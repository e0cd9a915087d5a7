package explain

import (
	"fmt"
	"strconv"

	"tilsyn/engine/duty"
)

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
	x.Notes = notes(&c, &a, x)
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
		{Question: "Does a duty bind over the whole unit?", Rule: "OBL-01", Answer: "yes", Read: idsOf(a.Duties,
			func(d *duty.DutyRead) string { return d.DecisionID })},
	}
	done := u.Outcome == duty.OutcomeNotApplicable
	if done {
		out[0].Answer = "no"
	}
	ask := func(question, rule string, read []string, yes bool) {
		n := Check{Question: question, Rule: rule, Answer: "no", Read: orEmpty(read)}
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
		ask("Were all reports of the slot made?", "RPT-01", nil, u.Outcome == duty.OutcomeCompliant)
	}
	ask("Did somebody assess that the person had left for good?", "EVD-12",
		idsOf(a.Assessments, func(d *duty.DepartureAssessment) string { return d.ID }), fired("EVD-12"))
	ask("Was the person held: custody, prison, hospital?", "OBL-12",
		idsOf(a.Holds, func(h *duty.Hold) string { return h.HoldID }), fired("OBL-12"))
	permits := idsOf(a.Permissions, func(p *duty.PermissionConsidered) string { return p.ID })
	if report {
		ask("Does a permission excuse from reporting?", "PRM-07", permits, u.Outcome == duty.OutcomeExcused)
	} else {
		ask("Does a permission cover the unit?", "PRM-02", permits, u.Outcome == duty.OutcomeExcused)
	}
	ask(
		"Are the data of that date excluded?",
		"EXC-02",
		idsOf(
			a.Exclusions,
			func(e *duty.ExclusionRef) string { return e.ExclusionID },
		),
		u.Outcome == duty.OutcomeExcluded,
	)
	ask("Do the registrations leave it open?", "PRS-01", nil, u.Outcome == duty.OutcomeUndetermined)
	if !report {
		ask(
			"Do they show that the duty was kept?",
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
			n.Result = "a permission covers it (PRM-02)"
		case t.NoticeID != "":
			n.Result, n.Read = "a notice covers it (NTC-03)", append(n.Read, t.NoticeID)
		default:
			n.Result = "no timely, own and clear notice to the operator: " + t.Outcome.String()
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
		x.Notices = append(x.Notices, Considered{n.ID, n.At.Local(), n.Used, n.Reason.String(), noticeWhy[n.Reason]})
	}
	for i := range a.Permissions {
		p := &a.Permissions[i]
		x.Permissions = append(
			x.Permissions,
			Considered{p.ID, p.At.Local(), p.Used, p.Reason.String(), permissionWhy[p.Reason]},
		)
	}
	for i := range a.Incidents {
		n := &a.Incidents[i]
		y := Incident{
			ID:     n.IncidentID,
			From:   n.From.Local(),
			Forms:  n.FormsStatus.String(),
			Effect: incidentWhy[n.Effect],
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

// settlement says what a record waits for.
func settlement(a *duty.Account) Settlement {
	s := Settlement{
		Settled:   true,
		Logs:      []Log{},
		HeldBy:    []string{},
		Feeds:     []Feed{},
		Missing:   []string{},
		Unwatched: a.Unwatched,
	}
	for i := range a.Logs {
		l := &a.Logs[i]
		n := Log{
			CentreID: l.CentreID,
			Date:     l.Date.String(),
			Log:      l.Log.String(),
			Needed:   l.To.Local(),
			Proven:   l.Proven(),
		}
		if l.Through > duty.Beginning {
			n.Through = l.Through.Local()
		}
		if !n.Proven {
			s.Settled = false
			s.Missing = append(
				s.Missing,
				fmt.Sprintf(
					"a marker that %s of %s is complete for %s through %s",
					n.Log,
					n.CentreID,
					n.Date,
					n.Needed,
				),
			)
		}
		s.Logs = append(s.Logs, n)
	}
	for i := range a.HeldBy {
		h := &a.HeldBy[i]
		where := h.Topic
		if where == "" {
			where = "an unknown topic"
		}
		if h.Pos.OK {
			where += ", partition " + strconv.Itoa(
				int(h.Pos.V.Partition),
			) + ", offset " + strconv.FormatInt(
				h.Pos.V.Offset,
				10,
			)
		}
		why := "cannot be read"
		if h.Senseless {
			why = "makes no sense"
		}
		if h.Since > duty.Beginning {
			why += ", known since " + h.Since.Local()
		}
		s.HeldBy = append(s.HeldBy, "a record of "+where+" that "+why)
		s.Missing = append(
			s.Missing,
			"the record of "+where+" sent again so that it can be read, or a Resolution of it",
		)
	}
	if a.Rests > 0 && len(a.Feeds) > 0 {
		s.Rests = a.Rests.Local()
	}
	for i := range a.Feeds {
		f := Feed{Source: a.Feeds[i].Source, Enough: a.Feeds[i].Through >= a.Rests}
		if t := a.Feeds[i].Through; t > duty.Beginning && t < duty.Forever {
			f.Through = t.Local()
		}
		if !f.Enough {
			s.Missing = append(s.Missing, "a heartbeat of "+f.Source+" that covers "+s.Rests)
		}
		s.Feeds = append(s.Feeds, f)
	}
	if a.Unwatched {
		s.Missing = append(s.Missing, "a watch over the heartbeats of the centre (WATCH_MISSING)")
	}
	return s
}
