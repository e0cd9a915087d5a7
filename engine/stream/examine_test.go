package stream

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/testkit"
	"tilsyn/topics"
)

// An instance that refuses to run takes no task: it examines everything before it joins, and gives
// up at once what it owned as a member before.
func TestRefusesBeforeJoining(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "several engines, each for a reason")
	if testing.Short() {
		t.Skip("waits for rebalances")
	}
	r := newRig(t, 4)
	r.load(testkit.Residents(rand.New(rand.NewPCG(38, 1)), 20, 9))
	dirs := []string{t.TempDir(), t.TempDir()}
	a := r.join(dirs[0], nil)
	a.recovers("one alone", 4)
	a.rest() // its tasks have committed, and with that said by which policy
	wrong := r.config(seeds.Start + 20*duty.Day)
	wrong.Policy = testkit.MustPolicy(t, "settle.required: []\n")
	for range 3 { // as a supervisor would
		wrong.Stats = &task.Stats{}
		if err := trial(t, wrong); !errors.Is(err, task.ErrPolicy) {
			t.Fatalf("another policy: %v", err)
		}
		if wrong.Stats.Recoveries.Load() > 0 {
			t.Error("it had tasks")
		}
	}
	a.recovers("nobody else was there", 4)
	if n := a.joins(); n != 1 {
		t.Errorf("it had to join %d times", n)
	}

	b := r.join(dirs[1], nil)
	b.recovers("the second", 2)
	b.end()
	wrong.DataDir = dirs[1]
	began := time.Now()
	if err := trial(t, wrong); !errors.Is(err, task.ErrPolicy) {
		t.Fatalf("another policy: %v", err)
	}
	a.recovers("what the other one had", 6)
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("its tasks had no owner for %s", took)
	}
	if m := r.members("e2e"); len(m) != 1 {
		t.Errorf("members %v", m)
	}
	a.rest()
	a.end()
	r.verified()

	// The same for topics that are not as they must be.
	must(t, r.client.SetTopic(t.Context(), topics.TaskCommits, "message.timestamp.type", "CreateTime"))
	gone := r.config(seeds.Start)
	gone.DataDir = dirs[0]
	if err := trial(t, gone); !errors.Is(err, task.ErrTopics) {
		t.Errorf("wrong topics: %v", err)
	}
	if m := r.members("e2e"); len(m) > 0 {
		t.Errorf("members %v", m)
	}
}
