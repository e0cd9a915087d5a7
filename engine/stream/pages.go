package stream

import (
	"context"
	"net/http"
	"time"

	"github.com/rs/zerolog"

	"tilsyn/engine/invariant"
	"tilsyn/engine/stream/centres"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// Pages are what people look at beside the engine. The engine waits for nothing that they do, and goes on
// when they fail.
type Pages interface {
	http.Handler
	// Follow works beside the engine until ctx ends. After an error it is called again.
	Follow(ctx context.Context, s Sight) error
}

// Sight is what pages see of the engine. Its functions return at once and may be called from any goroutine.
type Sight struct {
	// Kafka says how to reach the topics, Schemas knows the writers' schemas.
	Kafka   topics.Config
	Schemas *schemas.Store
	// DataDir is the data directory of the instance.
	DataDir string
	// Key encrypts what they keep there, 32 bytes; nil: nothing is encrypted.
	Key []byte
	// Now is the clock, Trust whether producers' timestamps are accepted.
	Now   func() time.Time
	Trust bool
	// World is what is known of the centres, and the policies; false before they are read.
	World func() (*centres.Picture, bool)
	// Health is the answer of /readyz.
	Health func() Readiness
	Log    zerolog.Logger
}

// pagesAgain is how long the engine waits before it lets pages that failed try again.
const pagesAgain = 5 * time.Second

// showPages lets the pages work until ctx ends. What goes wrong there is logged and stops nothing.
func (e *engine) showPages(ctx context.Context) error {
	defer invariant.EndPlainly()
	if e.cfg.Pages == nil {
		return nil
	}
	s := Sight{Kafka: e.cfg.Kafka, Schemas: e.cfg.Schemas, DataDir: e.cfg.DataDir, Key: e.vault.Key("pages"),
		Now: e.cfg.Now, Trust: e.cfg.TrustTimestamps,
		World: e.seen, Health: e.readiness, Log: e.cfg.Log}
	for ctx.Err() == nil {
		if err := e.cfg.Pages.Follow(ctx, s); err != nil && ctx.Err() == nil {
			e.cfg.Log.Error().Err(err).Msg("the pages cannot read the topics and are closed meanwhile; they try again")
		}
		t := time.NewTimer(pagesAgain)
		select {
		case <-ctx.Done():
		case <-t.C:
		}
		t.Stop()
	}
	return ctx.Err()
}

// seen is what is known of the centres.
func (e *engine) seen() (*centres.Picture, bool) {
	parts := e.shown.Load()
	if parts == nil {
		return nil, false
	}
	p := parts.reader.Picture()
	return p, p != nil && p.Centres != nil
}
