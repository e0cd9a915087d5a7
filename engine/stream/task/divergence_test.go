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
// happened. Every topic meets it in every way, so this is in Go; the scenario is
// testdata/scripts/cut-log-accuses-nobody.txt.
func TestLogCutAndGrownAgainIsRefused(t *testing.T) {
	seeds.Large(t, "every topic in every way")
	persons, days := 6, 5
	if !seeds.Full() {
		persons, days = 4, 3
	}
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
				feeds := testkit.Neighbours(w.rng, persons, days)
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
