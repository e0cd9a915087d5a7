package stream

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/deadletter"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
	"tilsyn/engine/stream/verify"
	"tilsyn/state"
	"tilsyn/topics"
)

// noise is text that does not compress.
func noise(rng *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('!' + rng.IntN(90))
	}
	return string(b)
}

// Records of the largest size that a broker takes stop nobody: one that can be read is a fact, the
// other a dead letter with all of its bytes.
func TestRecordOfAMegabyte(t *testing.T) {
	rng := rand.New(rand.NewPCG(41, 41))
	r := newRig(t, 1)
	feeds := testkit.Residents(rng, 10, 5)
	who := "Qperson1"
	feeds = append(feeds, testkit.Feed{At: seeds.Start + duty.Day, Topic: "manual-entries", Key: who,
		Record: &duty.ManualEntry{
			ID: "large", Version: 1, ReceivedAt: seeds.Start + duty.Day, PersonID: duty.Some(who), CentreID: "KH",
			Form:      duty.FormObservation,
			LocalTime: "2026-03-02T12:00", DocumentRef: duty.Some(noise(rng, 1_000_000))}})
	r.load(feeds)
	bad := []byte(noise(rng, 1_048_300))
	ctx, cancel := contextWithin(t)
	defer cancel()
	p := r.client.NewProducer(topics.ProducerConfig{MaxBatchBytes: 2 << 20})
	err := p.Add(ctx, topics.Out{Topic: "notices", Partition: topics.ByKey, Key: []byte(who), Value: bad,
		Timestamp: int64(seeds.Start + duty.Day)})
	if err == nil {
		err = p.Flush(ctx)
	}
	if err != nil {
		t.Fatal(err)
	}
	cfg := r.config(seeds.Start + 20*duty.Day)
	e := start(t, cfg)
	e.rest()
	e.end()
	r.verified()
	found := false
	s := broker.Scan{From: broker.NewKafka(r.client, "", verify.VerifyWait, verify.VerifyBytes), Most: 100,
		Wait: verify.VerifyWait}
	err = s.All(ctx, []broker.Partition{{Topic: duty.TopicDeadLetters, Index: 0}}, func(rec *broker.Record) error {
		found = found || bytes.Equal(rec.Value, bad) && deadletter.HeadersOf(rec)["topic"] == "notices"
		return nil
	})
	if err != nil || !found {
		t.Errorf("the dead letter: found %v, %v", found, err)
	}
}

// manyRows is a resident of whom a row comes every minute.
func manyRows(who string, n int) []testkit.Feed {
	at := seeds.Start
	feeds := []testkit.Feed{
		{At: at, Topic: "group-changes", Key: who,
			Record: &duty.GroupChange{ID: "g" + who, Version: 1, ReceivedAt: at, PersonID: who,
				Group: duty.GroupExpelledJudgment, ValidFrom: at}},
		{At: at, Topic: "obligation-changes", Key: who,
			Record: &duty.ObligationChange{ID: "o" + who, Version: 1, ReceivedAt: at, DecisionID: "d" + who,
				PersonID: who, Kind: duty.KindStay, Action: duty.ActionImpose,
				LegalBasis: duty.LegalBasisReturnAct132, CentreID: "KH",
				ServedAt: duty.Some(at), ValidFrom: at}},
	}
	for i := range n {
		at += duty.Minute
		way := duty.DirectionIn
		if i%2 == 1 {
			way = duty.DirectionOut
		}
		feeds = append(feeds, testkit.Feed{At: at, Topic: duty.TopicCardEvents, Key: who,
			Record: &duty.CardEvent{ID: fmt.Sprintf("%s-r%06d", who, i), Version: 1,
				ReceivedAt: at, PersonID: duty.Some(who), CardID: "Qcard1", CardType: duty.CardTypeBiometric,
				CentreID: "KH", DeviceID: "KH-carousel",
				DeviceType: duty.DeviceTypeCarousel, Kind: duty.CardEventKindPassage, Direction: duty.Some(way),
				Scan: duty.ScanComplete, OccurredAt: at}})
	}
	return feeds
}

