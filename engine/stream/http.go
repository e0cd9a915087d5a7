package stream

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"tilsyn/engine/duty"
)

// taskState is what others may know of a task.
type taskState struct {
	live     bool
	quiet    bool
	caughtUp duty.Instant
	seen     time.Time
}

// status is the state of the tasks of this instance.
type status struct {
	mu    sync.Mutex
	tasks map[int32]taskState
}

func (s *status) reset(parts []int32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tasks = make(map[int32]taskState, len(parts))
	for _, p := range parts {
		s.tasks[p] = taskState{}
	}
}

func (s *status) set(task int32, st taskState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tasks[task] = st
}

// readyFor says why the instance is not ready; empty where it is.
func (s *status) notReady() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.tasks) == 0 {
		return "no task is assigned yet"
	}
	for n, t := range s.tasks {
		if !t.live {
			return fmt.Sprintf("task %d recovers", n)
		}
	}
	return ""
}

// stalled says which task has not finished a cycle for a while; empty for none.
func (s *status) stalled() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for n, t := range s.tasks {
		if t.live && time.Since(t.seen) > stalledAfter {
			return fmt.Sprintf("task %d has not finished a cycle for %s", n, time.Since(t.seen).Round(time.Second))
		}
	}
	return ""
}

// oldest is the smallest caught_up of the tasks.
func (s *status) oldest() (duty.Instant, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	low := duty.Forever
	for _, t := range s.tasks {
		if !t.live || t.caughtUp == duty.Beginning {
			return 0, false
		}
		low = min(low, t.caughtUp)
	}
	return low, len(s.tasks) > 0
}

// stalledAfter is when /healthz gives up on a task.
const stalledAfter = 2 * time.Minute

// listen serves /healthz, /readyz and /metrics until the context ends.
func (e *engine) listen(ctx context.Context) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", e.cfg.Listen)
	if err != nil {
		return fmt.Errorf("--listen %s: %w", e.cfg.Listen, err)
	}
	mux := http.NewServeMux()
	answer := func(f func() string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			if why := f(); why != "" {
				http.Error(w, why, http.StatusServiceUnavailable)
				return
			}
			_, _ = fmt.Fprintln(w, "ok") // nobody is left to tell
		}
	}
	mux.HandleFunc("GET /healthz", answer(e.status.stalled))
	mux.HandleFunc("GET /readyz", answer(e.status.notReady))
	mux.Handle("GET /metrics", promhttp.HandlerFor(e.metrics(), promhttp.HandlerOpts{}))
	s := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = s.Close() })
	defer stop()
	e.cfg.Log.Info().Str("address", l.Addr().String()).Msg("listening")
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("--listen %s: %w", e.cfg.Listen, err)
	}
	return ctx.Err()
}

// metrics are the counters of Stats under Prometheus names, and how far behind
// the clock the instance is.
func (e *engine) metrics() *prometheus.Registry {
	r := prometheus.NewRegistry()
	s := e.cfg.Stats
	counter := func(name, help string, f func() int64) {
		r.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Namespace: "tilsyn", Name: name, Help: help},
			func() float64 { return float64(f()) }))
	}
	counter("records_total", "Input records read.", s.Records.Load)
	counter("parked_total", "Rows without a person.", s.Parked.Load)
	counter("dead_letters_total", "Records that could not be read.", s.DeadLetters.Load)
	counter("evaluations_total", "Verdicts on persons.", s.Evaluations.Load)
	counter("held_total", "Units held back until caught up.", s.Held.Load)
	counter("refused_total", "Units refused by output validation; any is a fault.", s.Refused.Load)
	counter("faults_total", "Verdicts that failed by a fault of the program; any is one.", s.Faults.Load)
	counter("commits_total", "Transactions committed.", s.Commits.Load)
	counter("recoveries_total", "Recoveries of tasks.", s.Recoveries.Load)
	counter("rebuilds_total", "States built again from the topics.", s.Rebuilds.Load)
	counter("indicated_total", "Revisions INDICATED.", s.Indicated.Load)
	counter("needs_review_total", "Revisions NEEDS_REVIEW.", s.NeedsReview.Load)
	counter("withdrawn_total", "Revisions WITHDRAWN.", s.Withdrawn.Load)
	counter("policies_refused_total", "Policy activations that could not be used.", e.reader.Refused.Load)
	r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Namespace: "tilsyn", Name: "caught_up_seconds", Help: "How far caught_up of the slowest task is behind the clock; -1 before it is known.",
	}, func() float64 {
		at, ok := e.status.oldest()
		if !ok {
			return -1
		}
		return float64(e.cfg.Now().UnixMilli()-int64(at)) / 1000
	}))
	return r
}
