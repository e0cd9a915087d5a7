package stream

import (
	"context"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/simulate"
	"tilsyn/engine/stream/testkit"
	"tilsyn/engine/stream/verify"
)

// What the engine tells of residents whose devices and feeds send heartbeats, of which some are
// lost with rows, is what verify finds from the same logs, and so are the automatic incidents.
func TestRunIsVerifiedUnderTheWatch(t *testing.T) {
	t.Parallel()
	const interval = 30 * duty.Minute
	p, err := policy.Load("simulated", []byte(simulate.PolicyText(interval)))
	if err != nil {
		t.Fatal(err)
	}
	var facts simulate.Collect
	truth, err := simulate.Run(simulate.Config{Seed: 3, Start: duty.DateOf(2026, 2, 2), Days: 10, Persons: 12,
		Numbered:   true,
		Heartbeats: interval, Reconciled: true, Undisturbed: true,
		Faults: simulate.Faults{Plans: []simulate.Plan{simulate.Plans()[0]}}}, &facts)
	if err != nil {
		t.Fatal(err)
	}
	feeds := make([]testkit.Feed, 0, len(facts.Facts))
	for _, f := range facts.Facts {
		feeds = append(feeds, testkit.Feed{At: f.ReceivedAt, Topic: f.Topic, Key: f.Key, Record: f.Record})
	}
	r := newRig(t, 3)
	cfg := r.config(truth.Until)
	cfg.Policy = p
	r.load(feeds)
	e := start(t, cfg)
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	for begin := time.Now(); ; time.Sleep(200 * time.Millisecond) {
		named := map[string]string{}
		got, err := verify.Verify(ctx, verify.VerifyConfig{Kafka: r.cfg, Policy: p, At: duty.Some(truth.Until),
			FoundIncident: func(d verify.IncidentDifference) { named[d.IncidentID] = d.What }})
		if err != nil {
			t.Fatal(err)
		}
		if got.Differences == 0 && got.Ahead == 0 && got.IncidentsCompared && got.IncidentDifferences == 0 &&
			got.Persons > 0 && got.Incidents > 0 {
			t.Logf("%+v", got)
			break
		}
		if got.Unsound > 0 || time.Since(begin) > within/2 {
			t.Fatalf("%+v %v", got, named)
		}
	}
	e.end()
}
