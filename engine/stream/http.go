package stream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// listen serves /healthz, /readyz and /metrics from the first moment on. It
// returns what ends that; failed is told when serving ends by itself.
func (e *engine) listen(ctx context.Context, failed func(error)) (stop func(), err error) {
	if e.cfg.Listen == "" {
		return func() {}, nil
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", e.cfg.Listen)
	if err != nil {
		return nil, fmt.Errorf("--listen %s: %w", e.cfg.Listen, err)
	}
	s := &http.Server{Handler: e.handler(), ReadHeaderTimeout: 5 * time.Second}
	var served sync.WaitGroup
	served.Go(func() {
		if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			failed(fmt.Errorf("--listen %s: %w", e.cfg.Listen, err))
		}
	})
	e.cfg.Log.Info().Str("address", l.Addr().String()).Msg("listening")
	return func() {
		_ = s.Close() // who still asks will ask again
		served.Wait()
	}, nil
}

func (e *engine) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		if why := e.status.stalled(time.Now()); why != "" {
			http.Error(w, why, http.StatusServiceUnavailable)
			return
		}
		_, _ = fmt.Fprintln(w, "ok") // nobody is left to tell
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		r := e.readiness()
		w.Header().Set("Content-Type", "application/json")
		if !r.Ready {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		_ = enc.Encode(r) // nobody is left to tell
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(e.metrics(), promhttp.HandlerOpts{}))
	if e.cfg.Pprof {
		mux.HandleFunc("/debug/pprof/", pprof.Index)
		mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
		mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	}
	return mux
}
