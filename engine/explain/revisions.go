package explain

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tilsyn/engine/duty"
)

// revisions returns what was told of the unit: by the log, or by judging at every moment.
func revisions(c *Case) ([]Revision, string, error) {
	told, from := c.Told, "log"
	if !c.FromLog {
		from = "replay"
		var err error
		if told, err = computed(c); err != nil {
			return nil, "", err
		}
	}
	out := []Revision{}
	for i := range told {
		v := &told[i]
		n := Revision{Revision: int(v.Revision), Status: v.Status.String(), At: v.EvaluatedAt.Local(),
			Reason: v.ChangeReason.String(), Changed: []Change{}, Statement: v.Statement, Digest: v.Digest}
		if v.WithdrawnOutcome.OK {
			n.WithdrawnOutcome = v.WithdrawnOutcome.V.String()
		}
		before := &duty.Violation{EvaluatedAt: v.PeriodFrom}
		if i > 0 {
			before = &told[i-1]
			n.Changed = Changes(before, v)
		}
		n.Known = becameKnown(c, before, v)
		out = append(out, n)
	}
	return out, from, nil
}

// computed judges at every moment and keeps the revisions of the unit.
func computed(c *Case) ([]duty.Violation, error) {
	var out []duty.Violation
	var said []duty.Said
	for i := range c.Moments {
		m := &c.Moments[i]
		in := m.Input
		in.FromDate, in.ToDate = duty.Some(c.Date), duty.Some(c.Date)
		list, err := duty.Revise(in, duty.Evaluate(in, m.At), said)
		if err != nil {
			return nil, fmt.Errorf("a record does not pass the output validation: %w", err)
		}
		for j := range list {
			v := &list[j]
			said = slices.DeleteFunc(said, func(s duty.Said) bool { return s.Kind == v.Kind && s.Date == v.UnitDate })
			said = append(said, duty.SaidOf(v))
			if v.Kind == c.Kind && v.UnitDate == c.Date {
				out = append(out, *v)
			}
		}
	}
	return out, nil
}

// shown are the fields whose change makes a revision (contract §3), as text.
var shown = []struct {
	name string
	of   func(*duty.Violation) string
}{
	{"status", func(v *duty.Violation) string { return v.Status.String() }},
	{"withdrawn_outcome", func(v *duty.Violation) string {
		if !v.WithdrawnOutcome.OK {
			return ""
		}
		return v.WithdrawnOutcome.V.String()
	}},
	{"instant", func(v *duty.Violation) string { return v.Instant.Local() }},
	{"period_from", func(v *duty.Violation) string { return v.PeriodFrom.Local() }},
	{"period_to", func(v *duty.Violation) string { return v.PeriodTo.Local() }},
	{"centre_id", func(v *duty.Violation) string { return v.CentreID }},
	{"group", func(v *duty.Violation) string { return v.Group.String() }},
	{"obligation_ids", func(v *duty.Violation) string { return strings.Join(v.ObligationIDs, ", ") }},
	{"legal_basis", func(v *duty.Violation) string { return v.LegalBasis.String() }},
	{"basis", func(v *duty.Violation) string { return v.Basis.String() }},
	{"shortfall", func(v *duty.Violation) string {
		if !v.Shortfall.OK {
			return ""
		}
		return strconv.Itoa(int(v.Shortfall.V))
	}},
	{"caveats", func(v *duty.Violation) string { return strings.Join(v.Caveats, ", ") }},
	{"settled", func(v *duty.Violation) string { return strconv.FormatBool(v.Settled) }},
}

// Changes lists the fields whose change makes a revision in which two records differ; none for equal ones.
func Changes(before, now *duty.Violation) []Change {
	out := []Change{}
	for _, f := range shown {
		if a, b := f.of(before), f.of(now); a != b {
			out = append(out, Change{f.name, a, b})
		}
	}
	return out
}

// mostKnown is how many facts a revision names.
const mostKnown = 20

