package stream

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
)

// A feed that is silent is said once in the log, among the notes of /readyz and in the metrics, and
// again when it is heard (REL-06).
func TestSilentFeedIsSaid(t *testing.T) {
	t.Parallel()
	r := newRig(t, 2)
	at := seeds.Start
	beat := func(id string, at duty.Instant) testkit.Feed {
		return testkit.Feed{At: at, Topic: duty.TopicHeartbeats, Key: "feed:permissions",
			Record: &duty.Heartbeat{ID: id, Version: 1, ReceivedAt: at, SourceID: "feed:permissions", At: at}}
	}
	now := at + duty.Day
	r.load([]testkit.Feed{beat("h", at)})
	cfg := r.config(now)
	cfg.Listen = freeAddress(t)
	var log safeBuffer
	cfg.Log = zerolog.New(&log)
	e := start(t, cfg)
	said := func(n int) {
		t.Helper()
		for began := time.Now(); strings.Count(log.String(), feedSilentNote) < n; time.Sleep(50 * time.Millisecond) {
			if time.Since(began) > within {
				t.Fatalf("the log does not say it %d times: %s", n, log.String())
			}
		}
	}
	said(1)
	_, got := readiness(t, cfg.Listen)
	if !slices.ContainsFunc(got.Notes, func(n Note) bool {
		return n.Name == feedSilentNote && n.Source == "feed:permissions" && len(n.Centres) == 0
	}) {
		t.Errorf("/readyz says %+v", got)
	}
	if value(t, scrape(t, cfg.Listen), "tilsyn_feed_silent", "source", "feed:permissions") != 1 {
		t.Error("the metrics do not show it")
	}
	r.load([]testkit.Feed{beat("again", now)})
	said(2)
	if value(t, scrape(t, cfg.Listen), "tilsyn_feed_silent", "source", "feed:permissions") != 0 {
		t.Error("the metrics show a feed as silent that was heard again")
	}
	e.end()
}
