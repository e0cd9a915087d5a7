package replay

import (
	"reflect"
	"testing"

	"tilsyn/engine/affected"
	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/recall"
	"tilsyn/engine/simulate"
)

// TestAffectedAsAskedOfEverybody: those who are passed over, since no fact of theirs names the centre, have no share,
// and of everybody else the share is the one that all their facts give. The worlds have faults, links, paper and
// late facts.
func TestAffectedAsAskedOfEverybody(t *testing.T) {
	shares, passed := 0, 0
	for seed := range uint64(3) {
		cfg := simulate.Config{Seed: seed, Start: duty.DateOf(2026, 1, 5), Days: 15, Persons: 30}
		facts := written(t, simulatedBy(t, cfg))
		for _, what := range []affected.What{
			{CentreID: "KH", Span: duty.Span{From: instant(t, "2026-01-09T20:00:00Z"), To: instant(t, "2026-01-10T04:30:00Z")}},
			{CentreID: "SJ", Span: duty.Span{From: instant(t, "2026-01-13T15:00:00Z"), To: instant(t, "2026-01-13T18:00:00Z")}},
		} {
			opts := Options{
				Facts: []string{facts}, TempDir: t.TempDir(), AsOf: []duty.Instant{instant(t, "2026-01-21T12:00:00Z")},
				Policies: []duty.ActivePolicy{{From: duty.Beginning, Policy: policy.Builtin()}},
			}
			var got, want []affected.Share
			if _, _, err := Affected(t.Context(), opts, what, func(s *affected.Share) error {
				got = append(got, *s)
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if _, err := withRun(&opts, func(r *run) error {
				if err := r.all(t.Context()); err != nil {
					return err
				}
				world := duty.World{Centres: r.watching.centres[0], Policies: r.policiesAt(r.asOf[0])}
				q, err := affected.Ask(what, world, r.asOf[0])
				if err != nil {
					return err
				}
				return r.eachPerson(func(c *dossier) error {
					f, said, err := c.open(r.topics)
					if err != nil {
						return err
					}
					r.addCrowds(f, 0)
					if r.named[c.number]&setOf(q.CentreID) == 0 {
						passed++
					}
					if share, ok := q.Person(f, recall.Person{PersonID: c.person, Units: said.recallUnits(c.person)}); ok {
						want = append(want, share)
					}
					return nil
				})
			}); err != nil {
				t.Fatal(err)
			}
			shares += len(want)
			if !reflect.DeepEqual(got, want) {
				t.Errorf("seed %d, %s: %d shares, and %d when everybody is asked:\n%+v\n%+v", seed, what.CentreID, len(got),
					len(want), got, want)
			}
		}
	}
	t.Logf("%d shares, %d persons passed over", shares, passed)
	if shares == 0 || passed == 0 {
		t.Error("the test shows nothing")
	}
}
