package watch

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/stream/seeds"
)

// TestAgainstTheDumbEvaluator compares the watch with the second evaluator on
// small random worlds, at several views each, and with itself on the same facts
// in another order and twice over. TILSYN_WATCH_WORLDS says how many worlds,
// TILSYN_SEED which; a failure names the seed of its world.
func TestAgainstTheDumbEvaluator(t *testing.T) {
	worlds, seed := worldsOf(t, 3000, 1), uint64(20200609)
	switch s := os.Getenv("TILSYN_SEED"); s {
	case "":
	case "random":
		seed = uint64(time.Now().UnixNano())
	default:
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatalf("TILSYN_SEED=%s is neither a number nor random", s)
		}
		seed = n
	}
	p := policy.Builtin()
	seen := map[string]int{}
	for i := range worlds {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		x := newWorld(r)
		x.facts.Centres = duty.NewCentres(x.settled)
		w := New(x.facts, p)
		again := New(x.shuffled(r), p)
		for range 3 {
			v := x.view(r)
			got, want := incidentsOf(w, v),
				(&dumb{f: x.facts, p: p, v: v, limit: 3 * duty.Minute, late: 14 * duty.Day, forms: x.formsAt(v.At)}).run()
			if !slices.Equal(got, want) {
				t.Fatalf("TILSYN_SEED=%d, world %d, view %+v: incidents\n%s\nand the dumb evaluator says\n%s\n%s",
					seed, i, v, strings.Join(got, "\n"), strings.Join(want, "\n"), x)
			}
			if other := incidentsOf(again, v); !slices.Equal(other, got) {
				t.Fatalf("TILSYN_SEED=%d, world %d, view %+v: in another order\n%s\nnot\n%s", seed, i,
					v, strings.Join(other, "\n"), strings.Join(got, "\n"))
			}
			for _, line := range got {
				words := strings.Fields(line)
				seen[strings.Split(line, ":")[1]+" "+words[len(words)-1]]++
			}
		}
	}
	for _, what := range []string{
		"silence ACTIVE", "silence DISSOLVED", "silence REPLACED", "gap ACTIVE", "gap REPLACED", "reset ACTIVE",
		"epoch ACTIVE", "clock ACTIVE", "clock REPLACED", "count ACTIVE",
	} {
		seeds.Expect(t, seen[what] > 0, "no world has %s", what)
	}
}

func incidentsOf(w *Watch, v View) []string {
	r := w.Look(v, nil)
	out := []string{}
	for i := range r.Incidents {
		out = append(out, describe(&r.Incidents[i]))
	}
	slices.Sort(out)
	return out
}

// world is a few sources over a few hours of one evening.
type world struct {
	facts   Facts
	settled duty.CentreFacts
	start   duty.Instant
	n       int
}

func newWorld(r *rand.Rand) *world {
	x := &world{start: duty.DateOf(2026, 2, 3).Clock(22, 0)}
	for range 1 + r.IntN(2) {
		device := []string{"KH-carousel", "KH-stand", "SJ-carousel", "KH-room", "KH-unheard"}[r.IntN(5)]
		x.source(r, device)
	}
	if r.IntN(3) == 0 {
		x.feed(r)
	}
	for range r.IntN(3) {
		x.human(r)
	}
	for range r.IntN(2) {
		x.count(r)
	}
	for _, c := range []string{"KH", "SJ"} {
		for d := range duty.Date(3) {
			if r.IntN(3) > 0 {
				x.n++
				at := (x.start.Date() + d).Start() + duty.Instant(r.IntN(20))*duty.Hour
				x.settled.Settlements = append(x.settled.Settlements, duty.Known[duty.Settlement]{At: at, Fact: duty.Settlement{
					ID: fmt.Sprint("S", x.n), Version: 1, ReceivedAt: at, CentreID: c,
					LocalDate: x.start.Date() + d - 1, LogType: duty.LogTypeOutageForms, Complete: true,
				}})
			}
		}
	}
	return x
}

// source lets a device count on, miss, fall, change its epoch and its clock.
func (x *world) source(r *rand.Rand, device string) {
	seq, epoch := int64(r.IntN(3)), int64(0)
	at := x.start + duty.Instant(r.IntN(600))*duty.Second
	numbered, offset := r.IntN(4) > 0, duty.Instant(0)
	for range 3 + r.IntN(12) {
		at += []duty.Instant{10 * duty.Second, 30 * duty.Second, 31 * duty.Second, duty.Minute, duty.Minute,
			3 * duty.Minute, 3*duty.Minute + 1, 12 * duty.Minute}[r.IntN(8)]
		switch r.IntN(24) {
		case 0:
			epoch = int64(r.IntN(3))
		case 1:
			seq = int64(r.IntN(4)) - 1
		case 2:
			offset = []duty.Instant{0, 20 * duty.Second, 6 * duty.Minute, -7 * duty.Minute, 25 * duty.Hour}[r.IntN(5)]
		case 3:
			numbered = !numbered
		}
		lost := r.IntN(5) == 0
		received := at + []duty.Instant{0, 0, 0, 2 * duty.Second, 4 * duty.Hour, 20 * duty.Day}[r.IntN(6)]
		known := received + []duty.Instant{0, duty.Second, duty.Minute}[r.IntN(3)]
		number := duty.Opt[int64]{V: seq, OK: numbered}
		x.n++
		// Now and then it is a second version of the record before.
		id, version := x.n, int64(1)
		if r.IntN(15) == 0 {
			id, version = x.n-1, 2
		}
		if r.IntN(2) == 0 {
			if numbered {
				seq++
				number.V = seq
			}
			if lost {
				continue
			}
			x.facts.Rows = append(x.facts.Rows, Row{
				ID: fmt.Sprint("R", id), Version: version, DeviceID: device,
				CentreID: []string{"KH", "SJ"}[r.IntN(9)/8], Epoch: epoch, Seq: number,
				OccurredAt: at + offset, ReceivedAt: received, Known: known,
			})
			continue
		}
		if lost {
			continue
		}
		x.facts.Heartbeats = append(x.facts.Heartbeats, duty.Known[duty.Heartbeat]{At: known, Fact: duty.Heartbeat{
			ID: fmt.Sprint("H", id), Version: version, Retracted: r.IntN(30) == 0, SourceID: device,
			At: at + offset, ReceivedAt: received, SourceEpoch: epoch, LastSeq: number,
		}})
	}
}

