package dutytest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/watch"
)

// watchFacts are what the watch reads of a case beside the facts of the person.
type watchFacts struct {
	// others are rows of other persons at the same devices.
	others []watch.Row
}

// watch prepares the watch of a case under a policy.
func (c *testCase) watch(p *duty.Policy) *watch.Watch {
	f := watch.Facts{Centres: duty.NewCentres(c.centres)}
	of := f.Centres.WatchFacts()
	f.Heartbeats, f.Reconciliations, f.Incidents = of.Heartbeats, of.Reconciliations, of.Incidents
	rows := slices.Clone(c.watched.others)
	for i := range c.facts.CardEvents {
		if k := &c.facts.CardEvents[i]; duty.RowMakesSense(&k.Fact) {
			rows = append(rows, watch.RowOf(k))
		}
	}
	for _, r := range rows {
		if slices.ContainsFunc(p.Centres, func(x duty.Centre) bool { return x.ID == r.CentreID }) {
			f.Rows = append(f.Rows, r)
		}
	}
	return watch.New(f, p)
}

// says is what the watch says to the core at a clock.
func (c *testCase) says(at duty.Instant) func(*duty.Policy) *duty.Watched {
	said := map[*duty.Policy]*duty.Watched{}
	return func(p *duty.Policy) *duty.Watched {
		if said[p] == nil {
			w := c.watch(p)
			r := w.Look(watch.View{At: at}, nil)
			all := r.Automatic(w.Params(at))
			said[p] = &duty.Watched{Incidents: all, Feeds: w.Feeds(), Supervised: w.Supervised(at)}
			said[p].Timely = func(due duty.Instant) *duty.Automatic {
				timely := w.Look(watch.View{At: at, Strict: true, Due: due}, nil)
				if timely.SameIncidents(&r) {
					return all
				}
				return timely.Automatic(w.Params(at))
			}
		}
		return said[p]
	}
}

// automatic is the same for the oracle: each view by itself.
func (c *testCase) automatic(p *duty.Policy, at duty.Instant, due duty.Opt[duty.Instant]) []duty.AutomaticIncident {
	w := c.watch(p)
	r := w.Look(watch.View{At: at, Strict: due.OK, Due: due.V}, nil)
	return r.Automatic(w.Params(at)).List()
}

// watchedGen is a random person-week whose centres send heartbeats, number their rows and
// lose some; heartbeats come every hour or two, so that there are few of them.
func watchedGen(seed uint64) *gen {
	g := newGen(seed)
	g.c.watched = &watchFacts{}
	every := duty.Instant(1+g.r.IntN(3)) * duty.Hour
	for i := range g.c.policies {
		p := *g.c.policies[i].Policy
		p.Steps = slices.Clone(p.Steps)
		for j := range p.Steps {
			p.Steps[j].Params.HeartbeatInterval, p.Steps[j].Params.HeartbeatMissed = every, 1+g.r.IntN(3)
		}
		g.c.policies[i].Policy = &p
	}
	for range g.r.IntN(3) {
		source := pick(g, "feed:permissions", "feed:notices", "feed:manual-entries", "feed:card-events", "feed:unheard")
		g.beats(source, pick(g, duty.None[string](), duty.Some("KH"), duty.Some("SJ")), every)
	}
	for range g.r.IntN(3) {
		g.beats(pick(g, "KH-carousel", "KH-barcode", "SJ-carousel", "KH-nobodys"), duty.None[string](), every)
	}
	if g.chance(60) {
		g.number()
	}
	if g.chance(40) {
		g.ahead()
	}
	if g.chance(20) {
		from := g.time(0, 6)
		f := duty.Reconciliation{
			ID: g.id("c"), Version: 1, DeviceID: "KH-carousel", From: from, To: from + 6*duty.Hour, Rows: int64(g.r.IntN(3)),
		}
		f.ReceivedAt = f.To + pick(g, duty.Hour, 20*duty.Day)
		put(g, &g.c.centres.Reconciliations, f, f.ReceivedAt, nil)
	}
	return g
}

