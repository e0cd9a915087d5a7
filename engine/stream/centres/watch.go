package centres

import (
	"slices"
	"strings"
	"sync"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/watching"
	"tilsyn/engine/watch"
)

// watched is what the reader keeps for the watch, and of what the watch has said.
type watched struct {
	// facts are all facts that the watch reads. The lists only grow, and pictures share them.
	facts watching.CentreFacts
	// said is what was read of the topic coverage.
	said *watching.Coverage
	// feeds are the feeds that have sent heartbeats, and what each had promised at any time.
	feeds []steps
	// corrected are the ids of heartbeats of which a later version came, amended those of them about
	// which something came since the last picture.
	corrected, amended map[string]bool
	// anew counts how often the steps of feeds were made anew.
	anew int
	// joins is true where verdicts see the watch; a test's own law does not.
	joins bool
	// content is what the watch said in the last picture. fresh is true if a feed has promised more
	// since.
	content *watching.Content
	fresh   bool
}

// steps is how far a feed had told everything, from each instant on.
type steps struct {
	source, centre string
	list           []duty.FeedStep
	// whole is false if a heartbeat came out of order or was corrected: then the steps are made anew.
	whole bool
}

func newWatched() watched {
	return watched{said: watching.NewCoverage(), corrected: map[string]bool{}, amended: map[string]bool{}}
}

// add keeps a fact that the watch reads.
func (w *watched) add(f *stored.Fact) {
	if f.Record == nil || !duty.WatchReads(f.Record) {
		return
	}
	switch v := f.Record.(type) {
	case *duty.Heartbeat:
		k := stored.Known(f, v)
		w.facts.Beats = append(w.facts.Beats, k)
		if v.Version > 1 || v.Retracted || w.corrected[v.ID] {
			w.corrected[v.ID], w.amended[v.ID] = true, true
		}
		w.addStep(&k)
	case *duty.Reconciliation:
		w.facts.Counts = append(w.facts.Counts, stored.Known(f, v))
	case *duty.Incident:
		w.facts.Incidents = append(w.facts.Incidents, stored.Known(f, v))
	}
}

// addStep takes in what a heartbeat promises, if it is one of a feed.
func (w *watched) addStep(k *duty.Known[duty.Heartbeat]) {
	h := &k.Fact
	if !ofFeed(h) {
		return
	}
	i := slices.IndexFunc(w.feeds, func(s steps) bool { return s.source == h.SourceID && s.centre == h.CentreID.Or("") })
	if i < 0 {
		i = len(w.feeds)
		w.feeds = append(w.feeds, steps{source: h.SourceID, centre: h.CentreID.Or(""), whole: true})
	}
	s := &w.feeds[i]
	w.fresh = true
	if h.At-k.At > duty.Day {
		return // such a heartbeat was not sent (W-41)
	}
	through, known := min(h.At, k.At), duty.Beginning
	if n := len(s.list); n > 0 {
		through, known = max(through, s.list[n-1].Through), s.list[n-1].Known
	}
	if k.At < known {
		s.whole = false
		return
	}
	s.list = append(s.list, duty.FeedStep{Known: k.At, Through: through})
}

// ofFeed reports whether a heartbeat is one of a feed, known or not.
func ofFeed(h *duty.Heartbeat) bool { return strings.HasPrefix(h.SourceID, duty.FeedPrefix) }

