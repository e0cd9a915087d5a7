package replay

import (
	"context"
	"sync"

	"tilsyn/engine/duty"
	"tilsyn/engine/watch"
)

// watching is what the watch says at every as-of.
type watching struct {
	// centres are the facts of the centres with it.
	centres []*duty.Centres
	// reports are those under the last policy of each as-of.
	reports []watch.Report
	last    []*duty.Policy
}

// pairsAt are the inconsistent pairs of all persons at one as-of under one policy.
type pairsAt map[*duty.Policy][]watch.SeenPair

// watchAll looks at every as-of. The pairs of all persons are found first, since three of them make a
// burst for everybody.
func (r *run) watchAll(ctx context.Context) error {
	if r.opts.Unwatched {
		return r.watchNothing()
	}
	r.watching.last = make([]*duty.Policy, len(r.asOf))
	for i, at := range r.asOf {
		policies := r.policiesAt(at)
		r.watching.last[i] = policies[len(policies)-1].Policy
	}
	pairs := make([]pairsAt, len(r.asOf))
	for i := range pairs {
		pairs[i] = pairsAt{}
	}
	err := r.eachInOrder(ctx, r.pairs, func(c *dossier, v *verdict) error {
		for _, p := range v.pairs {
			pairs[p.asOf][p.policy] = append(pairs[p.asOf][p.policy], watch.SeenPair{Person: c.person, Pair: p.pair})
		}
		r.named = append(r.named, v.named)
		return v.err
	})
	if err != nil {
		return err
	}
	watches := map[*duty.Policy]*watch.Watch{}
	feeds := map[*duty.Policy][]duty.Feed{}
	for i, at := range r.asOf {
		says := map[*duty.Policy]*duty.Watched{}
		for _, active := range r.judgedBy(at) {
			p := active.Policy
			w := watches[p]
			if w == nil {
				w = r.newWatch(p)
				watches[p], feeds[p] = w, w.Feeds()
			}
			report, watched := look(w, at, pairs[i][p], feeds[p])
			says[p] = watched
			if p == r.watching.last[i] {
				r.watching.reports = append(r.watching.reports, report)
			}
		}
		with := r.centreFacts.WithWatch(func(p *duty.Policy) *duty.Watched { return says[p] })
		r.watching.centres = append(r.watching.centres, with)
	}
	if r.inspect != nil {
		r.inspect.pairs = pairs[len(pairs)-1]
		return nil
	}
	r.countRows()
	r.rows = nil
	return r.centreQuality()
}

// countRows tells the tallies on which dates rows have arrived.
func (r *run) countRows() {
	for i, at := range r.asOf {
		r.rows.each(func(x *watch.Row) {
			if x.Known <= at {
				r.tallies[i].Arrived(x.CentreID, x.OccurredAt, x.Known)
			}
		})
	}
}

// watchNothing makes the watch say nothing at any as-of.
func (r *run) watchNothing() error {
	blind := r.centreFacts.WithWatch(func(*duty.Policy) *duty.Watched { return &duty.Watched{} })
	for _, at := range r.asOf {
		policies := r.policiesAt(at)
		r.watching.last = append(r.watching.last, policies[len(policies)-1].Policy)
		r.watching.reports = append(r.watching.reports, watch.Report{})
		r.watching.centres = append(r.watching.centres, blind)
	}
	r.countRows()
	r.rows = nil
	return r.centreQuality()
}

// look asks the watch at a clock under one policy.
func look(w *watch.Watch, at duty.Instant, pairs []watch.SeenPair,
	feeds []duty.Feed) (watch.Report, *duty.Watched) {
	report := w.Look(watch.View{At: at}, watch.Seen(pairs, watch.View{At: at}))
	t := &timely{of: watch.NewTimely(w, at, pairs, &report)}
	return report, &duty.Watched{
		Incidents: t.of.Ordinary(), Timely: t.incidents, Feeds: feeds, Supervised: w.Supervised(at),
	}
}

func (r *run) newWatch(p *duty.Policy) *watch.Watch { return watchOf(r.centreFacts, r.rows.at(p), p) }

// watchOf returns the watch over facts of centres and rows.
func watchOf(c *duty.Centres, rows []watch.Row, p *duty.Policy) *watch.Watch {
	f := c.WatchFacts()
	return watch.New(watch.Facts{
		Heartbeats: f.Heartbeats, Reconciliations: f.Reconciliations, Incidents: f.Incidents,
		Rows: rows, Centres: c,
	}, p)
}

// pairs finds the inconsistent pairs of one person. Of the facts only those are unpacked that show any.
func (r *run) pairs(c *dossier) verdict {
	named, err := r.centresOf(c)
	if err != nil {
		return verdict{err: err}
	}
	if !c.several(r.topics.rows) {
		return verdict{named: named} // a pair is of two rows
	}
	facts, _, done, err := r.opened(c, r.topics.ofPairs)
	defer done()
	if err != nil {
		return verdict{err: err}
	}
	v := verdict{named: named}
	for i, at := range r.asOf {
		r.addCrowds(facts, i)
		in := duty.Input{PersonID: c.person, Person: facts, Centres: r.centreFacts, Policies: r.judgedBy(at)}
		for _, active := range in.Policies {
			for _, p := range duty.Pairs(in, active.Policy, at) {
				v.pairs = append(v.pairs, foundPair{i, active.Policy, p})
			}
		}
	}
	return v
}

// foundPair is a pair of one person with where it was seen.
type foundPair struct {
	asOf   int
	policy *duty.Policy
	pair   duty.Pair
}

// timely is watch.Timely for several persons at a time.
type timely struct {
	mu sync.Mutex
	of *watch.Timely
}

func (t *timely) incidents(due duty.Instant) *duty.Automatic {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.of.Incidents(due)
}
