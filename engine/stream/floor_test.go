package stream

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/stream/datadir"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/telling"
	"tilsyn/engine/stream/testkit"
	"tilsyn/engine/stream/verify"
	"tilsyn/topics"
)

// cut deletes everything of the inputs that was in the logs before an instant.
func (r *rig) cut(b *topics.Embedded, at duty.Instant) int64 {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	var names []string
	for _, s := range topics.All() {
		if s.Input() {
			names = append(names, s.Name)
		}
	}
	parts, err := r.client.AllPartitions(ctx, names...)
	if err != nil {
		r.t.Fatal(err)
	}
	first, err := r.client.Offsets(ctx, parts, topics.AtTime(int64(at)))
	if err != nil {
		r.t.Fatal(err)
	}
	gone := int64(0)
	for p, n := range first {
		if n <= 0 {
			continue // nothing is before it, or nothing behind it: then it stays
		}
		if err := b.Cluster().DeleteRecords(r.client.Full(p.Topic), p.Partition, n); err != nil {
			r.t.Fatal(err)
		}
		gone += n
	}
	return gone
}

// A state rebuilt from logs whose beginning is gone withdraws nothing and accuses nobody; what
// clears by itself still clears. Without --history-floor the engine refuses.
func TestFloor(t *testing.T) {
	t.Parallel()
	b, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	r := newRigOn(t, b.Brokers(), 2)
	r.load(testkit.Residents(rand.New(rand.NewPCG(21, 21)), 60, 12))
	cfg := r.config(seeds.Start + 20*duty.Day)
	e := start(t, cfg)
	e.rest()
	e.end()
	r.verified()
	if toldBy(cfg.Stats) == 0 {
		t.Fatal("nothing was told: the test tests nothing")
	}
	date := (seeds.Start + 6*duty.Day).Date()
	if n := r.cut(b, date.Start()); n < 100 {
		t.Fatalf("only %d records were cut off", n)
	}
	if err := os.RemoveAll(filepath.Join(cfg.DataDir, datadir.DirState)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := contextWithin(t)
	defer cancel()
	if err := Run(ctx, cfg); err == nil {
		t.Fatal("a short history was accepted without the flag")
	}

	next := r.config(seeds.Start + 20*duty.Day)
	next.DataDir, next.Floor = cfg.DataDir, duty.Some(date)
	e = start(t, next)
	e.rest()
	if n := toldBy(next.Stats); n != 0 {
		t.Errorf("a rebuild from a short history told %d revisions", n)
	}
	if next.Stats.Frozen.Load() == 0 || next.Stats.Rebuilds.Load() != 2 {
		t.Errorf("%d revisions were frozen in %d rebuilds: the test tests nothing", next.Stats.Frozen.Load(),
			next.Stats.Rebuilds.Load())
	}
	check := verify.VerifyConfig{Kafka: r.cfg, Policy: policy.Builtin(), Floor: duty.Some(date),
		Found: func(d telling.Difference) { t.Errorf("%s %s: %s", d.Kind, d.Date, d.What) }}
	if got, err := verify.Verify(ctx, check); err != nil || got.Differences != 0 || got.Persons == 0 {
		t.Errorf("verify: %+v %v", got, err)
	}
	e.end()
	t.Logf("%d frozen", next.Stats.Frozen.Load())
	r.clearBelow(next, duty.Some(date))
}

// clearBelow lets the engine read one more fact about everybody who was reported: they were in
// hospital all the time, which clears by itself.
func (r *rig) clearBelow(before Config, floor duty.Opt[duty.Date]) {
	r.t.Helper()
	judged := seeds.Start + 20*duty.Day
	stands := map[string]bool{}
	for part := range int32(2) {
		for _, v := range r.read(part) {
			stands[v.PersonID] = true
		}
	}
	var feeds []testkit.Feed
	for who := range stands {
		feeds = append(feeds, testkit.Feed{At: judged + duty.Hour, Topic: "holds", Key: who,
			Record: &duty.Hold{ID: "h" + who, Version: 1,
				ReceivedAt: judged + duty.Hour, HoldID: "h" + who, PersonID: who, Kind: duty.HoldKindHospital,
				ValidFrom: seeds.Start - 30*duty.Day, ValidTo: duty.Some(seeds.Start + 30*duty.Day)}})
	}
	r.load(feeds)
	cfg := r.config(judged + duty.Day)
	cfg.DataDir, cfg.Floor = before.DataDir, floor
	e := start(r.t, cfg)
	e.rest()
	e.end()
	if cfg.Stats.Withdrawn.Load() == 0 {
		r.t.Error("what clears by itself withdrew nothing")
	}
	for part := range int32(2) {
		for _, v := range r.read(part) {
			switch {
			case v.EvaluatedAt <= judged:
			case v.Status != duty.StatusWithdrawn && v.Instant <= judged:
				r.t.Errorf("%s of %s was told below the floor", v.Kind, v.UnitDate)
			case v.Status == duty.StatusWithdrawn && v.WithdrawnOutcome.V != duty.WithdrawnOutcomeExcused:
				r.t.Errorf("%s of %s was withdrawn as %s", v.Kind, v.UnitDate, v.WithdrawnOutcome.V)
			}
		}
	}
	r.t.Logf("%d withdrawn, %d frozen", cfg.Stats.Withdrawn.Load(), cfg.Stats.Frozen.Load())
}
