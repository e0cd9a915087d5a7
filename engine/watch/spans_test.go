package watch

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
)

// TestTimelySpans: for every unit that falls due at one of the times, the spans give the incidents of
// the view for that unit, as far as they can bear on it; also of a log that is filled bit by bit.
func TestTimelySpans(t *testing.T) {
	const seed = 20201016
	p := *policy.Builtin()
	p.Steps = slices.Clone(p.Steps)
	for i := range p.Steps {
		p.Steps[i].Params.HeartbeatInterval = 6 * duty.Hour
	}
	policies := []*duty.Policy{&p, livePolicies()[2]}
	seen := timelySeen{}
	for i := range worldsOf(t, 12, 50) {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		x := newWeeks(r)
		x.correct(r)
		x.facts.Centres = duty.NewCentres(x.settled)
		if msg := x.timelyAgrees(r, policies[r.IntN(7)/6], &seen); msg != "" {
			t.Fatalf("world %d: %s", i, msg)
		}
	}
	t.Logf("%+v", seen)
	if seen.spans == 0 || seen.differ == 0 || seen.differ == seen.asked {
		t.Errorf("%+v: nothing is shown", seen)
	}
}

// farBack is how far a heartbeat of a clock that was set back may lie before all else.
const farBack = 200 * duty.Day

// TestTimelySpansOfAClockSetBack: a heartbeat of the year 2000 puts units of all years since in doubt, and
// costs no more than the days on which something was known.
func TestTimelySpansOfAClockSetBack(t *testing.T) {
	p := policy.Builtin()
	l := NewLog()
	live := l.Under(p)
	start := duty.DateOf(2026, 3, 1).Start()
	for i := range 3 * 24 {
		at := start + duty.Instant(i)*duty.Hour
		l.AddBeat(&duty.Known[duty.Heartbeat]{At: at, Fact: duty.Heartbeat{
			ID: fmt.Sprint("h", i), Version: 1, SourceID: "KH-carousel", At: at, ReceivedAt: at,
		}})
	}
	l.AddBeat(&duty.Known[duty.Heartbeat]{At: start, Fact: duty.Heartbeat{
		ID: "back", Version: 1, SourceID: "KH-carousel", At: duty.DateOf(2000, 1, 1).Start(), ReceivedAt: start,
	}})
	at := start + 20*duty.Day
	live.Timely(at, nil, nil, nil)
	if n := len(live.memo.of); n == 0 || n > 60 {
		t.Errorf("%d units were looked at, want some and at most 60", n)
	}
}

// timelySeen counts units, those with incidents of their own, and spans.
type timelySeen struct{ asked, differ, spans int }

// timelyAgrees feeds the facts of a world to a log, asks for the spans in between, and says of which
// unit they do not give the view.
func (x *world) timelyAgrees(r *rand.Rand, p *duty.Policy, seen *timelySeen) string {
	times := []int{15 * 60, 2*60 + 30}
	all := x.shuffled(r)
	now := Facts{Centres: x.facts.Centres}
	l := NewLog()
	live := l.Under(p)
	at := x.start + duty.Instant(15+r.IntN(25))*duty.Day
	pairs := x.pairs(r, at)
	for step, done := 0, false; !done; step++ {
		n := 300
		if step%3 > 0 {
			n = 1 + r.IntN(4)
		}
		for range n {
			done = l.feed(r, &all, &now)
		}
		switch r.IntN(5) {
		case 4:
			at -= duty.Instant(r.IntN(10*24)) * duty.Hour
		case 0:
			at += duty.Instant(r.IntN(60)) * duty.Hour
		case 1:
			at += duty.Instant(r.IntN(60)) * duty.Minute
		case 2:
			pairs = x.pairs(r, at)
		}
		list := live.Timely(at, pairs, now.Centres, times)
		report := live.Look(at, pairs, now.Centres)
		ordinary := report.Automatic(p.ParamsAt(at.Date()))
		timely := TimelyOf(list, ordinary)
		seen.spans += len(list)
		early := 3 * duty.Day
		if r.IntN(3) == 0 {
			early += farBack
		}
		units := dues(duty.Span{From: x.start - early, To: at + 2*duty.Day}, append(times, 0, 360))
		w := New(now, p)
		for range 12 {
			due := units[r.IntN(len(units))]
			if len(list) > 0 && r.IntN(2) == 0 {
				// About where something changes.
				i, _ := slices.BinarySearch(units, list[r.IntN(len(list))].Due.From)
				due = units[min(max(i-1+r.IntN(3), 0), len(units)-1)]
			}
			seen.asked++
			v := View{At: at, Strict: true, Due: due}
			view := w.Look(v, Seen(pairs, v))
			if timely(due) != ordinary {
				seen.differ++
			}
			got, want := bearing(timely(due), due), bearing(view.Automatic(w.Params(at)), due)
			if !reflect.DeepEqual(got, want) {
				plain := NewTimely(w, at, pairs, &report).Incidents(due)
				return fmt.Sprintf("at %s, due %s: the view of that unit has others (%v of New)\n%s%s", at, due,
					reflect.DeepEqual(bearing(plain, due), got), unlike(got, want), (&world{facts: now}).String())
			}
		}
	}
	return ""
}

// correct adds later versions of some rows and heartbeats, some of which take them away, and others
// that are known under the same name.
func (x *world) correct(r *rand.Rand) {
	for range r.IntN(8) {
		if len(x.facts.Rows) == 0 || len(x.facts.Heartbeats) == 0 {
			return
		}
		row := x.facts.Rows[r.IntN(len(x.facts.Rows))]
		row.Version = int64(1 + r.IntN(3))
		row.Known += duty.Instant(r.IntN(18*24)) * duty.Hour
		row.OccurredAt += duty.Instant(r.IntN(3)-1) * 13 * duty.Hour
		k := x.facts.Heartbeats[r.IntN(len(x.facts.Heartbeats))]
		k.Fact.Version, k.Fact.Retracted = int64(1+r.IntN(3)), r.IntN(3) == 0
		k.At += duty.Instant(r.IntN(18*24)) * duty.Hour
		k.Fact.At += duty.Instant(r.IntN(3)-1) * 13 * duty.Hour
		if r.IntN(6) == 0 {
			k.Fact.At -= farBack
		}
		if r.IntN(4) == 0 {
			k.Fact.SourceID = x.facts.Heartbeats[r.IntN(len(x.facts.Heartbeats))].Fact.SourceID
		}
		x.facts.Rows, x.facts.Heartbeats = append(x.facts.Rows, row), append(x.facts.Heartbeats, k)
	}
}

// move moves a world in time, so that it lies about another time of day.
func (x *world) move(by duty.Instant) {
	x.start += by
	for i := range x.facts.Rows {
		r := &x.facts.Rows[i]
		r.OccurredAt, r.ReceivedAt, r.Known = r.OccurredAt+by, r.ReceivedAt+by, r.Known+by
	}
	for i := range x.facts.Heartbeats {
		k := &x.facts.Heartbeats[i]
		k.Fact.At, k.Fact.ReceivedAt, k.At = k.Fact.At+by, k.Fact.ReceivedAt+by, k.At+by
	}
	for i := range x.facts.Incidents {
		k := &x.facts.Incidents[i]
		k.Fact.From, k.Fact.To.V, k.At = k.Fact.From+by, k.Fact.To.V+by, k.At+by
	}
	for i := range x.facts.Reconciliations {
		k := &x.facts.Reconciliations[i]
		k.Fact.From, k.Fact.To, k.At = k.Fact.From+by, k.Fact.To+by, k.At+by
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
