package stream

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"tilsyn/engine/duty"
)

// What is known of records that cannot be used, for who runs the engine: a line in
// the log per topic and reason, not per record, and how many units are held by what.

// letterKind is why records of a topic are dead letters.
type letterKind struct{ topic, reason string }

// letters counts dead letters by kind.
type letters struct {
	mu     sync.Mutex
	counts map[letterKind]*letterCount
}

// letterCount is how many there were, how many of them the log tells of, and when
// it told last.
type letterCount struct {
	n, told int64
	at      time.Time
	gap     time.Duration
}

func (l *letters) add(topic, reason string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.counts == nil {
		l.counts = map[letterKind]*letterCount{}
	}
	k := letterKind{topic, reason}
	if l.counts[k] == nil {
		l.counts[k] = &letterCount{}
	}
	l.counts[k].n++
}

// The waits between two lines about one kind double from the first to the last.
const (
	letterCheck = 2 * time.Second
	letterAgain = time.Minute
	letterMost  = time.Hour
)

// toldLetter is one line for the log.
type toldLetter struct {
	letterKind
	// fresh came since the last line, n since the start.
	fresh, n int64
}

// tell returns what is to be told now, in the order of topic and reason.
func (l *letters) tell(now time.Time) []toldLetter {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []toldLetter
	for k, c := range l.counts {
		if c.n == c.told || c.gap > 0 && now.Sub(c.at) < c.gap {
			continue
		}
		out = append(out, toldLetter{k, c.n - c.told, c.n})
		c.told, c.at, c.gap = c.n, now, min(max(2*c.gap, letterAgain), letterMost)
	}
	slices.SortFunc(out, func(a, b toldLetter) int {
		return cmp.Or(cmp.Compare(a.topic, b.topic), cmp.Compare(a.reason, b.reason))
	})
	return out
}

// watchLetters tells of dead letters until the context ends.
func (e *engine) watchLetters(ctx context.Context) error {
	tick := time.NewTicker(letterCheck)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		for _, l := range e.cfg.Stats.letters.tell(time.Now()) {
			e.cfg.Log.Warn().Str("topic", l.topic).Str("reason", l.reason).Int64("records", l.fresh).Int64("since_start", l.n).
				Msg("records cannot be used and are dead letters: they hold units back until they are sent again, or a record on resolutions names their topic, partition and offset (tilsyn tail dead-letters shows them)")
		}
	}
}

// heldBy is what holds a would-be record back.
type heldBy int

const (
	heldByRecord heldBy = iota // a record that cannot be used (INC-06, INC-07)
	heldByWatch                // nothing proves silence (REL-06)
	heldByPlace                // a decision names a place that does not fit (RD-46)
	heldByLogs                 // the manual logs are not proven (LIF-02)
	heldKinds
)

// heldNames are their names in the metrics.
var heldNames = [heldKinds]string{"bad_record", "watch", "place", "logs"}

// heldUnits are how many units of a person are held, by what.
type heldUnits [heldKinds]uint16

// countHeld counts the units that are held.
func countHeld(res *duty.Result) (n heldUnits) {
	for i := range res.Units {
		u := &res.Units[i]
		has := func(rule string) bool { return slices.Contains(u.Rules, rule) }
		by := heldByLogs
		switch {
		case u.Outcome == duty.OutcomeNeedsReview && has("INC-06") && slices.Contains(u.Caveats, "RECONSTRUCTED"):
			by = heldByRecord
		case u.Outcome != duty.OutcomeProvisional:
			continue
		case has("INC-07"):
			by = heldByRecord
		case has("REL-06"):
			by = heldByWatch
		case has("RD-46"):
			by = heldByPlace
		}
		n[by]++
	}
	return n
}

// noteHeld keeps the number of held units of a person. They are known of persons who
// were judged since the start: a hold is in the way of an accusation, so that whoever
// it concerns is.
func (t *Task) noteHeld(p *person, now heldUnits) {
	before := t.held[p.resident]
	if before == now {
		return
	}
	for i := range now {
		t.stats.HeldBack[i].Add(int64(now[i]) - int64(before[i]))
	}
	if t.held == nil {
		t.held = map[uint32]heldUnits{}
	}
	if t.held[p.resident] = now; now == (heldUnits{}) {
		delete(t.held, p.resident)
	}
}

// forgetHeld takes the task's units from the count.
func (t *Task) forgetHeld() {
	for _, n := range t.held {
		for i := range n {
			t.stats.HeldBack[i].Add(-int64(n[i]))
		}
	}
	t.held = nil
}
