package evidence

import (
	"slices"

	"tilsyn/engine/duty"
)

// A package has the facts of its records and not those of other nights. Replayed as if they were everything, they
// would accuse of nights whose rows are elsewhere. So the facts for a replay say what they lack: an incident with forms
// pending lies over all time that the package has no rows of, and the automatic incidents that the watch found in the
// rows of all persons stand as facts, since a replay of one person's rows cannot find them again.

// Selection is how much goes into the facts for a replay.
type Selection struct {
	// Level is 0 for what EVD-14 names, 1 for the person's rows of a month around as well, 2 for all the person's facts.
	Level int
	// Wide takes 24 hours around each unit as known, not the time it is inferred from alone.
	Wide bool
}

// Selections are tried in this order: the fewest facts that give the same records are taken.
var Selections = []Selection{{0, false}, {0, true}, {1, false}, {1, true}, {2, false}, {2, true}}

// month is how far around its units level 1 reaches: the pattern and the silence of a report look back so far.
const month = 31 * duty.Day

// ids that facts of a package have that nobody sent.
const outsideID = "package:not-included:"

// Replayable are the facts for a replay, one line each, in the form of FACTS (contract §4). Rows lose their numbers:
// between them lie those of others, which are not here, and they would look lost.
func (b *Bundle) Replayable(s Selection) []string {
	g := b.Case.gather(true)
	for _, u := range b.Units {
		b.Case.allow(g, u.account)
	}
	if s.Level > 0 {
		b.more(g, s.Level)
	}
	for _, centre := range b.centres() {
		b.standIns(g, centre)
		for _, gap := range b.outside(s.Wide, s.Level == 2) {
			n := &duty.Incident{ID: outsideID + centre + ":" + gap.From.String(), Version: 1, ReceivedAt: b.Case.At,
				CentreID: centre, DeviceIDs: []string{}, From: gap.From, Kind: duty.IncidentKindSuspectedLoss,
				FormsStatus: duty.FormsStatusPending, State: duty.IncidentStateActive, Origin: duty.OriginHuman}
			n.IncidentID = n.ID
			if gap.To < duty.Forever {
				n.To = duty.Some(gap.To)
			}
			g.put(duty.TopicIncidents, n.ID, n, b.Case.At, duty.None[duty.Position]())
		}
	}
	return g.sorted()
}

// Rows are the registrations of the package as they were sent, with their numbers.
func (b *Bundle) Rows() []string {
	g := b.Case.gather(false)
	for _, u := range b.Units {
		b.Case.allow(g, u.account)
	}
	g.lines = slices.DeleteFunc(g.lines, func(l line) bool {
		return l.topic != duty.TopicCardEvents && l.topic != duty.TopicManualEntries
	})
	return g.sorted()
}

// centres are those of the units.
func (b *Bundle) centres() []string {
	var out []string
	for _, u := range b.Units {
		out = append(out, u.account.Centres...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// outside is the time that the package has no rows of.
func (b *Bundle) outside(wide, everything bool) []duty.Span {
	if everything {
		return nil
	}
	var known []duty.Span
	for _, u := range b.Units {
		p, i := duty.Span{From: u.account.Unit.PeriodFrom, To: u.account.Unit.PeriodTo}, u.account.Interval
		if wide {
			p.From, p.To = p.From-duty.Day, p.To+duty.Day
		}
		known = append(known, duty.Span{From: min(p.From, i.From), To: max(p.To, i.To+1)})
	}
	slices.SortFunc(known, func(a, c duty.Span) int { return int(max(-1, min(1, a.From-c.From))) })
	var out []duty.Span
	at := duty.Earliest
	for _, k := range known {
		if at < k.From {
			out = append(out, duty.Span{From: at, To: k.From})
		}
		at = max(at, k.To)
	}
	if at < b.Case.At {
		out = append(out, duty.Span{From: at, To: duty.Forever})
	}
	return out
}

// standIns writes the automatic incidents of a centre as facts.
func (b *Bundle) standIns(g *gathered, centre string) {
	seen := map[string]bool{}
	for _, u := range b.Units {
		p := b.Case.policy(u.Record.PolicyDigest)
		for _, x := range b.Case.automatic(p) {
			n := x.Incident
			to := n.To.Or(duty.Forever)
			reach := duty.Span{From: min(u.account.Interval.From, u.account.Unit.PeriodFrom) - duty.Day,
				To: max(u.account.Interval.To, u.account.Unit.PeriodTo) + duty.Day}
			if n.CentreID != centre || x.Opened > b.Case.At || n.From >= reach.To || to <= reach.From || seen[n.ID] {
				continue
			}
			seen[n.ID] = true
			n.Origin = duty.OriginHuman
			n.ReceivedAt = min(b.Case.At, max(n.From, n.To.Or(x.Opened)))
			n.DeviceIDs = orNone(n.DeviceIDs)
			g.put(duty.TopicIncidents, n.ID, &n, n.ReceivedAt, duty.None[duty.Position]())
		}
	}
}

// more adds the person's own facts: at level 1 the registrations of a month around, at level 2 all.
func (b *Bundle) more(g *gathered, level int) {
	f, own := b.Case.Input.Person, b.Case.Input.PersonID
	near := func(t duty.Instant) bool {
		return level == 2 || slices.ContainsFunc(b.Units, func(u *Unit) bool {
			return u.account.Interval.From-month <= t && t < u.account.Interval.To+month
		})
	}
	take(g, duty.TopicCardEvents, f.CardEvents, func(v *duty.CardEvent) (string, bool) {
		return v.ID, v.PersonID == duty.Some(own) && v.DeviceType != duty.DeviceTypeOfflineLock && near(v.OccurredAt)
	})
	take(g, duty.TopicManualEntries, f.ManualEntries, func(v *duty.ManualEntry) (string, bool) {
		return v.ID, v.PersonID == duty.Some(own) && near(v.ReceivedAt)
	})
	take(g, duty.TopicNotices, f.Notices, func(v *duty.Notice) (string, bool) {
		return v.ID, v.PersonID == own && near(v.ReceivedAt)
	})
	take(g, duty.TopicCardAssignments, f.CardAssignments, func(v *duty.CardAssignment) (string, bool) {
		return v.ID, v.PersonID == own
	})
	if level < 2 {
		return
	}
	take(g, duty.TopicObligationChanges, f.ObligationChanges, func(v *duty.ObligationChange) (string, bool) {
		return v.ID, v.PersonID == own
	})
	take(g, duty.TopicPermissions, f.Permissions, func(v *duty.Permission) (string, bool) {
		return v.ID, v.PersonID == own
	})
	take(g, duty.TopicHolds, f.Holds, func(v *duty.Hold) (string, bool) { return v.ID, v.PersonID == own })
	take(g, duty.TopicDepartureAssessments, f.DepartureAssessments, func(v *duty.DepartureAssessment) (string, bool) {
		return v.ID, v.PersonID == own
	})
}
