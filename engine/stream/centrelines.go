package stream

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"tilsyn/engine/duty"
)

// What is doubtful about facts of centres is nobody's line: the task that has the
// partition of a line's subject tells it, under the subject as its key, and closes it
// when it no longer holds. `replay` tells the same (duty.CentreQuality). All tasks
// have the same facts; each looks when they, or the policy, have changed.

// centresKey is under whom the open lines of a task are kept that are of no person.
const centresKey = movedKey + "centres"

// maxCentreLines is how many of them one task keeps open, in the order of code, subject
// and start; of more the others are not told. It bounds a value of the state.
const maxCentreLines = 8192

// centreLines is what a task last made its lines of.
type centreLines struct {
	of     *duty.Centres
	policy *duty.Policy
	at     duty.Instant
	// whole is true where all facts were known at the clock, so that nothing changes
	// before they do.
	whole bool
	// unwatched are the centres whose silence nothing proves (WATCH_MISSING).
	unwatched []string
}

// wholeQuality are the lines of the facts of a snapshot once all of them are known.
// Tasks share it, so that only the first makes them.
type wholeQuality struct {
	mu     sync.Mutex
	policy *duty.Policy
	list   []duty.DataQuality
}

// allKnown is when the newest fact of the snapshot was known, or the newest hold of what
// could not be read begins.
func (s *Snapshot) allKnown() duty.Instant {
	at := max(s.Newest, s.lost)
	for _, n := range s.newest {
		at = max(at, n)
	}
	return at
}

// qualityOf are the lines of the snapshot under a policy, all facts known.
func (s *Snapshot) qualityOf(p *duty.Policy) []duty.DataQuality {
	w := s.whole
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.policy != p {
		w.policy, w.list = p, duty.CentreQuality(s.Centres, p, s.allKnown())
	}
	return w.list
}

// tellCentres tells the lines of this task that are of no person, where they may have
// changed. While facts are read that caught_up has not reached, it looks once a minute.
func (t *Task) tellCentres() error {
	now := t.at.CaughtUp
	if now == duty.Beginning {
		return nil
	}
	facts, p := t.centreFacts(), t.snap.inForce(now).Policy
	known := max(t.snap.allKnown(), t.moved.paper.newest)
	l := &t.centreLines
	whole := known <= now
	if l.of == facts && l.policy == p && (l.whole || !whole && now < l.at+duty.Minute) {
		return nil
	}
	var list []duty.DataQuality
	if whole && facts == t.snap.Centres {
		list = t.snap.qualityOf(p)
	} else {
		list = duty.CentreQuality(facts, p, now)
	}
	*l = centreLines{of: facts, policy: p, at: now, whole: whole}
	var own []sideLine
	for i := range list {
		q := &list[i]
		if q.Code == duty.DataQualityCodeWatchMissing {
			l.unwatched = append(l.unwatched, q.Subject)
		}
		// Paper that nobody can be told of is told by the task that has read it.
		if q.Code != duty.DataQualityCodeUnknownPerson && t.partitionOf(q.Subject) == t.at.Task && len(own) < maxCentreLines {
			own = append(own, lineOfQuality(q))
		}
	}
	if len(own) == 0 { // then nobody is kept for lines that there never were
		if n, err := t.roster.find([]byte(centresKey)); err != nil || n == noResident {
			return err
		}
	}
	who, err := t.person(centresKey)
	if err != nil {
		return err
	}
	if err := t.tellLines(who, "", own, now); err != nil {
		return err
	}
	t.forget(who)
	return nil
}

// ofCentres reports whether a line that was told under a key is one of these.
func ofCentres(q *duty.DataQuality, key string) bool {
	detail := func(name string) string {
		for _, d := range q.Detail {
			if d.Name == name {
				return d.Value
			}
		}
		return ""
	}
	switch q.Code {
	case duty.DataQualityCodeUnknownSource, duty.DataQualityCodeWatchMissing:
		return true
	case duty.DataQualityCodeUnreadable:
		return duty.LostOfCentres(q)
	case duty.DataQualityCodeFactInvalid:
		if duty.LostOfCentres(q) {
			return true
		}
		topic := detail("topic")
		return slices.Contains(centreTopics, topic) || topic == topicManualEntries && q.Subject == key
	case duty.DataQualityCodeClockOffset:
		return detail("source_id") != "" || detail("centre_id") != ""
	}
	return false
}

// unwatched are the centres whose silence nothing proves, as the tasks see it.
func (s *status) unwatched() []string {
	_, tasks := s.read()
	var out []string
	for i := range tasks {
		if r := tasks[i].report; r != nil {
			out = append(out, r.unwatched...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// watchMissingNote is how /readyz calls it; a note is in the way of nothing.
const watchMissingNote = "WATCH_MISSING"

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

// watchUnwatched says once of each such centre that it is held, until the context
// ends.
func (e *engine) watchUnwatched(ctx context.Context) error {
	tick := time.NewTicker(reportEvery)
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