// beats lets a source send heartbeats, some of them late, lost, taken back, or from a
// clock that is off.
func (g *gen) beats(source string, centre duty.Opt[string], every duty.Instant) {
	from := localTime(g.d0-1, 12*60) + duty.Instant(g.r.IntN(48))*duty.Hour
	to := localTime(g.d0+9, 9*60)
	seq, numbered := int64(g.r.IntN(5)), g.chance(40)
	stopped, lateFrom := duty.Forever, duty.Forever
	morning := func() duty.Instant {
		return localTime(g.d0+duty.Date(1+g.r.IntN(7)), 6*60) + duty.Instant(g.r.IntN(12))*duty.Hour
	}
	if g.chance(35) {
		stopped = morning()
	}
	if g.chance(25) {
		lateFrom = morning()
	}
	share := pick(g, 60, 100)
	for t := from; t < to && t < stopped; t += every + duty.Instant(g.r.IntN(3))*duty.Minute {
		if g.chance(4) {
			t += duty.Instant(g.r.IntN(20)) * duty.Hour // silent
		}
		f := duty.Heartbeat{ID: g.id("b"), Version: 1, SourceID: source, CentreID: centre, At: t}
		if numbered {
			seq += int64(g.r.IntN(2))
			f.LastSeq = duty.Some(seq)
		}
		at := t + duty.Instant(g.r.IntN(20))*duty.Second
		switch {
		case t >= lateFrom && g.chance(share):
			at = t + pick(g, 5*duty.Hour, 15*duty.Day, 20*duty.Day)
		case g.chance(1):
			f.At += pick(g, 10*duty.Minute, 10*duty.Hour, 30*duty.Hour, 20000*duty.Day)
		}
		f.ReceivedAt = at
		put(g, &g.c.centres.Heartbeats, f, at, func(f *duty.Heartbeat, v int64, gone bool) {
			f.Version, f.Retracted = v, gone
		})
	}
}

// ahead lets clocks of devices run ahead of the receipt of some rows.
func (g *gen) ahead() {
	for i := range g.c.facts.CardEvents {
		if k := &g.c.facts.CardEvents[i]; g.chance(25) {
			k.At = k.Fact.OccurredAt - pick(g, 30*duty.Second, 40*duty.Second, 4*duty.Minute, 10*duty.Minute,
				20*duty.Hour, 25*duty.Hour)
			k.Fact.ReceivedAt = k.At
		}
	}
}

// number numbers the rows of every device; a number may be lost, or be that of somebody
// else's row, which may come late.
func (g *gen) number() {
	rows := g.c.facts.CardEvents
	order := make([]int, len(rows))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(rows[a].Fact.OccurredAt - rows[b].Fact.OccurredAt) })
	next := map[string]int64{}
	given := map[string]int64{}
	for _, i := range order {
		f := &rows[i].Fact
		if n, ok := given[f.ID]; ok {
			f.SourceSeq = duty.Some(n)
			continue
		}
		next[f.DeviceID]++
		if g.chance(12) { // a row between, lost or of somebody else
			if g.chance(60) {
				at := f.OccurredAt - duty.Minute
				known := at + pick(g, duty.Second, 5*duty.Day, 20*duty.Day)
				g.c.watched.others = append(g.c.watched.others, watch.Row{
					ID: g.id("o"), Version: 1, DeviceID: f.DeviceID, CentreID: f.CentreID, Epoch: 0,
					Seq: duty.Some(next[f.DeviceID]), OccurredAt: at, ReceivedAt: known, Known: known,
				})
			}
			next[f.DeviceID]++
		}
		if g.chance(2) {
			next[f.DeviceID] = 1 // it begins again
		}
		given[f.ID] = next[f.DeviceID]
		f.SourceSeq = duty.Some(next[f.DeviceID])
	}
}

// TestWatchedWeeks compares the core with the oracle on random person-weeks with a watch:
// automatic incidents of all facts and of the timely ones, feeds that stop, come late or
// are taken back, supervision.
func TestWatchedWeeks(t *testing.T) {
	n, seed := max(50, (personWeeks(t, 400)+3)/4), startSeed(t) // one takes as long as twenty of TestPersonWeeks
	failures := 0
	seen := map[string]int{}
	for i := 0; i < n && failures < 5; i++ {
		g := watchedGen(seed + uint64(i))
		for _, at := range g.clocks() {
			diff := differences(g.c, at)
			for _, line := range coreView(g.c, at) {
				for _, word := range []string{"PROVISIONAL", "INDICATED", "TAINTED", "LATE_DATA", "RECONSTRUCTED", "UNSETTLED"} {
					if strings.Contains(line, word) {
						seen[word]++
					}
				}
			}
			if len(diff) == 0 {
				continue
			}
			failures++
			small := minimise(g.c, at, diff[0])
			t.Errorf("seed %d: %d differences at %s, minimised:\n%s\n%s\n%s", seed+uint64(i), len(diff), clockText(at),
				strings.Join(differences(small, at), "\n"), small.describe(), small.watched.describe())
			break
		}
	}
	for _, word := range []string{"PROVISIONAL", "INDICATED", "TAINTED", "LATE_DATA", "RECONSTRUCTED", "UNSETTLED"} {
		seeds.Expect(t, seen[word] > 0, "no week has %s", word)
	}
	t.Log(seen)
}

func (f *watchFacts) describe() string {
	var b strings.Builder
	for _, r := range f.others {
		fmt.Fprintf(&b, "# row of somebody else: %s %d at %s known %s\n", r.DeviceID, r.Seq.V, r.OccurredAt, r.Known)
	}
	return b.String()
}
