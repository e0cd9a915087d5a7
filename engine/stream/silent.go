package stream

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/task"
)

// feed names a feed and the centre that it is of; no centre for one of all centres.
type feed struct{ source, centre string }

// feeds returns the supervised feeds, sorted, and whether each is silent for longer than
// staleness.stop_after (REL-06), by the reports of the tasks.
func (s *status) feeds() (names []feed, silent map[feed]bool) {
	silent = map[feed]bool{}
	note := func(list []duty.FeedBeat, is bool) {
		for _, b := range list {
			f := feed{b.Source, b.CentreID}
			silent[f] = silent[f] || is
		}
	}
	_, tasks := s.read()
	for i := range tasks {
		if r := tasks[i].Report; r != nil {
			note(r.Feeds, false)
			note(r.Silent, true)
		}
	}
	return slices.SortedFunc(maps.Keys(silent), func(a, b feed) int {
		return cmp.Or(cmp.Compare(a.source, b.source), cmp.Compare(a.centre, b.centre))
	}), silent
}

// Note is something that a reader of /readyz should know but that does not make the instance
// unready.
type Note struct {
	// Name is the code of the note: FEED_SILENT says that nobody is accused while a feed is silent.
	Name string `json:"name"`
	// Source is the feed that is silent.
	Source string `json:"source,omitempty"`
	// Centres are the centres concerned; empty for all of them.
	Centres []string `json:"centres"`
	// What explains the note.
	What string `json:"what"`
}

// feedSilentNote is the code of the note about a silent feed.
const feedSilentNote = "FEED_SILENT"

// notes returns the notes of /readyz.
func (s *status) notes() []Note {
	var out []Note
	names, silent := s.feeds()
	for _, f := range names {
		if !silent[f] {
			continue
		}
		n := Note{Name: feedSilentNote, Source: f.source, Centres: []string{},
			What: "the feed has sent no heartbeat for longer than staleness.stop_after: " +
				"nobody whom it covers is accused of anything until one comes"}
		if f.centre != "" {
			n.Centres = append(n.Centres, f.centre)
		}
		out = append(out, n)
	}
	return out
}

// watchFeeds logs once when a feed becomes silent and when it is heard again, until the context
// ends.
func (e *engine) watchFeeds(ctx context.Context) error {
	tick := time.NewTicker(task.ReportEvery)
	defer tick.Stop()
	told := map[feed]bool{}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		names, silent := e.status.feeds()
		for _, f := range names {
			if silent[f] == told[f] {
				continue
			}
			if told[f] = silent[f]; silent[f] {
				e.cfg.Log.Warn().Str("source_id", f.source).Str("centre_id", f.centre).Str("code", feedSilentNote).
					Msg("the feed has sent no heartbeat for longer than staleness.stop_after: nobody of the centre, " +
						"or of any if none is named, is accused of anything until one comes")
				continue
			}
			e.cfg.Log.Info().Str("source_id", f.source).Str("centre_id", f.centre).Str("code", feedSilentNote).
				Msg("the feed sends heartbeats again; accusing goes on")
		}
	}
}

// descFeedSilent describes the metric of silent feeds.
var descFeedSilent = desc("feed_silent", "1 for a supervised feed that has sent no heartbeat for longer than "+
	"staleness.stop_after, so that nobody whom it covers is accused, else 0; no centre for a feed of all.",
	"source", "centre")

// collectFeeds sends the metric for every supervised feed.
func (s *status) collectFeeds(ch chan<- prometheus.Metric) {
	names, silent := s.feeds()
	for _, f := range names {
		gauge(ch, descFeedSilent, oneIf(silent[f]), f.source, f.centre)
	}
}