// becameKnown lists the facts that became known after one revision and by the clock of the next, of those
// that may be shown: registrations of the evidence of either, what concerns the person under its own id, and
// what concerns its centre.
func becameKnown(c *Case, before, v *duty.Violation) []string {
	k := &newFacts{since: before.EvaluatedAt, until: v.EvaluatedAt}
	evidence := map[string]bool{}
	for _, r := range []*duty.Violation{before, v} {
		for i := range r.Evidence {
			evidence[r.Evidence[i].Topic+" "+r.Evidence[i].ID] = true
		}
	}
	f := c.last().Input.Person
	own := func(person string) bool { return person == c.PersonID }
	note(k, duty.TopicCardEvents, f.CardEvents, func(x *duty.CardEvent) (string, bool) {
		return x.ID, evidence[duty.TopicCardEvents+" "+x.ID]
	})
	note(k, duty.TopicManualEntries, f.ManualEntries, func(x *duty.ManualEntry) (string, bool) {
		return x.ID, evidence[duty.TopicManualEntries+" "+x.ID]
	})
	note(k, duty.TopicNotices, f.Notices, func(x *duty.Notice) (string, bool) {
		return x.ID, own(x.PersonID) && v.Kind == duty.KindNotify
	})
	note(
		k,
		duty.TopicObligationChanges,
		f.ObligationChanges,
		func(x *duty.ObligationChange) (string, bool) { return x.ID, own(x.PersonID) },
	)
	note(
		k,
		duty.TopicGroupChanges,
		f.GroupChanges,
		func(x *duty.GroupChange) (string, bool) { return x.ID, own(x.PersonID) },
	)
	note(
		k,
		duty.TopicPermissions,
		f.Permissions,
		func(x *duty.Permission) (string, bool) { return x.ID, own(x.PersonID) },
	)
	note(k, duty.TopicHolds, f.Holds, func(x *duty.Hold) (string, bool) { return x.ID, own(x.PersonID) })
	note(k, duty.TopicDepartureAssessments, f.DepartureAssessments, func(x *duty.DepartureAssessment) (string, bool) {
		return x.ID, own(x.PersonID)
	})
	if c.Centres != nil {
		note(k, duty.TopicManualEntries, c.Centres.ManualEntries, func(x *duty.ManualEntry) (string, bool) {
			return x.ID, evidence[duty.TopicManualEntries+" "+x.ID]
		})
		last := v.PeriodTo.Date()
		note(k, duty.TopicSettlements, c.Centres.Settlements, func(x *duty.Settlement) (string, bool) {
			return x.ID, x.CentreID == v.CentreID && v.UnitDate-1 <= x.LocalDate && x.LocalDate <= last
		})
		note(k, duty.TopicIncidents, c.Centres.Incidents, func(x *duty.Incident) (string, bool) {
			return x.ID, x.CentreID == v.CentreID && x.Origin != duty.OriginAutomatic
		})
		note(
			k,
			duty.TopicExclusions,
			c.Centres.Exclusions,
			func(x *duty.Exclusion) (string, bool) { return x.ID, x.CentreID == v.CentreID },
		)
	}
	if n := len(k.out) - mostKnown; n > 0 {
		k.out = append(k.out[:mostKnown], "and "+strconv.Itoa(n)+" more")
	}
	if k.out == nil {
		return []string{}
	}
	return k.out
}

// newFacts are those that became known in a stretch of time.
type newFacts struct {
	since, until duty.Instant
	out          []string
}

func note[T any](k *newFacts, topic string, list []duty.Known[T], of func(*T) (id string, show bool)) {
	var ids []string
	for i := range list {
		x := &list[i]
		if id, ok := of(&x.Fact); ok && k.since < x.At && x.At <= k.until {
			if s := topic + " " + id; !has(ids, s) && !has(k.out, s) {
				ids = append(ids, s)
			}
		}
	}
	slices.Sort(ids)
	k.out = append(k.out, ids...)
}
