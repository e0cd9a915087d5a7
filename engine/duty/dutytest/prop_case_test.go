package dutytest

import (
	"bytes"
	"os"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/duty/internal/oracle"
	"tilsyn/engine/policy"
	"tilsyn/schemas"
)

// testCase is one person's facts in plain form, as both evaluators take them.
type testCase struct {
	person      string
	facts       duty.Facts
	centres     duty.CentreFacts
	policies    []duty.ActivePolicy
	from, to    duty.Opt[duty.Date]
	provisional bool
	// watched is set where the case has a watch.
	watched *watchFacts
}

var builtin = policy.Builtin()

func builtinPolicies() []duty.ActivePolicy {
	return []duty.ActivePolicy{{From: duty.Beginning, Policy: builtin}}
}

// core returns the input of the core.
func (c *testCase) core() duty.Input {
	facts := c.facts
	return duty.Input{
		PersonID: c.person, Person: &facts, Centres: duty.NewCentres(c.centres), Policies: c.policies,
		FromDate: c.from, ToDate: c.to, Provisional: c.provisional,
	}
}

// coreAt is core, with what the watch says at a clock.
func (c *testCase) coreAt(at duty.Instant) duty.Input {
	in := c.core()
	if c.watched != nil {
		in.Centres = in.Centres.WithWatch(c.says(at))
	}
	return in
}

// oracle returns the input of the oracle.
func (c *testCase) oracle() *oracle.Case {
	facts := c.facts
	out := &oracle.Case{
		PersonID: c.person, Person: &facts, Centres: c.centres, Policies: c.policies,
		FromDate: c.from, ToDate: c.to, Provisional: c.provisional,
	}
	if c.watched != nil {
		out.Automatic = c.automatic
	}
	return out
}

func known[T any](list *[]duty.Known[T], fact *T, received duty.Instant, l *schemas.Line) {
	k := duty.Known[T]{Fact: *fact, At: l.LoggedAt.Or(received)}
	if l.Offset.OK {
		k.Pos = duty.Some(duty.Position{Partition: l.Partition.V, Offset: l.Offset.V})
	}
	*list = append(*list, k)
}

// add puts one line of a facts file into the case.
func (c *testCase) add(t testing.TB, l *schemas.Line) {
	f, g := &c.facts, &c.centres
	switch v := l.Value.(type) {
	case *duty.CardEvent:
		known(&f.CardEvents, v, v.ReceivedAt, l)
	case *duty.ManualEntry:
		known(&f.ManualEntries, v, v.ReceivedAt, l)
	case *duty.Notice:
		known(&f.Notices, v, v.ReceivedAt, l)
	case *duty.ObligationChange:
		known(&f.ObligationChanges, v, v.ReceivedAt, l)
	case *duty.GroupChange:
		known(&f.GroupChanges, v, v.ReceivedAt, l)
	case *duty.Permission:
		known(&f.Permissions, v, v.ReceivedAt, l)
	case *duty.Hold:
		known(&f.Holds, v, v.ReceivedAt, l)
	case *duty.DepartureAssessment:
		known(&f.DepartureAssessments, v, v.ReceivedAt, l)
	case *duty.Conviction:
		known(&f.Convictions, v, v.ReceivedAt, l)
	case *duty.IdentityLink:
		known(&f.IdentityLinks, v, v.ReceivedAt, l)
	case *duty.CardAssignment:
		known(&f.CardAssignments, v, v.ReceivedAt, l)
	case *duty.Incident:
		known(&g.Incidents, v, v.ReceivedAt, l)
	case *duty.Exclusion:
		known(&g.Exclusions, v, v.ReceivedAt, l)
	case *duty.Settlement:
		known(&g.Settlements, v, v.ReceivedAt, l)
	case *duty.Heartbeat:
		known(&g.Heartbeats, v, v.ReceivedAt, l)
	case *duty.SupervisionResult:
		known(&g.SupervisionResults, v, v.ReceivedAt, l)
	case *duty.ControlActionTaken:
		known(&g.ControlActions, v, v.ReceivedAt, l)
	case *duty.Resolution:
		known(&g.Resolutions, v, v.ReceivedAt, l)
	default:
		t.Fatalf("a facts file of this test may not hold records of %s", l.Topic)
	}
}

// share puts the paper entries that once had no person where all may read them:
// every version of an entry with a version without a person stands among the
// facts of the centres as well (RD-47).
func (c *testCase) share() {
	nameless := map[string]bool{}
	var own []duty.Known[duty.ManualEntry]
	all := append(append([]duty.Known[duty.ManualEntry]{}, c.facts.ManualEntries...), c.centres.ManualEntries...)
	for _, k := range all {
		if !k.Fact.PersonID.OK {
			nameless[k.Fact.ID] = true
		}
	}
	c.centres.ManualEntries = nil
	for _, k := range all {
		if p := k.Fact.PersonID; p.OK && (!nameless[k.Fact.ID] || p.V == c.person || p.V == "alias") {
			own = append(own, k)
		}
		if nameless[k.Fact.ID] {
			c.centres.ManualEntries = append(c.centres.ManualEntries, k)
		}
	}
	c.facts.ManualEntries = own
}

// lines writes the case as a facts file (contract §4). Records that could not
// be read have no such form and are left out.
func (c *testCase) lines() []byte {
	var b []byte
	f, g := &c.facts, &c.centres
	b = appendLines(b, "card-events", f.CardEvents)
	b = appendLines(b, "manual-entries", f.ManualEntries)
	b = appendLines(b, "manual-entries", g.ManualEntries)
	b = appendLines(b, "notices", f.Notices)
	b = appendLines(b, "obligation-changes", f.ObligationChanges)
	b = appendLines(b, "group-changes", f.GroupChanges)
	b = appendLines(b, "permissions", f.Permissions)
	b = appendLines(b, "holds", f.Holds)
	b = appendLines(b, "departure-assessments", f.DepartureAssessments)
	b = appendLines(b, "identity-links", f.IdentityLinks)
	b = appendLines(b, "card-assignments", f.CardAssignments)
	b = appendLines(b, "incidents", g.Incidents)
	b = appendLines(b, "exclusions", g.Exclusions)
	b = appendLines(b, "settlements", g.Settlements)
	b = appendLines(b, "heartbeats", g.Heartbeats)
	b = appendLines(b, "reconciliations", g.Reconciliations)
	return appendLines(b, "resolutions", g.Resolutions)
}

func appendLines[T any](b []byte, topic string, list []duty.Known[T]) []byte {
	for i := range list {
		k := &list[i]
		fact := k.Fact
		l := schemas.Line{Topic: topic, Value: &fact, LoggedAt: duty.Some(k.At)}
		if k.Pos.OK {
			l.Partition, l.Offset = duty.Some(k.Pos.V.Partition), duty.Some(k.Pos.V.Offset)
		}
		b = schemas.AppendLine(b, &l)
	}
	return b
}

// parseLines reads a facts file into a case.
func parseLines(t testing.TB, person string, text []byte) *testCase {
	t.Helper()
	c := &testCase{person: person, policies: builtinPolicies()}
	for n, line := range bytes.Split(text, []byte("\n")) {
		if len(bytes.TrimSpace(line)) == 0 || line[0] == '#' {
			continue
		}
		l, err := schemas.DecodeLine(line)
		if err != nil {
			t.Fatalf("line %d: %v", n+1, err)
		}
		c.add(t, &l)
	}
	c.share()
	return c
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
