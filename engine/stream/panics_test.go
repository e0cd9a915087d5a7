package stream

import (
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tilsyn/engine/duty"
	"tilsyn/engine/observe"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/testkit"
)

// panicMark stands in what the panics of these tests are called with, and nowhere else.
const panicMark = "zqxw-P-1"

// A request that panics with a fact at hand is logged by its place, without the fact, and ends alone.
func TestRequestPanicsWithoutItsFact(t *testing.T) {
	t.Parallel()
	log := &safeBuffer{}
	e := &engine{cfg: Config{Log: zerolog.New(log).Hook(observe.Named{})}}
	s := httptest.NewServer(e.plainly(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/left" {
			panic(http.ErrAbortHandler)
		}
		panic("the page of " + panicMark)
	})))
	defer s.Close()
	for _, path := range []string{"/left", "/page"} {
		res, err := s.Client().Get(s.URL + path)
		if err == nil {
			_ = res.Body.Close()
			t.Errorf("%s is answered with %s", path, res.Status)
		}
	}
	if said := log.String(); strings.Count(said, "\n") != 1 || !strings.Contains(said, `"event":"request-fault"`) ||
		!strings.Contains(said, "TestRequestPanicsWithoutItsFact") || strings.Contains(said, panicMark) {
		t.Errorf("the log says %s", said)
	}
}

// failing is a judge that panics with what it was asked.
type failing struct{ task.Adjudicator }

// Evaluate implements task.Adjudicator.
func (failing) Evaluate(duty.Input, duty.Instant) duty.Result { panic("the facts of " + panicMark) }

// A verdict that panics is counted and logged, and nothing of the person is said.
func TestVerdictPanicsWithoutItsFact(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1)
	r.load(testkit.Neighbours(rand.New(rand.NewPCG(36, 6)), 6, 4))
	log := &safeBuffer{}
	cfg := r.config(seeds.Start + 20*duty.Day)
	cfg.Judge, cfg.Log = failing{task.Core{}}, zerolog.New(log).Hook(observe.Named{})
	e := start(t, cfg)
	for began := time.Now(); !strings.Contains(log.String(), `"event":"verdict-failed"`); time.Sleep(10 * time.Millisecond) {
		if time.Since(began) > within {
			t.Fatalf("no verdict fails: %s", log.String())
		}
	}
	e.end()
	if cfg.Stats.Faults.Load() == 0 || strings.Contains(log.String(), panicMark) {
		t.Errorf("%d faults, and the log says %s", cfg.Stats.Faults.Load(), log.String())
	}
}

// A task that panics outside of a verdict ends the process, which says where, and nothing of a person.
func TestTaskPanicsWithoutItsFact(t *testing.T) {
	const variable = "TILSYN_PANIC_IN_TASK"
	if os.Getenv(variable) != "" {
		r := newRig(t, 1)
		r.load(testkit.Neighbours(rand.New(rand.NewPCG(36, 6)), 6, 4))
		cfg := r.config(seeds.Start + 20*duty.Day)
		cfg.Log = zerolog.New(os.Stderr)
		cfg.Traced = func(*task.Cycle) { panic("the facts of " + panicMark) }
		start(t, cfg)
		select {}
	}
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestTaskPanicsWithoutItsFact$")
	cmd.Env = append(os.Environ(), variable+"=1", "TMPDIR="+t.TempDir()) // it does not clean up after itself
	out, err := cmd.CombinedOutput()
	if said := string(out); err == nil || !strings.Contains(said, "panic: a value of type string") ||
		!strings.Contains(said, "stream.(*engine).liveTask") || strings.Contains(said, panicMark) {
		t.Errorf("it ended with %v and said %s", err, said)
	}
}
