package replay

import (
	"context"
	"slices"
	"sync"

	"tilsyn/engine/duty"
	"tilsyn/engine/watch"
)

// watching is what the watch says at every as-of.
type watching struct {
	// centres are the facts of the centres with it.
	centres []*duty.Centres
	// reports are those under the last policy of each as-of; nil without a watch.
	reports []watch.Report
	last    []*duty.Policy
}

// pairsAt are the inconsistent pairs of all persons at one as-of under one policy.
type pairsAt map[*duty.Policy][]personPair

// personPair is a pair with the person that made it.
type personPair struct {
	person string
	pair   duty.Pair
}

// seen returns the pairs that the facts of a view show.
func seen(list []personPair, v watch.View) []watch.Pair {
	var out []watch.Pair
	for i := range list {
		x := &list[i]
		if x.pair.Strict == v.Strict && (!v.Strict || x.pair.Due.From <= v.Due && v.Due < x.pair.Due.To) {
			out = append(out, watch.Pair{Person: x.person, Centre: x.pair.CentreID, From: x.pair.From, To: x.pair.To})
		}
	}
	return out
}

// watchAll looks at every as-of. The pairs of all persons are found first, since three of them make a
// burst for everybody.
func (r *run) watchAll(ctx context.Context) error {
	r.watching.last = make([]*duty.Policy, len(r.asOf))
	for i, at := range r.asOf {
		policies := r.policiesAt(at)
		r.watching.last[i] = policies[len(policies)-1].Policy
	}
	if r.opts.WithoutWatch {
		for range r.asOf {
			r.watching.centres = append(r.watching.centres, r.centreFacts)
		}
		return r.centreQuality()
	}
	pairs := make([]pairsAt, len(r.asOf))
	for i := range pairs {
		pairs[i] = pairsAt{}
	}
	err := r.eachInOrder(ctx, r.pairs, func(c *dossier, v *verdict) error {
		for _, p := range v.pairs {
			pairs[p.asOf][p.policy] = append(pairs[p.asOf][p.policy], personPair{c.person, p.pair})
		}
		return v.err
	})
	if err != nil {
		return err
	}
	watches := map[*duty.Policy]*watch.Watch{}
	feeds := map[*duty.Policy][]duty.Feed{}
	for i, at := range r.asOf {
		says := map[*duty.Policy]*duty.Watched{}
		for _, active := range r.policiesAt(at) {
			p := active.Policy
			w := watches[p]
			if w == nil {
				w = r.newWatch(p)
				watches[p], feeds[p] = w, w.Feeds()
			}
			report := w.Look(watch.View{At: at}, seen(pairs[i][p], watch.View{At: at}))
			t := newTimely(w, at, pairs[i][p], &report)
			says[p] = &duty.Watched{
				Incidents: t.ordinary, Timely: t.incidents, Feeds: feeds[p], Supervised: w.Supervised(at),
			}
			if p == r.watching.last[i] {
				r.watching.reports = append(r.watching.reports, report)
			}
		}
		with := r.centreFacts.WithWatch(func(p *duty.Policy) *duty.Watched { return says[p] })
		r.watching.centres = append(r.watching.centres, with)
	}
	r.rows = nil
	return r.centreQuality()
}

func (r *run) newWatch(p *duty.Policy) *watch.Watch {
	f := r.centreFacts.WatchFacts()
	return watch.New(watch.Facts{
		Heartbeats: f.Heartbeats, Reconciliations: f.Reconciliations, Incidents: f.Incidents,
		Rows: r.rows.at(p), Centres: r.centreFacts,
	}, p)
}

// pairs finds the inconsistent pairs of one person.
func (r *run) pairs(c *dossier) verdict {
	facts, _, err := c.open(r.topics)
	if err != nil {
		return verdict{err: err}
	}
	var v verdict
	for i, at := range r.asOf {
		r.addCrowds(facts, i)
		in := duty.Input{PersonID: c.person, Person: facts, Centres: r.centreFacts, Policies: r.policiesAt(at)}
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

// timely answers which automatic incidents stand without late facts at one as-of under one policy,
// when somebody asks; each answer is worked out once. It may be asked by several persons at a time.
type timely struct {
	watch *watch.Watch
	at    duty.Instant
	pairs []personPair
	// ordinary are the incidents with all facts, whole those without late rows and with all others;
	// late says for which units whole will do.
	ordinary *duty.Automatic
	whole    *duty.Automatic
	late     *watch.Late
	rowsOnly watch.Report
	burst    []watch.Pair

	mu      sync.Mutex
	of      map[duty.Instant]*duty.Automatic
	reports []watch.Report
	found   []*duty.Automatic
}

// newTimely looks at what is left without late rows: for most units that is the answer.
func newTimely(w *watch.Watch, at duty.Instant, pairs []personPair, all *watch.Report) *timely {
	t := &timely{watch: w, at: at, pairs: pairs, late: w.Late(at), of: map[duty.Instant]*duty.Automatic{}}
	t.ordinary = all.Automatic(w.Params(at))
	t.reports, t.found = append(t.reports, *all), append(t.found, t.ordinary)
	v := watch.View{At: at, Strict: true, Due: at}
	t.burst = seen(pairs, v)
	t.rowsOnly = w.Look(v, t.burst)
	t.whole = t.same(&t.rowsOnly)
	return t
}

// incidents returns those that stand for a unit that fell due at an instant.
func (t *timely) incidents(due duty.Instant) *duty.Automatic {
	t.mu.Lock()
	defer t.mu.Unlock()
	if a, ok := t.of[due]; ok {
		return a
	}
	v := watch.View{At: t.at, Strict: true, Due: due}
	pairs := seen(t.pairs, v)
	a := t.whole
	if !t.late.Holds(&t.rowsOnly, due) || !slices.Equal(pairs, t.burst) {
		report := t.watch.Look(v, pairs)
		a = t.same(&report)
	}
	t.of[due] = a
	return a
}

// same returns the incidents of a report; those of an earlier one, if they are the same.
func (t *timely) same(report *watch.Report) *duty.Automatic {
	if i := slices.IndexFunc(t.reports, func(o watch.Report) bool { return report.SameIncidents(&o) }); i >= 0 {
		return t.found[i]
	}
	a := report.Automatic(t.watch.Params(t.at))
	t.reports, t.found = append(t.reports, *report), append(t.found, a)
	return a
}
