package explain

import (
	"slices"
	"strings"

	"tilsyn/engine/duty"
)

// drawing is what the page draws of a unit: the time around it in true length.
type drawing struct {
	unit     duty.Span
	all      duty.Span
	report   bool
	places   []duty.PositionRead
	marks    []mark
	bars     []bar
	needed   []duty.Instant
	decisive duty.Opt[duty.Instant]
	outside  int
}

// mark is something at one instant: a registration or a notice.
type mark struct {
	at duty.Instant
	// sign is one of in, out, report, check, notice, other.
	sign    string
	counted bool
	lane    int
}

// bar is something over a stretch of time.
type bar struct {
	span  duty.Span
	label words
	// hatched bars are incidents and exclusions, plain ones permissions and holds.
	hatched bool
}

// Lanes of marks.
const (
	laneRegistrations = iota
	laneNotices
)

// draw chooses the time to draw, and what lies in it.
func draw(c *Case, a *duty.Account) drawing {
	u := &a.Unit
	d := drawing{
		unit:   duty.Span{From: u.PeriodFrom, To: u.PeriodTo},
		report: u.Kind == duty.KindReport,
		places: a.Positions,
	}
	around := 6 * duty.Hour
	if d.report {
		around = 3 * duty.Hour
	}
	d.all = duty.Span{From: d.unit.From - around, To: d.unit.To + around}
	for i := range a.Registrations {
		r := &a.Registrations[i]
		if r.Role != duty.EvidenceRoleContext && r.At >= d.unit.From-duty.Day && r.At < d.unit.To+duty.Day {
			d.all.From, d.all.To = min(d.all.From, r.At-duty.Hour), max(d.all.To, r.At+duty.Hour)
		}
	}
	for i := range a.Registrations {
		r := &a.Registrations[i]
		d.mark(mark{at: r.At, sign: signOf(r), counted: r.Use.Counted(), lane: laneRegistrations})
	}
	for i := range a.Notices {
		d.mark(mark{at: a.Notices[i].At, sign: "notice", counted: a.Notices[i].Used, lane: laneNotices})
	}
	for i := range a.Triggers {
		d.needed = append(d.needed, a.Triggers[i].At)
	}
	slices.Sort(d.needed)
	d.needed = slices.Compact(d.needed)
	d.decisive = u.Instant
	d.addBars(c, a)
	return d
}

// mark adds a mark, or counts it where it lies outside of what is drawn.
func (d *drawing) mark(m mark) {
	if m.at < d.all.From || m.at >= d.all.To {
		d.outside++
		return
	}
	d.marks = append(d.marks, m)
}

func signOf(r *duty.Registration) string {
	switch {
	case r.Use == duty.UseReport || r.Use == duty.UsePolice:
		return "report"
	case r.Direction == duty.DirectionIn:
		return "in"
	case r.Direction == duty.DirectionOut:
		return "out"
	case r.Use == duty.UseCheck:
		return "check"
	}
	return "other"
}

// addBars adds permissions, holds, incidents and exclusions.
func (d *drawing) addBars(c *Case, a *duty.Account) {
	put := func(s duty.Span, label words, hatched bool) {
		if s.From = max(s.From, d.all.From); s.From < min(s.To, d.all.To) {
			s.To = min(s.To, d.all.To)
			d.bars = append(d.bars, bar{s, label, hatched})
		}
	}
	for i := range a.Permissions {
		p := &a.Permissions[i]
		v := newestOf(c.last().Input.Person.Permissions, c.last().At, func(v *duty.Permission) (bool, int64) {
			return v.PermissionID == p.ID, v.Version
		})
		if v != nil {
			label := words{"permission " + p.ID, "tilladelse " + p.ID}
			if !p.Used {
				label = words{label.en + " (not counted)", label.da + " (talte ikke)"}
			}
			put(duty.Span{From: v.ValidFrom, To: v.ValidTo}, label, false)
		}
	}
	for i := range a.Holds {
		h := &a.Holds[i]
		put(duty.Span{From: h.ValidFrom, To: h.ValidTo.Or(duty.Forever)}, words{strings.ToLower(h.Kind.String()),
			daOf(h.Kind.String())}, false)
	}
	for i := range a.Incidents {
		n := &a.Incidents[i]
		put(duty.Span{From: n.From, To: max(n.To.Or(duty.Forever), n.From+duty.Minute)},
			incidentText(n.FormsStatus), true)
	}
	for i := range a.Exclusions {
		e := &a.Exclusions[i]
		if e.Overlaps && e.Status == duty.ExclusionStatusDeclared {
			put(duty.Span{From: e.FromDate.Start(), To: (e.ToDate + 1).Start()}, words{"data excluded", "data udelukket"}, true)
		}
	}
}
