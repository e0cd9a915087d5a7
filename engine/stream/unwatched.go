package stream

import (
	"context"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/task"
)

// unwatched returns the centres whose silence would not be noticed, by the reports of the tasks.
func (s *status) unwatched() []string {
	_, tasks := s.read()
	var out []string
	for i := range tasks {
		if r := tasks[i].Report; r != nil {
			out = append(out, r.Unwatched...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Note is something that a reader of /readyz should know but that does not make the instance
// unready.
type Note struct {
	// Name is the code of the note: WATCH_MISSING says that records of these centres are held back,
	// FEED_SILENT that nobody is accused while a feed is silent.
	Name string `json:"name"`
	// Source is the feed that is silent.
	Source string `json:"source,omitempty"`
	// Centres are the centres concerned; empty for all of them.
	Centres []string `json:"centres"`
	// What explains the note.
	What string `json:"what"`
}

// notes returns the notes of /readyz.
func (s *status) notes() []Note {
	notes := s.silentNotes()
	if centres := s.unwatched(); len(centres) > 0 {
		notes = append(notes, Note{Name: watchMissingNote, Centres: centres,
			What: "a registered source has sent heartbeats and nothing proves yet that its silence would be noticed: " +
				"units of these centres that are due later accuse nobody"})
	}
	return notes
}

// watchMissingNote is the code of the note about unwatched centres.
const watchMissingNote = "WATCH_MISSING"

// watchUnwatched logs once for each unwatched centre that its units are held, until the context
// ends.
func (e *engine) watchUnwatched(ctx context.Context) error {
	tick := time.NewTicker(task.ReportEvery)
	defer tick.Stop()
	told := map[string]bool{}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		for _, centre := range e.status.unwatched() {
			if !told[centre] {
				told[centre] = true
				e.cfg.Log.Warn().Str("centre_id", centre).Str("code", watchMissingNote).
					Msg("a registered source of the centre has sent heartbeats and nothing proves yet that its " +
						"silence would be noticed: units of the centre that are due later are held back and accuse nobody")
			}
		}
	}
}

// descUnwatched describes the metric of unwatched centres.
var descUnwatched = desc("watch_missing", "1 for a place of the register that is held since a registered "+
	"source of it sent heartbeats and nothing proves its silence yet, else 0.", "centre")

// collectUnwatched sends the metric for every centre of the policy.
func collectUnwatched(ch chan<- prometheus.Metric, p *duty.Policy, unwatched []string) {
	shown := map[string]bool{}
	for i := range p.Centres {
		if id := p.Centres[i].ID; !shown[id] {
			shown[id] = true
			gauge(ch, descUnwatched, oneIf(slices.Contains(unwatched, id)), id)
		}
	}
}
