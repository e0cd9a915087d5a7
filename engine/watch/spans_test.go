package watch

import (
	"math/rand/v2"
	"slices"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
)

// TestTimelySpans: for every unit that falls due at one of the times, the spans give the incidents of
// the view for that unit, as far as they can bear on it.
func TestTimelySpans(t *testing.T) {
	const seed = 20201016
	p := *policy.Builtin()
	p.Steps = slices.Clone(p.Steps)
	for i := range p.Steps {
		p.Steps[i].Params.HeartbeatInterval = 6 * duty.Hour
	}
	times := []int{15 * 60, 2*60 + 30}
	asked, spans, differ := 0, 0, 0
	for i := range worldsOf(t, 15, 250) {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		x := newWeeks(r)
		x.facts.Centres = duty.NewCentres(x.settled)
		at := x.start + duty.Instant(20+r.IntN(25))*duty.Day
		pairs := x.pairs(r, at)
		live := logOf(x.shuffled(r)).Under(&p)
		list := live.Timely(at, pairs, x.facts.Centres, times)
		spans += len(list)
		report := live.Look(at, pairs, x.facts.Centres)
		ordinary := report.Automatic(live.policy.ParamsAt(at.Date()))
		timely := TimelyOf(list, ordinary)
		w := New(x.facts, &p)
		for _, due := range dues(duty.Span{From: x.start - 3*duty.Day, To: at + 2*duty.Day}, append(times, 0, 360)) {
			asked++
			v := View{At: at, Strict: true, Due: due}
			view := w.Look(v, Seen(pairs, v))
			got, want := bearing(timely(due), due), bearing(view.Automatic(w.Params(at)), due)
			if timely(due) != ordinary {
				differ++
			}
			if !slices.EqualFunc(got, want, func(a, b duty.AutomaticIncident) bool {
				return a.Opened == b.Opened && a.Incident.ID == b.Incident.ID && a.Incident.To == b.Incident.To &&
					a.Incident.From == b.Incident.From && a.Incident.CentreID == b.Incident.CentreID
			}) {
				t.Fatalf("world %d at %s, due %s:\n%v\nand the view of that unit has\n%v\n%s", i, at, due, got, want, x)
			}
		}
	}
	t.Logf("%d asked, %d of them in %d spans", asked, differ, spans)
	if spans == 0 || differ == 0 || differ == asked {
		t.Errorf("%d asked, %d of them in %d spans: nothing is shown", asked, differ, spans)
	}
}

// bearing returns the incidents that may bear on a unit that fell due at an instant.
func bearing(a *duty.Automatic, due duty.Instant) []duty.AutomaticIncident {
	var out []duty.AutomaticIncident
	for _, i := range a.List() {
		if i.Incident.From < due+beyond {
			out = append(out, i)
		}
	}
	return out
}

// logOf fills a log.
func logOf(f Facts) *Log {
	l := NewLog()
	for i := range f.Heartbeats {
		l.AddBeat(&f.Heartbeats[i])
	}
	for i := range f.Rows {
		l.AddRow(f.Rows[i])
	}
	for i := range f.Reconciliations {
		l.AddCount(&f.Reconciliations[i])
	}
	for i := range f.Incidents {
		l.AddIncident(&f.Incidents[i])
	}
	return l
}

// pairs draws inconsistent pairs of a few persons, some of which are seen for some units only: those
// for which a fact of before the clock was in time.
func (x *world) pairs(r *rand.Rand, clock duty.Instant) []SeenPair {
	var out []SeenPair
	if r.IntN(2) == 0 {
		return nil
	}
	at := x.start + duty.Instant(r.IntN(20*24))*duty.Hour
	for i := range 2 + r.IntN(4) {
		from := at - duty.Instant(r.IntN(6))*duty.Hour
		p := duty.Pair{
			CentreID: "KH", From: from, To: at + duty.Instant(r.IntN(60))*duty.Minute,
			Due: duty.Span{From: duty.Beginning, To: duty.Forever},
		}
		person := string(rune('A' + i))
		out = append(out, SeenPair{person, p})
		p.Strict = true
		if r.IntN(3) == 0 {
			p.Due.From = clock - duty.Instant(14+r.IntN(20))*duty.Day
		}
		if r.IntN(4) > 0 {
			out = append(out, SeenPair{person, p})
		}
	}
	return out
}
