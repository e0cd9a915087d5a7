package stream

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	pathHealth = "/health"
	// healthWithin bounds the wait for an answer.
	healthWithin = 10 * time.Second
)

// Health asks the engine that runs on a data directory how it is: nil while its tasks make progress or wait for
// brokers, as /healthz says, and with ready once it is ready, as /readyz says. The error says what is wrong, and names
// no person.
func Health(ctx context.Context, dataDir string, ready bool) error {
	ctx, cancel := context.WithTimeout(ctx, healthWithin)
	defer cancel()
	query := url.Values{}
	if ready {
		query.Set("ready", "1")
	}
	res, err := askEngine(ctx, dataDir, pathHealth, query)
	if errors.Is(err, errNotRunning) {
		return fmt.Errorf("%s: %w: it has ended, is still starting, or belongs to another user", dataDir, err)
	}
	if err != nil {
		return err
	}
	return res.Body.Close()
}

// serveHealth answers Health.
func (e *engine) serveHealth(w http.ResponseWriter, r *http.Request) {
	why := e.status.stalled(time.Now())
	if why == "" && r.URL.Query().Has("ready") {
		if now := e.readiness(); !now.Ready {
			why = "not ready, waits for: " + strings.Join(now.WaitsFor, "; ")
		}
	}
	if why != "" {
		http.Error(w, why, http.StatusServiceUnavailable)
	}
}
