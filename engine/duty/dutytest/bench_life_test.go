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
	"tilsyn/engine/stream/seeds"
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
// years: of the whole life, of the last two days, of these from their support, and of the units that are not
// carried, with the rows that the state has to be read for.
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
			{"carried", func(in duty.Input) duty.Input { return in }},
		} {
			ins := ins
			if x.name == "carried" {
				ins = carriedLives(ins, at)
			}
			if len(ins) == 0 {
				continue // no month is over
			}
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

// carriedLives are the inputs for what is not carried, at a clock, of persons of whom everything was judged a
// day before, with the rows alone that are needed for it.
func carriedLives(ins []duty.Input, at duty.Instant) (out []duty.Input) {
	for _, in := range ins {
		then := in
		then.Person = &knownBy(&testCase{facts: *in.Person}, at-duty.Day).facts
		res := duty.Evaluate(then, at-duty.Day)
		year, month, _ := at.Date().Civil()
		c, ok := duty.Carry(then, &res, duty.DateOf(year, month, 1))
		if !ok {
			continue
		}
		f := *in.Person
		f.CardEvents = slices.DeleteFunc(slices.Clone(f.CardEvents), func(k duty.Known[duty.CardEvent]) bool {
			return k.Fact.OccurredAt < c.Since()
		})
		in.Person = &f
		if rest, ok := c.Rest(in, at); ok {
			out = append(out, rest)
		}
	}
	return out
}

// TestLifeCostsInProportion holds the whole life of a person to a cost in proportion to its length: no
// part of a verdict may look at everything for each night. Twelve times the days took a hundred times
// the processor time when it did; here they take about fifteen.
func TestLifeCostsInProportion(t *testing.T) {
	seeds.Large(t, "years of a resident")
	if cpuTime() == 0 {
		t.Skip("this system counts processor time in another way")
	}
	const short, times, limit = 60, 12, 40
	costs := [2]time.Duration{}
	for i, days := range []int{short, short * times} {
		ins, at := lives(t, 12, days)
		costs[i] = time.Hour
		for range 3 {
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

// TestCarriedCostsTheSame holds that what is not carried costs the same after five weeks and after two years, both
// ending in the middle of a month.
func TestCarriedCostsTheSame(t *testing.T) {
	seeds.Large(t, "years of a resident")
	start := duty.DateOf(2024, 1, 8)
	var rows, allocations [2]float64
	for i, end := range []duty.Date{duty.DateOf(2024, 2, 15), duty.DateOf(2025, 12, 15)} {
		ins, at := lives(t, 12, int(end-start))
		rest := carriedLives(ins, at)
		if len(rest) < len(ins)/2 {
			t.Errorf("after %d days something is carried of %d of %d persons", end-start, len(rest), len(ins))
		}
		for _, in := range rest {
			rows[i] += float64(len(in.Person.CardEvents)) / float64(len(rest))
			allocations[i] += testing.AllocsPerRun(1, func() { duty.Evaluate(in, at) }) / float64(len(rest))
		}
		t.Logf("after %d days: %.0f rows and %.0f allocations for each of %d persons", end-start, rows[i],
			allocations[i], len(rest))
	}
	if rows[1] > 1.3*rows[0] || allocations[1] > 1.3*allocations[0] {
		t.Errorf("rows went from %.0f to %.0f, allocations from %.0f to %.0f", rows[0], rows[1], allocations[0],
			allocations[1])
	}
}
