package task

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
)

// A log lost its end in an unclean election and has grown again under another leader, just to the
// position read, or beyond it. That is noticed before anything of it is taken in: while the engine
// runs, when it starts, and by a state that is behind. The offsets look as if nothing had
// happened.
func TestLogCutAndGrownAgainIsRefused(t *testing.T) {
	for _, topic := range []string{duty.TopicCardEvents, "obligation-changes", "settlements", duty.TopicIdentityLinks} {
		for _, how := range []string{"running", "restarted", "behind", "running, grown to the position",
			"restarted, grown to the position"} {
			t.Run(topic+"/"+how, func(t *testing.T) {
				how, exactly := strings.CutSuffix(how, ", grown to the position")
				grown := 3
				if exactly {
					grown = 1
				}
				w := newWorld(t, 3, 1)
				feeds := testkit.Neighbours(w.rng, 6, 5)
				w.play(feeds[:len(feeds)/2], feeds[len(feeds)/2].At, 2)
				w.send(&testkit.Feed{At: w.now, Topic: topic, Key: "KH"}) // at least one
				w.play(feeds[len(feeds)/2:], worldEnd, 2)
				behind := w.store.Copy()
				told := len(w.broker.Committed(broker.Partition{Topic: duty.TopicViolations}))
				p := broker.Partition{Topic: topic}
				log := w.broker.Logs[p]
				if len(log) < 2 || told == 0 {
					t.Fatalf("there is nothing to lose: %d records, %d told", len(log), told)
				}
				w.broker.Logs[p] = slices.Clone(log[:len(log)-1])
				w.broker.Leaders[p]++
				for range grown {
					w.send(&testkit.Feed{Topic: topic, Key: "KH"})
				}
				err := w.meet(how, behind)
				if !errors.Is(err, broker.ErrForeignLog) || RemedyFor(err) != RemedyEnd {
					t.Errorf("the task ended with: %v", err)
				}
				if n := len(w.broker.Committed(broker.Partition{Topic: duty.TopicViolations})); n != told {
					t.Errorf("%d revisions were told of another log", n-told)
				}
			})
		}
	}
}

// A new leader that has the whole log does not stop the engine.
func TestCleanElectionGoesOn(t *testing.T) {
	w := newWorld(t, 3, 1)
	feeds := testkit.Neighbours(w.rng, 6, 5)
	w.boot()
	for i := range feeds {
		w.now = max(w.now, feeds[i].At)
		for _, topic := range append(slices.Clone(broker.PersonTopics), broker.WholeTopics...) {
			if w.rng.IntN(3) == 0 {
				w.broker.Leaders[broker.Partition{Topic: topic}]++
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
	for _, topic := range []string{duty.TopicViolations, duty.TopicTaskCommits} {
		t.Run(topic, func(t *testing.T) {
			w := awayTonight(t)
			w.now += duty.Day
			w.rest()
			p := broker.Partition{Topic: topic, Index: w.partitionOf("Qa")}
			if len(w.histories()) == 0 || len(w.broker.Logs[p]) < 2 {
				t.Fatal("there is nothing to lose")
			}
			w.broker.Logs[p] = nil
			clear(w.broker.Stables)
			w.sendPassage("Qa", seeds.Start+21*duty.Hour, duty.DirectionIn)
			err := w.turns(3)
			if !errors.Is(err, broker.ErrForeignLog) || RemedyFor(err) != RemedyEnd {
				t.Errorf("the task ended with: %v", err)
			}
		})
	}
}
