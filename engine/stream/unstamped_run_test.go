package stream

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/testkit"
	"tilsyn/topics"
)

// Somebody sets card-events to CreateTime under a running engine, and a row of some weeks ago
// arrives with its own time. Nobody is accused by it; the engine is not ready and says why, once.
// When the topic is set back it goes on, and a restart and verify agree. Until then a start is
// refused.
func TestTimestampsAlteredUnderTheEngine(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "an engine that waits to be set right, and another")
	b, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	ctx, cancel := contextWithin(t)
	defer cancel()
	r := &rig{t: t, cfg: topics.Config{Brokers: b.Brokers(), Prefix: "test."}, codec: newTestCodec()}
	if r.client, err = topics.Connect(ctx, r.cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.client.Close)
	if _, err := r.client.Create(ctx, topics.CreateOptions{Partitions: 1}); err != nil {
		t.Fatal(err)
	}
	const who = "Qperson1"
	now := duty.Instant(time.Now().UnixMilli())
	past := now - 20*duty.Day
	row := func(id string, at duty.Instant, way duty.Direction) testkit.Feed {
		return testkit.Feed{At: at, Topic: duty.TopicCardEvents,
			Key: who, Record: &duty.CardEvent{ID: id, Version: 1, ReceivedAt: at, PersonID: duty.Some(who),
				CardID: "Qcard1", CardType: duty.CardTypeBiometric, CentreID: "KH", DeviceID: "KH-carousel",
				DeviceType: duty.DeviceTypeCarousel,
				Kind:       duty.CardEventKindPassage, Direction: duty.Some(way), Scan: duty.ScanComplete, OccurredAt: at}}
	}
	r.load([]testkit.Feed{
		{Topic: "group-changes", Key: who, Record: &duty.GroupChange{ID: "1", Version: 1, ReceivedAt: now, PersonID: who,
			Group: duty.GroupExpelledJudgment, ValidFrom: past}},
		{Topic: "obligation-changes", Key: who,
			Record: &duty.ObligationChange{ID: "2", Version: 1, ReceivedAt: now, DecisionID: "d",
				PersonID: who, Kind: duty.KindStay, Action: duty.ActionImpose,
				LegalBasis: duty.LegalBasisReturnAct132, CentreID: "KH",
				ServedAt: duty.Some(past), ValidFrom: past, ValidTo: duty.Some(past + 3*duty.Day)}},
		row("3", past, duty.DirectionIn), row("4", past+4*duty.Day, duty.DirectionIn),
	})
	var log safeBuffer
	cfg := r.config(0)
	cfg.TrustTimestamps, cfg.Now, cfg.Limits, cfg.Log, cfg.Listen = false, time.Now,
		task.Limits{MarkEvery: 100 * time.Millisecond}, zerolog.New(&log), freeAddress(t)
	cfg.SessionTimeout = 6 * time.Second // which the last run waits for: it is another member
	e := start(t, cfg)
	e.rest()
	told := revisions(cfg)
	setTimes := func(kind string) {
		if err := r.client.SetTopic(ctx, duty.TopicCardEvents, "message.timestamp.type", kind); err != nil {
			t.Fatal(err)
		}
	}
	setTimes("CreateTime")
	r.load([]testkit.Feed{row("5", past+duty.Hour, duty.DirectionOut)})
	const says = "records of card-events carry the time of their producers"
	ready := func(want int) {
		for began := time.Now(); ; time.Sleep(50 * time.Millisecond) {
			code, body := askHTTP(t, cfg.Listen, "/readyz")
			if code == want && strings.Contains(body, says) == (want != http.StatusOK) {
				return
			}
			if time.Since(began) > within {
				t.Fatalf("/readyz %d, want %d: %s", code, want, body)
			}
		}
	}
	ready(http.StatusServiceUnavailable)
	other := r.config(0)
	other.TrustTimestamps = false
	ends(t, other, task.ErrTopics)
	setTimes("LogAppendTime")
	ready(http.StatusOK)
	e.rest()
	indicated := func() {
		t.Helper()
		for _, v := range r.last(0) {
			if v.Status == duty.StatusIndicated {
				t.Errorf("%s of %s is INDICATED", v.Kind, v.UnitDate)
			}
		}
	}
	indicated()
	if n := strings.Count(log.String(), says); n != 1 {
		t.Errorf("it was told %d times:\n%s", n, log.String())
	}
	e.end()
	r.verified()
	for _, dir := range []string{cfg.DataDir, t.TempDir()} {
		next := cfg
		next.DataDir, next.Log, next.Stats = dir, zerolog.Nop(), &task.Stats{}
		r.runToRest(next)
		indicated()
		r.verified()
	}
	t.Logf("told %d before", told)
}