// A person with 200,000 rows, at full size, is judged, beside others, in bounded time and
// memory.
func TestPersonOf200000Rows(t *testing.T) {
	seeds.Large(t, "a person with very many rows")
	if testing.Short() {
		t.Skip("judges a person with 200,000 rows")
	}
	r := newRig(t, 1)
	rows := seeds.AtLeast(t, 200_000, 20_000)
	r.load(manyRows("Qbusy", rows))
	r.load(testkit.Residents(rand.New(rand.NewPCG(42, 42)), 5, 5))
	cfg := r.config(seeds.Start + duty.Instant(rows)*duty.Minute + 3*duty.Day)
	var most atomic.Uint64
	done := make(chan struct{})
	go func() {
		var m runtime.MemStats
		for {
			select {
			case <-done:
				return
			case <-time.After(100 * time.Millisecond):
				runtime.ReadMemStats(&m)
				most.Store(max(most.Load(), m.HeapInuse))
			}
		}
	}()
	began := time.Now()
	cfg.Listen = freeAddress(t)
	e := start(t, cfg)
	for judged := false; !judged; time.Sleep(100 * time.Millisecond) {
		_, now := readiness(t, cfg.Listen)
		judged = len(now.Tasks) == 1 && now.Tasks[0].CaughtUp != nil && now.Tasks[0].WaitsFor == "" &&
			now.Tasks[0].Sequence > 0 &&
			cfg.Stats.Evaluations.Load() > 0
		if time.Since(began) > 2*within {
			t.Fatalf("not judged after %s: %+v", time.Since(began), now)
		}
	}
	e.rest()
	took := time.Since(began)
	close(done)
	t.Logf("%d rows: at rest after %s, %d verdicts, heap with the broker at most %d MiB", rows, took,
		cfg.Stats.Evaluations.Load(), most.Load()>>20)
	e.end()
	if got := r.verified(); got.Persons == 0 || got.Differences > 0 {
		t.Errorf("%+v", got)
	}
}

// When the disk fills up, only writing stops. The engine says so, tells nothing that it could not
// store, and goes on by itself once there is space.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	r := newRig(t, 2)
	feeds := testkit.Residents(rand.New(rand.NewPCG(43, 43)), 30, 9)
	half := len(feeds) / 2
	var full atomic.Bool
	cfg := r.config(seeds.Start + 20*duty.Day)
	cfg.Listen = freeAddress(t)
	cfg.State = state.Options{ReserveBytes: 1 << 20, FreeBytes: func(string) (int64, error) {
		if full.Load() {
			return 1 << 20, nil
		}
		return 1 << 40, nil
	}}
	r.load(feeds[:half])
	e := start(t, cfg)
	e.rest()
	full.Store(true)
	r.load(feeds[half:])
	var got Readiness
	for began := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		status, now := readiness(t, cfg.Listen)
		if got = now; status == 503 && len(got.WaitsFor) == 2 {
			break
		}
		if time.Since(began) > within {
			t.Fatalf("a full disk is not seen: %+v", got)
		}
	}
	for _, why := range got.WaitsFor {
		if !strings.Contains(why, "too little free disk space") {
			t.Errorf("ready waits for %s", why)
		}
	}
	// At most the transaction that was in progress when the disk filled up.
	before := cfg.Stats.Commits.Load()
	time.Sleep(time.Second)
	if n := cfg.Stats.Commits.Load(); n != before {
		t.Errorf("%d transactions on a full disk", n-before)
	}
	families := scrape(t, cfg.Listen)
	if value(t, families, "tilsyn_disk_full_total") == 0 || value(t, families, "tilsyn_state_disk_free_bytes") != 1<<20 {
		t.Error("the metrics do not show a full disk")
	}
	full.Store(false)
	for began := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		if _, now := readiness(t, cfg.Listen); now.Ready {
			break
		}
		if time.Since(began) > within {
			t.Fatal("the engine does not go on when there is space again")
		}
	}
	e.rest()
	e.end()
	if got := r.verified(); got.Persons == 0 {
		t.Errorf("%+v", got)
	}
}
