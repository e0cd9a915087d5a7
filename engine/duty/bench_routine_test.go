package duty

import "testing"

// BenchmarkRoutine measures what nights cost when the routine decides them: one night with six
// rows, three nights with eighteen, and the check of one row as it is read. For comparison it
// measures the full evaluation of the same three days with the last night missed, and starting a
// routine after such an evaluation.
func BenchmarkRoutine(b *testing.B) {
	f, c, p := weeks(3)
	f.ObligationChanges = f.ObligationChanges[:1]
	at := DateOf(2026, 1, 8).Clock(6, 0)
	full := Input{PersonID: "P", Person: f, Centres: c, Policies: []ActivePolicy{{From: Beginning, Policy: p}}}
	start, ok := StartRoutine(&full, at)
	if !ok {
		b.Fatal("the person is not ordinary")
	}
	var rows []Known[CardEvent]
	for d := DateOf(2026, 1, 5); d < DateOf(2026, 1, 8); d++ {
		for i := range 6 {
			k := f.CardEvents[i%2]
			k.Fact.ID = d.String() + "-" + Instant(i).String()
			k.Fact.OccurredAt = d.Clock(8+2*i, 0)
			k.Fact.ReceivedAt, k.At = k.Fact.OccurredAt, k.Fact.OccurredAt+Second
			rows = append(rows, k)
		}
	}
	var out Advanced
	last := start
	if !last.Advance(&full, rows, at-Day, &out) {
		b.Fatal("two nights are not decided")
	}
	for name, x := range map[string]Routine{"1night": last, "3nights": start} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r := x
				if !r.Advance(&full, rows, at, &out) {
					b.Fatal("not decided")
				}
			}
		})
	}
	b.Run("row", func(b *testing.B) {
		next := rows[len(rows)-6]
		b.ReportAllocs()
		for b.Loop() {
			r := last
			if !r.Row(&full, &next.Fact, next.At) {
				b.Fatal("not taken")
			}
		}
	})
	b.Run("missed", func(b *testing.B) {
		away := full
		facts := *full.Person
		facts.CardEvents = rows[:len(rows)-1]
		away.Person = &facts
		b.ReportAllocs()
		for b.Loop() {
			if res := Evaluate(away, at); len(res.Units) != 4 || res.Units[3].Outcome != OutcomeIndicated {
				b.Fatalf("not missed: %d units, %+v", len(res.Units), res.Units[len(res.Units)-1])
			}
		}
	})
	b.Run("resume", func(b *testing.B) {
		full.Person.CardEvents = rows
		res := Evaluate(full, at)
		b.ReportAllocs()
		for b.Loop() {
			if _, ok := res.Routine(&full); !ok {
				b.Fatal("not resumed")
			}
		}
	})
}
