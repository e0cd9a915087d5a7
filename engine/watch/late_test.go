package watch

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/stream/seeds"
)

// TestLateHolds: where Late has no doubt that the report without late rows will do for a unit, the view for
// that unit has the same incidents, as far as they may bear on it. TILSYN_WATCH_WORLDS says how many
// worlds of six weeks.
func TestLateHolds(t *testing.T) {
	const seed = 20200702
	p := *policy.Builtin()
	p.Steps = slices.Clone(p.Steps)
	for i := range p.Steps {
		p.Steps[i].Params.HeartbeatInterval = 6 * duty.Hour
	}
	held, asked, found := 0, 0, 0
	for i := range worldsOf(t, 150, 50) {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		x := newWeeks(r)
		x.facts.Centres = duty.NewCentres(x.settled)
		w := New(x.facts, &p)
		at := x.start + duty.Instant(25+r.IntN(20))*duty.Day
		whole := w.Look(View{At: at, Strict: true, Due: at}, nil)
		doubtful := w.Late(at).Doubtful(&whole)
		for day := range duty.Date(42) {
			due := (x.start.Date() + day).Clock(6, 0)
			if due > at {
				break
			}
			asked++
			if within(doubtful, due) {
				continue
			}
			held++
			view := w.Look(View{At: at, Strict: true, Due: due}, nil)
			got, want := whole.Begun(due+beyond), view.Begun(due+beyond)
			found += len(want)
			if !slices.EqualFunc(got, want, sameAutomatic) {
				t.Fatalf("world %d at %s, due %s:\n%v\nand the view of that unit has\n%v\n%s", i, at, due, got, want, x)
			}
		}
	}
	t.Logf("%d of %d held, with %d incidents", held, asked, found)
	if held < asked/10 || held == asked || found == 0 {
		t.Errorf("%d of %d held, with %d incidents: nothing is shown", held, asked, found)
	}
}

// worldsOf returns how many worlds a test of small worlds takes: a share of TILSYN_WATCH_WORLDS, where that
// is not set a few at full size, and a fifth of them otherwise.
func worldsOf(t *testing.T, few, share int) int {
	t.Helper()
	s := os.Getenv("TILSYN_WATCH_WORLDS")
	switch {
	case s == "" && seeds.Full():
		return few
	case s == "":
		return (few + 4) / 5
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatalf("TILSYN_WATCH_WORLDS=%s is no number", s)
	}
	return max(n/share, 1)
}

func sameAutomatic(a, b Automatic) bool {
	return a.ID == b.ID && a.From == b.From && a.To == b.To && a.State == b.State && a.CentreID == b.CentreID
}

// newWeeks is a world of six weeks: few signs a day, some lost, some late.
func newWeeks(r *rand.Rand) *world {
	x := &world{start: duty.DateOf(2026, 2, 3).Clock(22, 0)}
	calm := r.IntN(2) == 0
	late := func(at duty.Instant) duty.Instant {
		if calm || r.IntN(60) > 0 {
			return at + duty.Instant(r.IntN(3))*duty.Hour
		}
		return at + duty.Instant(1+r.IntN(25*24))*duty.Hour
	}
	for _, device := range []string{"KH-carousel", "KH-stand", "SJ-carousel"}[:1+r.IntN(3)] {
		seq := int64(0)
		for step := 0; step < 42*4; step++ {
			at := x.start + duty.Instant(step)*6*duty.Hour + duty.Instant(r.IntN(30))*duty.Minute
			if r.IntN(40) == 0 {
				step += r.IntN(8)
				if r.IntN(8) == 0 {
					step += 4 * r.IntN(20)
				}
			}
			for range r.IntN(3) {
				seq++
				at += duty.Instant(1+r.IntN(40)) * duty.Minute
				if r.IntN(60) == 0 {
					continue
				}
				x.n++
				x.facts.Rows = append(x.facts.Rows, Row{
					ID: fmt.Sprint("R", x.n), Version: 1, DeviceID: device, CentreID: device[:2], Seq: duty.Some(seq),
					OccurredAt: at, ReceivedAt: at, Known: late(at),
				})
			}
			at += duty.Minute
			x.beat(device, duty.None[string](), duty.Opt[int64]{V: seq, OK: r.IntN(10) > 0}, at, late(at))
			if r.IntN(3) == 0 {
				x.beat(CardEventsFeed, duty.None[string](), duty.None[int64](), at, late(at))
			}
		}
	}
	for range r.IntN(3) {
		x.human(r)
		x.count(r)
		for _, at := range []*duty.Instant{
			&x.facts.Incidents[len(x.facts.Incidents)-1].At,
			&x.facts.Reconciliations[len(x.facts.Reconciliations)-1].At,
		} {
			*at = late(*at)
		}
	}
	for _, c := range []string{"KH", "SJ"} {
		for d := range duty.Date(44) {
			x.n++
			at := (x.start.Date() + d).Clock(8, 0)
			x.settled.Settlements = append(x.settled.Settlements, duty.Known[duty.Settlement]{At: at, Fact: duty.Settlement{
				ID: fmt.Sprint("S", x.n), Version: 1, ReceivedAt: at, CentreID: c,
				LocalDate: x.start.Date() + d - 1, LogType: duty.LogTypeOutageForms, Complete: true,
			}})
		}
	}
	return x
}

func (x *world) beat(source string, centre duty.Opt[string], seq duty.Opt[int64], at, known duty.Instant) {
	x.n++
	x.facts.Heartbeats = append(x.facts.Heartbeats, duty.Known[duty.Heartbeat]{At: known, Fact: duty.Heartbeat{
		ID: fmt.Sprint("H", x.n), Version: 1, SourceID: source, CentreID: centre, At: at, ReceivedAt: at, LastSeq: seq,
	}})
}
