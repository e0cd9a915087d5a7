package stream

import (
	"errors"
	"slices"
	"testing"

	"tilsyn/engine/duty"
)

// A log that lost its end, and has grown beyond it under another leader, as an
// unclean election leaves it, is noticed before anything of it is taken in: while the
// engine runs, when it starts again, and by a state that is behind. The offsets look
// as if nothing had happened.
func TestLogCutAndGrownAgainIsRefused(t *testing.T) {
	for _, topic := range []string{topicCardEvents, "obligation-changes", "settlements", topicIdentityLinks} {
		for _, how := range []string{"running", "restarted", "behind"} {
			t.Run(topic+"/"+how, func(t *testing.T) {
				w := newWorld(t, 3, 1)
				feeds := neighbours(w.rng, 6, 5)
				w.play(feeds[:len(feeds)/2], feeds[len(feeds)/2].at, 2)
				w.send(&feed{at: w.now, topic: topic, key: "KH"}) // at least one
				w.play(feeds[len(feeds)/2:], worldEnd, 2)
				behind := w.store.Snapshot()
				told := len(w.broker.committed(Partition{Topic: topicViolations}))
				p := Partition{Topic: topic}
				log := w.broker.logs[p]
				if len(log) < 2 || told == 0 {
					t.Fatalf("there is nothing to lose: %d records, %d told", len(log), told)
				}
				w.broker.logs[p] = slices.Clone(log[:len(log)-1])
				w.broker.leaders[p]++
				for range 3 {
					w.send(&feed{topic: topic, key: "KH"})
				}
				err := w.meet(how, behind)
				if !errors.Is(err, ErrForeignLog) || remedyFor(err) != remedyEnd {
					t.Errorf("the task ended with: %v", err)
				}
				if n := len(w.broker.committed(Partition{Topic: topicViolations})); n != told {
					t.Errorf("%d revisions were told of another log", n-told)
				}
			})
		}
	}
}

// A new leader that has all of the log is no reason to stop.
func TestCleanElectionGoesOn(t *testing.T) {
	w := newWorld(t, 3, 1)
	feeds := neighbours(w.rng, 6, 5)
	w.boot()
	for i := range feeds {
		w.now = max(w.now, feeds[i].at)
		for _, topic := range append(slices.Clone(personTopics), wholeTopics...) {
			if w.rng.IntN(3) == 0 {
				w.broker.leaders[Partition{Topic: topic}]++
			}
		}
		w.send(&feeds[i])
		w.turn()
	}
	w.now = worldEnd
	w.rest()
	w.check()
	w.must(w.meet("restarted", nil))
}

// An output that lost its end while the engine runs is noticed with the next record
// that is written there.
func TestOutputCutUnderTheEngine(t *testing.T) {
	for _, topic := range []string{topicViolations, topicTaskCommits} {
		t.Run(topic, func(t *testing.T) {
			w := awayTonight(t)
			w.now += duty.Day
			w.rest()
			p := Partition{Topic: topic, Index: w.partitionOf("Qa")}
			if len(w.histories()) == 0 || len(w.broker.logs[p]) < 2 {
				t.Fatal("there is nothing to lose")
			}
			w.broker.logs[p] = nil
			clear(w.broker.stables)
			w.sendPassage("Qa", worldStart+21*duty.Hour, duty.DirectionIn)
			err := w.turns(3)
			if !errors.Is(err, ErrForeignLog) || remedyFor(err) != remedyEnd {
				t.Errorf("the task ended with: %v", err)
			}
		})
	}
}
