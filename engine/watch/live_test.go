package watch

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
)

// TestLiveLooks: a log that is filled bit by bit, in any order, with looks in between, reports what New
// does of the facts that it has by then.
func TestLiveLooks(t *testing.T) {
	const seed = 20210308
	policies := livePolicies()
	seen := map[string]int{}
	worlds := []int{30_507} // a row without a number that came twice, known at different times
	for i := range worldsOf(t, 600, 1) {
		worlds = append(worlds, i)
	}
	for _, i := range worlds {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		var x *world
		if r.IntN(40) == 0 {
			x = newWeeks(r)
		} else {
			x = newWorld(r)
			if r.IntN(2) == 0 {
				// About midnight in UTC, where one block ends and the next begins.
				x.move(2*duty.Hour + duty.Instant(r.IntN(60))*duty.Minute)
			}
		}
		if r.IntN(2) == 0 {
			x.correct(r)
		}
		if msg := liveAgrees(r, x, policies, seen); msg != "" {
			t.Fatalf("world %d: %s", i, msg)
		}
	}
	for _, what := range []string{
		"silence ACTIVE", "silence DISSOLVED", "silence REPLACED", "gap ACTIVE", "gap REPLACED", "reset ACTIVE",
		"epoch ACTIVE", "clock ACTIVE", "clock REPLACED", "count ACTIVE",
	} {
		if seen[what] == 0 {
			t.Errorf("no world has %s", what)
		}
	}
}

// livePolicies are the built-in policy and two others that judge the worlds otherwise.
func livePolicies() []*duty.Policy {
	slow, far := *policy.Builtin(), *policy.Builtin()
	slow.Steps, far.Steps = slices.Clone(slow.Steps), slices.Clone(far.Steps)
	for i := range slow.Steps {
		slow.Steps[i].Params.HeartbeatInterval = 6 * duty.Hour
	}
	far.Devices = slices.Clone(far.Devices)
	for i := range far.Devices {
		if d := &far.Devices[i]; d.ID == "KH-carousel" {
			moved := *d
			d.To = duty.DateOf(2026, 2, 4).Start()
			moved.From, moved.CentreID = d.To, "SJ"
			far.Devices = append(far.Devices, moved)
			break
		}
	}
	for i := range far.Steps {
		far.Steps[i].Params.LateAccusation = 3 * duty.Hour
	}
	last := far.Steps[len(far.Steps)-1]
	last.From, last.Params.HeartbeatMissed = duty.DateOf(2026, 2, 5), 1
	far.Steps = append(far.Steps, last)
	return []*duty.Policy{policy.Builtin(), &slow, &far}
}

// liveAgrees feeds the facts of a world to a log and says where a look differs.
func liveAgrees(r *rand.Rand, x *world, policies []*duty.Policy, seen map[string]int) string {
	all := x.shuffled(r)
	centres := []*duty.Centres{duty.NewCentres(duty.CentreFacts{}), duty.NewCentres(x.settled)}
	l := NewLog()
	if r.IntN(3) == 0 {
		l.patient = 1 + r.IntN(20)
	}
	var lives []*Live
	for _, p := range policies {
		lives = append(lives, l.Under(p))
	}
	at := x.start + duty.Instant(r.IntN(60))*duty.Minute
	var now Facts
	for done := false; !done; {
		done = l.feed(r, &all, &now)
		for range 1 + r.IntN(2) {
			switch r.IntN(12) {
			case 0:
				at -= duty.Instant(r.IntN(60)) * duty.Minute
			case 1:
				at += duty.Instant(r.IntN(20)) * duty.Day
			case 2:
				at++
			case 3:
				at = x.start + duty.Instant(r.IntN(300))*duty.Minute
			default:
				at += duty.Instant(r.IntN(20*60)) * duty.Second
			}
			pairs := x.pairs(r, at)
			if r.IntN(2) == 0 {
				pairs = nil
			}
			now.Centres = centres[min(r.IntN(4), 1)]
			for i, live := range lives {
				if msg := sameLook(live, now, policies[i], at, pairs, seen); msg != "" {
					return fmt.Sprintf("policy %d at %s: %s\n%s", i, at, msg, (&world{facts: now}).String())
				}
			}
		}
	}
	return ""
}

// feed adds some of the facts to a log, and moves them to those that it has.
func (l *Log) feed(r *rand.Rand, from, to *Facts) (done bool) {
	n := 1 + r.IntN(8)
	if r.IntN(6) == 0 {
		n = 500
	}
	for range n {
		switch {
		case len(from.Rows) > 0 && r.IntN(2) == 0:
			l.AddRow(from.Rows[0])
			to.Rows, from.Rows = append(to.Rows, from.Rows[0]), from.Rows[1:]
		case len(from.Heartbeats) > 0:
			l.AddBeat(&from.Heartbeats[0])
			to.Heartbeats, from.Heartbeats = append(to.Heartbeats, from.Heartbeats[0]), from.Heartbeats[1:]
		case len(from.Incidents) > 0:
			l.AddIncident(&from.Incidents[0])
			to.Incidents, from.Incidents = append(to.Incidents, from.Incidents[0]), from.Incidents[1:]
		case len(from.Reconciliations) > 0:
			l.AddCount(&from.Reconciliations[0])
			to.Reconciliations = append(to.Reconciliations, from.Reconciliations[0])
			from.Reconciliations = from.Reconciliations[1:]
		}
	}
	return len(from.Rows)+len(from.Heartbeats)+len(from.Incidents)+len(from.Reconciliations) == 0
}

func sameLook(live *Live, f Facts, p *duty.Policy, at duty.Instant, pairs []SeenPair, seen map[string]int) string {
	f.Rows = slices.DeleteFunc(slices.Clone(f.Rows), func(r Row) bool {
		return !slices.ContainsFunc(p.Centres, func(c duty.Centre) bool { return c.ID == r.CentreID })
	})
	w := New(f, p)
	got, want := live.Look(at, pairs, f.Centres), w.Look(View{At: at}, Seen(pairs, View{At: at}))
	if !reflect.DeepEqual(got.Incidents, want.Incidents) {
		return "incidents\n" + unlike(got.Incidents, want.Incidents)
	}
	if !reflect.DeepEqual(got.DataQuality, want.DataQuality) {
		return "data quality\n" + unlike(got.DataQuality, want.DataQuality)
	}
	if !reflect.DeepEqual(got.Coverage, want.Coverage) {
		return "coverage\n" + unlike(got.Coverage, want.Coverage)
	}
	if got, want := live.Supervised(at), w.Supervised(at); !reflect.DeepEqual(got, want) {
		return "supervised\n" + unlike(got, want)
	}
	for i := range got.Incidents {
		seen[got.Incidents[i].Cause.String()+" "+got.Incidents[i].State.String()]++
	}
	return ""
}

// unlike lists what only one of two lists has, or all where only their order differs.
func unlike[T any](got, want []T) string {
	var b strings.Builder
	only := func(sign string, list, other []T) {
		for i := range list {
			if !slices.ContainsFunc(other, func(v T) bool { return reflect.DeepEqual(v, list[i]) }) {
				fmt.Fprintf(&b, "  %s %v\n", sign, list[i])
			}
		}
	}
	only("got", got, want)
	only("want", want, got)
	if b.Len() == 0 {
		return fmt.Sprintf("  in the order %v\n  not %v\n", got, want)
	}
	return b.String()
}
