package stream

import (
	"context"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/task"
)

// unwatched are the centres whose silence nothing proves, as the tasks see it.
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

// Note is something that a reader of /readyz should know and that does not make the
// instance unready.
type Note struct {
	// Name is WATCH_MISSING: records of these centres are held back.
	Name string `json:"name"`
	// Centres are concerned.
	Centres []string `json:"centres"`
	// What says what it means.
	What string `json:"what"`
}

// notes are what to know beside whether the instance is ready.
func (s *status) notes() []Note {
	centres := s.unwatched()
	if len(centres) == 0 {
		return nil
	}
	return []Note{{Name: watchMissingNote, Centres: centres,
		What: "a registered source has sent heartbeats and nothing proves yet that its silence would be noticed: units of these centres that are due later accuse nobody"}}
}

// watchMissingNote is how /readyz calls it; a note is in the way of nothing.
const watchMissingNote = "WATCH_MISSING"

// watchUnwatched says once of each such centre that it is held, until the context
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
					Msg("a registered source of the centre has sent heartbeats and nothing proves yet that its silence would be noticed: units of the centre that are due later are held back and accuse nobody")
			}
		}
	}
}

var descUnwatched = desc("watch_missing", "1 for a place of the register that is held since a registered source of it sent heartbeats and nothing proves its silence yet, else 0.", "centre")

// collectUnwatched shows it of every place of the register.
func collectUnwatched(ch chan<- prometheus.Metric, p *duty.Policy, unwatched []string) {
	shown := map[string]bool{}
	for i := range p.Centres {
		if id := p.Centres[i].ID; !shown[id] {
			shown[id] = true
			gauge(ch, descUnwatched, oneIf(slices.Contains(unwatched, id)), id)
		}
	}
}