// mend makes anew what corrected heartbeats have changed: the heartbeats of their sources among the
// facts that verdicts are prepared from, and the steps of feeds.
func (w *watched) mend(facts *duty.CentreFacts) {
	if len(w.amended) > 0 {
		sources := map[string]bool{}
		for i := range w.facts.Beats {
			if h := &w.facts.Beats[i].Fact; w.amended[h.ID] {
				sources[h.SourceID] = true
			}
		}
		clear(w.amended)
		facts.Heartbeats = slices.DeleteFunc(facts.Heartbeats, func(k duty.Known[duty.Heartbeat]) bool {
			return sources[k.Fact.SourceID] && duty.WatchReads(&k.Fact)
		})
		for i := range w.facts.Beats {
			if k := &w.facts.Beats[i]; sources[k.Fact.SourceID] {
				facts.Heartbeats = append(facts.Heartbeats, *k)
			}
		}
		for i := range w.feeds {
			w.feeds[i].whole = w.feeds[i].whole && !sources[w.feeds[i].source]
		}
	}
	if slices.ContainsFunc(w.feeds, func(s steps) bool { return !s.whole }) {
		w.stepsAnew()
	}
}

// stepsAnew makes the steps of all feeds from all heartbeats.
func (w *watched) stepsAnew() {
	w.anew++
	var p duty.Policy
	for i := range w.feeds {
		p.Feeds = append(p.Feeds, duty.FeedSpan{Source: w.feeds[i].source, CentreID: w.feeds[i].centre,
			Span: duty.Span{From: duty.Beginning, To: duty.Forever}})
	}
	all := watch.New(watch.Facts{Heartbeats: slices.DeleteFunc(slices.Clone(w.facts.Beats),
		func(k duty.Known[duty.Heartbeat]) bool { return !ofFeed(&k.Fact) })}, &p).Feeds()
	for i := range w.feeds {
		s := &w.feeds[i]
		s.list, s.whole = nil, true
		for j := range all {
			if f := &all[j]; f.Source == s.source && f.CentreID == s.centre {
				s.list = slices.Clone(f.Steps())
			}
		}
	}
}

// join takes over what the watch has said, and reports whether verdicts may see something else than
// with the last picture.
func (w *watched) join() bool {
	before := w.content
	w.content = w.said.Content()
	changed := w.fresh || before == nil || before.Number != w.content.Number || before.Why != w.content.Why
	w.fresh = false
	return changed
}

// with joins the facts of centres with what the watch says.
func (w *watched) with(plain *duty.Centres) *duty.Centres {
	if !w.joins {
		return plain
	}
	s := says{content: w.content, feeds: slices.Clone(w.feeds), of: map[*duty.Policy]*duty.Watched{}}
	return plain.WithWatch(s.under)
}

// says answers what the watch says under a policy. It may be asked by several tasks at a time.
type says struct {
	content *watching.Content
	feeds   []steps
	mu      sync.Mutex
	of      map[*duty.Policy]*duty.Watched
}

func (s *says) under(p *duty.Policy) *duty.Watched {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.of[p]
	if w == nil {
		var feeds []duty.Feed
		for i := range s.feeds {
			f := &s.feeds[i]
			for _, listed := range p.ListedFeed(f.source, f.centre) {
				if len(f.list) > 0 {
					feeds = append(feeds, duty.NewFeed(f.source, f.centre, listed, f.list))
				}
			}
		}
		w = s.content.Under(p.Digest, feeds)
		s.of[p] = w
	}
	return w
}

// takeCoverage takes in a record by which the owner of the watch says something. The persons of the
// centres of which it says something else than before are touched.
func (r *CentreReader) takeCoverage(rec *broker.Record) {
	centres, done := r.watch.said.Take(rec.Key, rec.Value)
	if !done {
		return
	}
	for _, centre := range centres {
		r.touches = append(r.touches, Touch{At: rec.Partition, Offset: rec.Offset, Known: r.watch.said.Through(),
			From: duty.Beginning, Centre: centre})
	}
}

// Covered returns the clocks over which what the owner of the watch says holds, under all policies
// of the picture. Where through is Beginning it does not hold at all, and why says so if that is a
// fault.
func (s *Picture) Covered() (since, through duty.Instant, why string) {
	c := s.Coverage
	if c.Why != "" || !c.Covers(s.Policies) {
		return duty.Forever, duty.Beginning, c.Why
	}
	return c.Since, c.Through, ""
}