func (x *world) feed(r *rand.Rand) {
	at := x.start
	centre := duty.Opt[string]{V: "KH", OK: r.IntN(2) == 0}
	id := []string{"feed:card-events", "feed:permissions", "feed:unheard"}[r.IntN(6)/2]
	for range 3 + r.IntN(8) {
		at += []duty.Instant{duty.Minute, duty.Minute, 10 * duty.Minute}[r.IntN(3)]
		x.n++
		x.facts.Heartbeats = append(x.facts.Heartbeats, duty.Known[duty.Heartbeat]{At: at, Fact: duty.Heartbeat{
			ID: fmt.Sprint("F", x.n), Version: 1, SourceID: id, CentreID: centre, At: at, ReceivedAt: at,
		}})
	}
}

func (x *world) human(r *rand.Rand) {
	x.n++
	from := x.start - duty.Hour + duty.Instant(r.IntN(60))*duty.Minute
	h := duty.Incident{
		ID: fmt.Sprint("I", x.n), IncidentID: "I", Version: int64(x.n), CentreID: "KH", From: from, DeviceIDs: []string{},
		To:          duty.Opt[duty.Instant]{V: from + duty.Instant(1+r.IntN(6))*duty.Hour, OK: r.IntN(4) > 0},
		Kind:        []duty.IncidentKind{duty.IncidentKindDevice, duty.IncidentKindSuspectedLoss}[r.IntN(2)],
		FormsStatus: duty.FormsStatusComplete,
		State:       duty.IncidentStateActive, Origin: duty.OriginHuman,
	}
	if r.IntN(5) == 0 {
		h.FormsStatus = duty.FormsStatusPending
	}
	if r.IntN(4) == 0 {
		h.DeviceIDs = []string{"KH-carousel"}
	}
	x.facts.Incidents = append(x.facts.Incidents,
		duty.Known[duty.Incident]{Fact: h, At: x.start + duty.Instant(r.IntN(12))*duty.Hour})
}

func (x *world) count(r *rand.Rand) {
	x.n++
	x.facts.Reconciliations = append(x.facts.Reconciliations, duty.Known[duty.Reconciliation]{
		At: x.start + duty.Instant(r.IntN(6))*duty.Hour,
		Fact: duty.Reconciliation{
			ID: fmt.Sprint("C", x.n), Version: 1, DeviceID: "KH-carousel", From: x.start,
			To: x.start + duty.Instant(1+r.IntN(2))*duty.Hour, Rows: int64(r.IntN(6)),
		},
	})
}

// view draws a clock, in the evening or weeks later, and sometimes a unit that
// fell due the next morning.
func (x *world) view(r *rand.Rand) View {
	v := View{At: x.start + duty.Instant(r.IntN(240))*duty.Minute}
	if r.IntN(2) == 0 {
		v.At = x.start + 30*duty.Day
	}
	if r.IntN(3) == 0 {
		v.Strict, v.Due = true, (x.start.Date()+1).Clock(6, 0)
	}
	return v
}

// formsAt says for which centres and dates the papers are in.
func (x *world) formsAt(at duty.Instant) map[string]bool {
	out := map[string]bool{}
	for _, k := range x.settled.Settlements {
		if k.At <= at {
			out[k.Fact.CentreID+" "+k.Fact.LocalDate.String()] = true
		}
	}
	return out
}

// shuffled are the same facts in another order, some of them twice.
func (x *world) shuffled(r *rand.Rand) Facts {
	f := x.facts
	f.Rows = mixed(r, f.Rows)
	f.Heartbeats = mixed(r, f.Heartbeats)
	f.Incidents = mixed(r, f.Incidents)
	f.Reconciliations = mixed(r, f.Reconciliations)
	return f
}

func mixed[T any](r *rand.Rand, list []T) []T {
	out := slices.Clone(list)
	for _, v := range list {
		if r.IntN(3) == 0 {
			out = append(out, v)
		}
	}
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// String lists the facts of a world that failed.
func (x *world) String() string {
	var b strings.Builder
	for _, r := range x.facts.Rows {
		fmt.Fprintf(&b, "row %s v%d %s %s epoch %d seq %v at %s received %s known %s\n", r.ID, r.Version,
			r.DeviceID, r.CentreID, r.Epoch, r.Seq, r.OccurredAt, r.ReceivedAt, r.Known)
	}
	for _, k := range x.facts.Heartbeats {
		h := k.Fact
		fmt.Fprintf(&b, "heartbeat %s v%d %v %s %v epoch %d seq %v at %s received %s known %s\n", h.ID,
			h.Version, h.Retracted, h.SourceID, h.CentreID, h.SourceEpoch, h.LastSeq, h.At, h.ReceivedAt, k.At)
	}
	for _, k := range x.facts.Incidents {
		fmt.Fprintf(&b, "incident %+v known %s\n", k.Fact, k.At)
	}
	for _, k := range x.facts.Reconciliations {
		fmt.Fprintf(&b, "count %+v known %s\n", k.Fact, k.At)
	}
	return b.String()
}
