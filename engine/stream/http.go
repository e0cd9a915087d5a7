package stream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log" //nolint:depguard // net/http takes no other logger, and this one writes to zerolog
	"net"
	"net/http"
	"net/http/pprof"
	"runtime/debug"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/rs/zerolog"

	"tilsyn/engine/invariant"
)

// door is the listener of --listen, opened before anything else; nil if there is none.
type door struct{ net.Listener }

// openDoor opens the listener; ErrConfig if the address cannot be used.
func openDoor(ctx context.Context, address string) (door, error) {
	if address == "" {
		return door{}, nil
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return door{}, errConfig(fmt.Sprintf("--listen %s: %v; give another HOST:PORT of this machine, "+
			"or end what listens there", address, listenFault(err)))
	}
	return door{l}, nil
}

// listenFault returns the reason without the address, which the message already has.
func listenFault(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err
	}
	return err
}

// close closes the listener if nothing serves on it.
func (d door) close() {
	if d.Listener != nil {
		_ = d.Close() // closed already where it was served
	}
}

// listen serves /healthz, /readyz, /metrics and the pages from the start. It returns a function that stops
// serving; failed is called if serving ends by itself.
func (e *engine) listen(l door, failed func(error)) (stop func()) {
	if l.Listener == nil {
		return func() {}
	}
	l = door{newCrowd(l.Listener, mostConnections, mostOfOne)}
	s := &http.Server{Handler: e.plainly(e.handler()), ErrorLog: e.connectionLog(),
		ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute,
		MaxHeaderBytes: 64 << 10, TLSConfig: e.cfg.ListenTLS}
	serve := s.Serve
	if s.TLSConfig != nil {
		serve = func(l net.Listener) error { return s.ServeTLS(l, "", "") }
	}
	var served sync.WaitGroup
	served.Go(func() {
		if err := serve(l); !errors.Is(err, http.ErrServerClosed) {
			failed(fmt.Errorf("--listen %s: %w", e.cfg.Listen, err))
		}
	})
	e.cfg.Log.Info().Str("address", l.Addr().String()).Msg("listening")
	return func() {
		_ = s.Close() // who still asks will ask again
		served.Wait()
	}
}

// connectionLog takes what goes wrong with connections, a little of it: whoever can connect can make more.
func (e *engine) connectionLog() *log.Logger {
	few := e.cfg.Log.Sample(&zerolog.BurstSampler{Burst: 5, Period: time.Minute})
	return log.New(few.With().Str("component", "listen").Str("event", "connection").Logger(), "", 0)
}

// plainly lets a request that panics end alone, and logs where, but of the value only what is personal of nobody; the
// server would log it whole.
func (e *engine) plainly(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			// The server's own panic says that the reader is to see a broken answer.
			if err, _ := p.(error); !errors.Is(err, http.ErrAbortHandler) {
				invariant.Pass(p)
				e.cfg.Log.Error().Str("fault", invariant.Plain(p)).Str("stack", string(debug.Stack())).
					Msg("a request could not be answered: a fault of the program, please report it; verdicts do not wait for it")
			}
			panic(http.ErrAbortHandler)
		}()
		h.ServeHTTP(w, r)
	})
}

// handler routes the requests.
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
	mux.Handle("GET /metrics", promhttp.HandlerFor(e.metrics(), promhttp.HandlerOpts{MaxRequestsInFlight: 2}))
	if e.cfg.Pprof {
		mux.HandleFunc("/debug/pprof/", pprof.Index)
		mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
		mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	}
	if e.cfg.Pages != nil {
		mux.Handle("/", e.cfg.Pages)
	}
	return mux
}
