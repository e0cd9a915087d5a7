package stream

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/testkit"
	"tilsyn/topics"
)

// The machine's clock is half a day ahead. Somebody who is out in the evening is not reported,
// /readyz says why, and everything is told once the clock is right.
func TestEmbeddedClockAhead(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1)
	now := duty.Instant(time.Now().UnixMilli())
	cfg := r.config(0)
	cfg.Policy = testkit.MustPolicy(t, "settle.required: []\n")
	cfg.confirm, cfg.Leave = true, true
	cfg.Listen = freeAddress(t)
	cfg.Now = func() time.Time { return time.Now().Add(36 * time.Hour) }
	var said strings.Builder
	cfg.Log = zerolog.New(zerolog.SyncWriter(&said))
	r.load(testkit.OutSince(now))
	e := start(t, cfg)
	e.rest()
	time.Sleep(2 * task.ReportEvery)
	if n := cfg.Stats.Indicated.Load() + cfg.Stats.NeedsReview.Load(); n != 0 {
		t.Errorf("%d records told at a time that has not come", n)
	}
	_, ready := readiness(t, cfg.Listen)
	if len(ready.Tasks) != 1 || !strings.Contains(ready.Tasks[0].WaitsFor, "ahead of the brokers") {
		t.Errorf("/readyz says %+v", ready.Tasks)
	}
	if v := value(t, scrape(t, cfg.Listen), "tilsyn_task_clock_ahead_seconds", "task", "0"); v < 129_000 || v > 130_199 {
		t.Errorf("%g s ahead", v)
	}
	e.end()
	// The way from the broker counts as ahead, which on a busy machine is seconds.
	if !regexp.MustCompile("36h[0-9]m[0-9]+s ahead of the brokers'").MatchString(said.String()) {
		t.Errorf("the log does not say so: %s", said.String())
	}
	// Without asking the brokers for their time the same clock accuses: that is what the check
	// prevents.
	next := r.config(0)
	next.Policy, next.Now = cfg.Policy, cfg.Now
	e = start(t, next)
	e.rest()
	e.end()
	if n := next.Stats.Indicated.Load() + next.Stats.NeedsReview.Load(); n == 0 {
		t.Error("the clock would have accused nobody: this test says nothing")
	}
}

// The engine refuses a task-commits topic on which the broker does not set the timestamps; in its
// own broker it sets the topic right.
func TestProgressMustBeStamped(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b, err := topics.StartEmbedded(topics.EmbeddedConfig{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	r := newRigOn(t, b.Brokers(), 1)
	if err := r.client.SetTopic(t.Context(), topics.TaskCommits, "message.timestamp.type", "CreateTime"); err != nil {
		t.Fatal(err)
	}
	cfg := r.config(seeds.Start)
	if err := Run(t.Context(), cfg); !errors.Is(err, task.ErrTopics) ||
		!strings.Contains(err.Error(), "task-commits: message.timestamp.type") {
		t.Errorf("refused with %v", err)
	}
	r.client.Close()
	b.Close()
	cfg.Kafka.Brokers, cfg.Embedded = nil, dir
	e := start(t, cfg)
	e.rest()
	e.end()
}
