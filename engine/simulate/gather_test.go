package simulate

import (
	"fmt"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
)

// gathered are the facts of a simulation as the core reads them.
type gathered struct {
	people  map[string]*duty.Facts
	centres duty.CentreFacts
}

func known[T any](list *[]duty.Known[T], record *T, at duty.Instant) {
	*list = append(*list, duty.Known[T]{Fact: *record, At: at})
}

// gather sorts facts by person and centre.
func gather(facts []Fact) *gathered {
	g := &gathered{people: map[string]*duty.Facts{}}
	for _, f := range facts {
		if m, ok := f.Record.(*duty.ManualEntry); ok && f.Key == m.CentreID { // RD-47
			known(&g.centres.ManualEntries, m, f.ReceivedAt)
			continue
		}
		p := g.people[f.Key]
		if p == nil {
			p = &duty.Facts{}
			g.people[f.Key] = p
		}
		at := f.ReceivedAt
		switch r := f.Record.(type) {
		case *duty.CardEvent:
			known(&p.CardEvents, r, at)
		case *duty.ManualEntry:
			known(&p.ManualEntries, r, at)
		case *duty.Notice:
			known(&p.Notices, r, at)
		case *duty.ObligationChange:
			known(&p.ObligationChanges, r, at)
		case *duty.GroupChange:
			known(&p.GroupChanges, r, at)
		case *duty.Permission:
			known(&p.Permissions, r, at)
		case *duty.Hold:
			known(&p.Holds, r, at)
		case *duty.DepartureAssessment:
			known(&p.DepartureAssessments, r, at)
		case *duty.CardAssignment:
			known(&p.CardAssignments, r, at)
		case *duty.Incident:
			known(&g.centres.Incidents, r, at)
		case *duty.Exclusion:
			known(&g.centres.Exclusions, r, at)
		case *duty.Settlement:
			known(&g.centres.Settlements, r, at)
		case *duty.SupervisionResult:
			known(&g.centres.SupervisionResults, r, at)
		case *duty.IdentityLink:
			known(&p.IdentityLinks, r, at)
		case *duty.Heartbeat:
			known(&g.centres.Heartbeats, r, at)
		case *duty.Reconciliation:
			known(&g.centres.Reconciliations, r, at)
		default:
			panic(fmt.Sprintf("no place for %T", r))
		}
	}
	for key, p := range g.people {
		if len(p.ObligationChanges) == 0 {
			delete(g.people, key)
		}
	}
	return g
}

// verdicts evaluates every person at a clock and gives the status of every
// record.
func (g *gathered) verdicts(at duty.Instant) map[Key]duty.Status {
	said := map[Key]duty.Status{}
	g.each(at, func(person string, u *duty.Unit) {
		if u.Record() {
			status := duty.StatusNeedsReview
			if u.Outcome == duty.OutcomeIndicated {
				status = duty.StatusIndicated
			}
			said[Key{person, u.Kind, u.Date}] = status
		}
	})
	return said
}

func (g *gathered) each(at duty.Instant, f func(string, *duty.Unit)) {
	centres := duty.NewCentres(g.centres)
	active := []duty.ActivePolicy{{From: duty.Beginning, Policy: policy.Builtin()}}
	for person, facts := range g.people {
		res := duty.Evaluate(duty.Input{PersonID: person, Person: facts, Centres: centres, Policies: active}, at)
		for i := range res.Units {
			f(person, &res.Units[i])
		}
	}
}

// simulated runs a simulation and keeps the facts.
func simulated(t *testing.T, cfg Config) ([]Fact, *Truth) {
	t.Helper()
	var c Collect
	truth, err := Run(cfg, &c)
	if err != nil {
		t.Fatal(err)
	}
	return c.Facts, truth
}

// gapsOf counts the row numbers that are missing between those that arrive.
func gapsOf(t *testing.T, cfg Config) int64 {
	t.Helper()
	facts, _ := simulated(t, cfg)
	highest, rows := map[string]int64{}, map[string]int64{}
	for _, f := range facts {
		e, ok := f.Record.(*duty.CardEvent)
		if !ok {
			continue
		}
		if !e.SourceSeq.OK {
			t.Fatal("a row without a number")
		}
		rows[e.DeviceID]++
		highest[e.DeviceID] = max(highest[e.DeviceID], e.SourceSeq.V)
	}
	var gaps int64
	for device, n := range rows {
		gaps += highest[device] - n
	}
	return gaps
}
