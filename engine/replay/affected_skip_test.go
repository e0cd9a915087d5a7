package replay

import (
	"reflect"
	"slices"
	"testing"

	"tilsyn/engine/affected"
	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/recall"
	"tilsyn/engine/simulate"
	"tilsyn/engine/stream/seeds"
)

// TestAffectedAsAskedOfEverybody: those who are passed over, since no fact of theirs names the centre, have no share,
// and of everybody else the share is the one that all their facts give; its units are those that full verdicts in
// each world give. The worlds have faults, links, paper and late facts; the losses are intervals and incidents.
func TestAffectedAsAskedOfEverybody(t *testing.T) {
	shares, units, passed, caused := 0, 0, 0, 0
	for seed := range seeds.Few(3, 1) {
		cfg := simulate.Config{Seed: uint64(seed), Start: duty.DateOf(2026, 1, 5), Days: 15, Persons: 30}
		opts := Options{
			Facts: []string{written(t, simulatedBy(t, cfg))}, TempDir: t.TempDir(),
			AsOf:     []duty.Instant{instant(t, "2026-01-21T12:00:00Z")},
			Policies: []duty.ActivePolicy{{From: duty.Beginning, Policy: policy.Builtin()}},
		}
		whats := []affected.What{
			{CentreID: "KH", Span: duty.Span{From: instant(t, "2026-01-09T20:00:00Z"), To: instant(t, "2026-01-10T04:30:00Z")}},
			{CentreID: "SJ", Span: duty.Span{From: instant(t, "2026-01-13T15:00:00Z"), To: instant(t, "2026-01-13T18:00:00Z")}},
		}
		want := map[affected.What][]affected.Share{}
		if _, err := withRun(&opts, func(r *run) error {
			if err := r.all(t.Context()); err != nil {
				return err
			}
			world := duty.World{Centres: r.watching.centres[0], Policies: r.policiesAt(r.asOf[0])}
			for _, k := range world.Centres.Facts().Incidents {
				what := affected.What{IncidentID: k.Fact.IncidentID}
				if k.At <= r.asOf[0] && world.Policies[0].Policy.Registered(k.Fact.CentreID) && len(whats) < 4 &&
					!slices.Contains(whats, what) { // an incident has several versions
					whats = append(whats, what)
					caused++
				}
			}
			for _, what := range whats {
				q, err := affected.Ask(what, world, r.asOf[0])
				if err != nil {
					return err
				}
				long := newLongWay(what, q, world)
				if err := r.eachPerson(func(c *dossier) error {
					f, said, err := c.open(r.topics)
					if err != nil {
						return err
					}
					r.addCrowds(f, 0)
					if r.named[c.number]&setOf(q.CentreID) == 0 {
						passed++
					}
					share, ok := q.Person(f, recall.Person{PersonID: c.person, Units: said.recallUnits(c.person)})
					if ok {
						want[what] = append(want[what], share)
					}
					if by := long.units(c.person, f); len(by) != len(share.Units) || len(by) > 0 &&
						!reflect.DeepEqual(by, share.Units) {
						t.Errorf("seed %d, %+v: units %+v, the long way %+v", seed, what, share.Units, by)
					}
					units += len(share.Units)
					return nil
				}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for _, what := range whats {
			var got []affected.Share
			if _, _, err := Affected(t.Context(), opts, what, func(s *affected.Share) error {
				got = append(got, *s)
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			shares += len(want[what])
			if !reflect.DeepEqual(got, want[what]) {
				t.Errorf("seed %d, %+v: %d shares, and %d when everybody is asked:\n%+v\n%+v", seed, what, len(got),
					len(want[what]), got, want[what])
			}
		}
	}
	t.Logf("%d shares, %d units, %d persons passed over, %d incidents", shares, units, passed, caused)
	if shares == 0 || units == 0 || passed == 0 || caused == 0 {
		t.Error("the test shows nothing")
	}
}

// longWay finds the units that a loss may concern by full verdicts on everything, in each world by itself.
type longWay struct {
	q                     *affected.Question
	now, without, unknown duty.World
}

func newLongWay(what affected.What, q *affected.Question, w duty.World) *longWay {
	l := &longWay{q: q, now: w, without: w}
	if what.IncidentID != "" {
		l.without = w.WithoutIncident(what.IncidentID)
	}
	l.unknown = l.without.WithUnknown(q.CentreID, q.Span)
	return l
}

// units returns the units of one person, of whom nothing was told.
func (l *longWay) units(person string, f *duty.Facts) (out []affected.Unit) {
	judge := func(w duty.World) []duty.Unit {
		return duty.Evaluate(duty.Input{PersonID: person, Person: f, Centres: w.Centres, Policies: w.Policies}, l.q.At).Units
	}
	outcome := func(list []duty.Unit, k duty.Kind, d duty.Date) duty.Opt[duty.Outcome] {
		for i := range list {
			if u := &list[i]; u.Kind == k && u.Date == d && !u.Pending && !u.Early {
				return duty.Some(u.Outcome)
			}
		}
		return duty.None[duty.Outcome]()
	}
	now, without, unknown := judge(l.now), judge(l.without), judge(l.unknown)
	for i := range now {
		u := &now[i]
		if reach := u.Reached(l.q.CentreID, l.q.Span); reach != duty.ReachNone {
			out = append(out, affected.Unit{UnitID: duty.UnitID(u.Kind, u.Date, person), Kind: u.Kind, Date: u.Date,
				Reach: reach, Outcome: outcome(now, u.Kind, u.Date), Without: outcome(without, u.Kind, u.Date),
				With: outcome(unknown, u.Kind, u.Date)})
		}
	}
	return out
}
