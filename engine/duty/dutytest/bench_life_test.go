package dutytest

import (
	"maps"
	"slices"
	"strconv"
	"testing"
	"time"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/simulate"
)

// yearDays is the longest part of a life that is simulated at once.
const yearDays = 365

// lives returns the residents of a simulation under all their duties, and the morning after its last
// night. Lives longer than a year are put together from years of the same residents.
func lives(tb testing.TB, residents, days int) ([]duty.Input, duty.Instant) {
	tb.Helper()
	start, end := duty.DateOf(2024, 1, 8), duty.DateOf(2024, 1, 8)+duty.Date(days)
	facts, centres := map[string]*duty.Facts{}, duty.CentreFacts{}
	for d := start; d < end; d += yearDays {
		year := strconv.Itoa(int(d-start) / yearDays)
		_, err := simulate.Run(simulate.Config{Seed: 1, Start: d, Days: min(yearDays, int(end-d)), Persons: residents,
			Ordinary: true, Until: (d + min(yearDays, end-d)).Clock(8, 0)},
			simulate.SinkFunc(func(f simulate.Fact) error {
				record := ofYear(f.Record, year, d > start)
				if facts[f.Key] == nil {
					facts[f.Key] = &duty.Facts{}
				}
				if !casefile.File(facts[f.Key], record, f.ReceivedAt, duty.None[duty.Position]()) {
					casefile.FileAtCentre(&centres, record, f.ReceivedAt, duty.None[duty.Position]())
				}
				return nil
			}))
		if err != nil {
			tb.Fatal(err)
		}
	}
	shared := duty.NewCentres(centres)
	var out []duty.Input
	for _, name := range slices.Sorted(maps.Keys(facts)) {
		if len(facts[name].ObligationChanges) == 0 {
			continue // a centre
		}
		out = append(out, duty.Input{PersonID: name, Person: facts[name], Centres: shared,
			Policies: []duty.ActivePolicy{{From: duty.Beginning, Policy: policy.Builtin()}}})
	}
	return out, end.Clock(8, 0)
}

// ofYear names a record of a later year apart from those before it. What the offices decide once is
// decided in the first: nil for it in later ones.
func ofYear(record any, year string, later bool) any {
	switch v := record.(type) {
	case *duty.CardEvent:
		v.ID += year
	case *duty.ManualEntry:
		v.ID += year
	case *duty.Notice:
		v.ID += year
	case *duty.Permission:
		v.ID, v.PermissionID = v.ID+year, v.PermissionID+year
	case *duty.Hold:
		v.ID, v.HoldID = v.ID+year, v.HoldID+year
	case *duty.Settlement:
		v.ID += year
	case *duty.ObligationChange, *duty.GroupChange, *duty.CardAssignment:
		if later {
			return nil
		}
	}
	return record
}

// BenchmarkLife measures what one verdict costs after 14 days under all duties, and after months and
// years: of the whole life, of the last two days, and of these from their support.
func BenchmarkLife(b *testing.B) {
	for _, days := range []int{14, 60, 240, 1095} {
		ins, at := lives(b, 40, days)
		last := at.Date() - 2
		for _, x := range []struct {
			name  string
			asked func(duty.Input) duty.Input
		}{
			{"all", func(in duty.Input) duty.Input { return in }},
			{"last2", func(in duty.Input) duty.Input { in.FromDate = duty.Some(last); return in }},
			{"support", func(in duty.Input) duty.Input { return in.OnlyUnits(last, at.Date()) }},
		} {
			b.Run(strconv.Itoa(days)+"days/"+x.name, func(b *testing.B) {
				b.ReportAllocs()
				before := cpuTime()
				for i := 0; b.Loop(); i++ {
					duty.Evaluate(x.asked(ins[i%len(ins)]), at)
				}
				b.ReportMetric(float64(cpuTime()-before)/float64(b.N), "cpu-ns/op")
			})
		}
	}
}

// TestLifeCostsInProportion holds the whole life of a person to a cost in proportion to its length: no
// part of a verdict may look at everything for each night. Twelve times the days took a hundred times
// the processor time when it did; here they take about fifteen.
func TestLifeCostsInProportion(t *testing.T) {
	if cpuTime() == 0 {
		t.Skip("this system counts processor time in another way")
	}
	const short, times, limit = 60, 12, 40
	costs := [2]time.Duration{}
	for i, days := range []int{short, short * times} {
		ins, at := lives(t, 12, days)
		costs[i] = time.Hour
		for range 5 {
			before := cpuTime()
			for _, in := range ins {
				duty.Evaluate(in, at)
			}
			costs[i] = min(costs[i], cpuTime()-before)
		}
	}
	if costs[1] > costs[0]*limit {
		t.Errorf("%d days cost %v, %d days %v: more than %d times as much", short, costs[0], short*times, costs[1], limit)
	}
	t.Logf("%d days: %v, %d days: %v of processor time", short, costs[0], short*times, costs[1])
}
