package stream

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/datadir"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/testkit"
	"tilsyn/engine/stream/verify"
	"tilsyn/topics"
)

// safeBuffer is written by several goroutines.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// read returns the violations that a read_committed reader sees now.
func (r *rig) read(part int32) []*duty.Violation {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	var out []*duty.Violation
	s := broker.Scan{From: broker.NewKafka(r.client, "", verify.VerifyWait, verify.VerifyBytes),
		Most: verify.VerifyRecords, Wait: verify.VerifyWait}
	err := s.All(ctx, []broker.Partition{{Topic: duty.TopicViolations, Index: part}}, func(rec *broker.Record) error {
		v, err := r.codec.Decode(duty.TopicViolations, rec.Value)
		if err == nil {
			out = append(out, v.(*duty.Violation))
		}
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return out
}

// waitFor reads the violations until one has the status.
func (r *rig) waitFor(status duty.Status) *duty.Violation {
	r.t.Helper()
	for begin := time.Now(); time.Since(begin) < within; time.Sleep(20 * time.Millisecond) {
		for _, v := range r.read(0) {
			if v.Status == status {
				return v
			}
		}
	}
	r.t.Fatalf("no revision is %s", status)
	return nil
}

// On topics with the broker's own timestamps and the machine's clock, a fact
// that clears withdraws at once.
func TestClearsAtOnce(t *testing.T) {
	t.Parallel()
	b, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	r := &rig{t: t, cfg: topics.Config{Brokers: b.Brokers(), Prefix: "test."}, codec: newTestCodec()}
	if r.client, err = topics.Connect(ctx, r.cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.client.Close)
	if _, err := r.client.Create(ctx, topics.CreateOptions{Partitions: 1}); err != nil {
		t.Fatal(err)
	}
	now := duty.Instant(time.Now().UnixMilli())
	past := now - 20*duty.Day
	who := "Qperson1"
	r.load([]testkit.Feed{
		{Topic: "group-changes", Key: who, Record: &duty.GroupChange{ID: "1", Version: 1, ReceivedAt: now, PersonID: who,
			Group: duty.GroupExpelledJudgment, ValidFrom: past}},
		{Topic: "obligation-changes", Key: who,
			Record: &duty.ObligationChange{ID: "2", Version: 1, ReceivedAt: now, DecisionID: "d",
				PersonID: who, Kind: duty.KindStay, Action: duty.ActionImpose,
				LegalBasis: duty.LegalBasisReturnAct132, CentreID: "KH",
				ServedAt: duty.Some(past), ValidFrom: past, ValidTo: duty.Some(past + 3*duty.Day)}},
		{Topic: duty.TopicCardEvents, Key: who,
			Record: &duty.CardEvent{ID: "3", Version: 1, ReceivedAt: now, PersonID: duty.Some(who),
				CardID: "Qcard1", CardType: duty.CardTypeBiometric, CentreID: "KH", DeviceID: "KH-carousel",
				DeviceType: duty.DeviceTypeCarousel,
				Kind:       duty.CardEventKindPassage, Direction: duty.Some(duty.DirectionOut),
				Scan: duty.ScanComplete, OccurredAt: past + duty.Hour}},
	})
	cfg := r.config(0)
	cfg.TrustTimestamps, cfg.Now, cfg.Limits = false, time.Now, task.Limits{}
	e := start(t, cfg)
	told := r.waitFor(duty.StatusNeedsReview)
	sent := time.Now()
	r.load([]testkit.Feed{{Topic: "holds", Key: who,
		Record: &duty.Hold{ID: "4", Version: 1, ReceivedAt: now, HoldID: "h", PersonID: who,
			Kind: duty.HoldKindHospital, ValidFrom: past - duty.Day, ValidTo: duty.Some(past + 4*duty.Day)}}})
	if v := r.waitFor(duty.StatusWithdrawn); v.WithdrawnOutcome != duty.Some(duty.WithdrawnOutcomeExcused) {
		t.Errorf("withdrawn as %v", v.WithdrawnOutcome)
	}
	if took := time.Since(sent); took > 10*time.Second {
		t.Errorf("clearing took %s", took)
	} else {
		t.Logf("told %s, cleared after %s", told.UnitDate, took)
	}
	e.rest()
	e.end()
	r.verified()
}

// Nothing personal is logged, counted or served; health and readiness answer.
func TestNothingPersonalIsShown(t *testing.T) {
	t.Parallel()
	r := newRig(t, 2)
	feeds := testkit.Residents(rand.New(rand.NewPCG(5, 5)), 10, 5)
	feeds = append(feeds, testkit.Feed{At: seeds.Start, Topic: "notices", Key: "Qperson1"},
		testkit.Feed{At: seeds.Start, Topic: "notices", Key: ""},
		testkit.Feed{At: seeds.Start, Topic: duty.TopicCardEvents, Key: "Qcard9",
			Record: &duty.CardEvent{ID: "x", Version: 1, ReceivedAt: seeds.Start,
				CardID: "Qcard9", CardType: duty.CardTypeBarcode, CentreID: "KH", DeviceID: "KH-barcode",
				DeviceType: duty.DeviceTypeBarcodeScanner,
				Kind:       duty.CardEventKindPassage, Direction: duty.Some(duty.DirectionIn),
				Scan: duty.ScanComplete, OccurredAt: seeds.Start}})
	r.load(feeds)
	var log safeBuffer
	cfg := r.config(seeds.Start + 20*duty.Day)
	cfg.Log = zerolog.New(&log)
	cfg.Listen = freeAddress(t)
	e := start(t, cfg)
	e.rest()
	waitReady(t, cfg.Listen)
	shown := map[string]string{}
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		res, err := client.Get("http://" + cfg.Listen + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || res.StatusCode != http.StatusOK {
			t.Errorf("%s: %s %v", path, res.Status, err)
		}
		shown[path] = string(body)
	}
	e.end()
	shown["log"] = log.String()
	for where, text := range shown {
		if text == "" || strings.Contains(text, "Qperson") || strings.Contains(text, "Qcard") {
			t.Errorf("%s shows:\n%s", where, text)
		}
	}
	if !strings.Contains(shown["/metrics"], "tilsyn_parked_rows_total 1\n") ||
		!strings.Contains(shown["/metrics"], "tilsyn_dead_letters_total") {
		t.Errorf("metrics:\n%s", shown["/metrics"])
	}
	r.verified()
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// What cannot run says so, and which of the errors it is.
func TestRefusals(t *testing.T) {
	r := newRig(t, 2)
	gone := r.config(seeds.Start)
	gone.Kafka = topics.Config{Brokers: []string{freeAddress(t)}, GiveUpAfter: 500 * time.Millisecond}
	empty := r.config(seeds.Start)
	empty.Kafka.Prefix = "none."
	other := r.config(seeds.Start)
	if _, err := savedIdentity(other.DataDir,
		datadir.Identity{Prefix: "test.", Group: "another", Partitions: 2}); err != nil {
		t.Fatal(err)
	}
	trust := r.config(seeds.Start)
	trust.TrustTimestamps = false
	events := trust
	events.Clock = ClockEvents
	for _, x := range []struct {
		name string
		cfg  Config
		want error
	}{
		{"no broker", gone, topics.ErrGaveUp}, {"no topics", empty, task.ErrTopics},
		{"another group's directory", other, datadir.ErrDataDir},
		{"timestamps of the producers", trust, task.ErrTopics}, {"events clock without trust", events, ErrConfig},
		{"no directory", Config{Kafka: r.cfg, Policy: r.config(0).Policy}, ErrConfig},
	} {
		ctx, cancel := context.WithTimeout(context.Background(), within)
		if err := Run(ctx, x.cfg); !errors.Is(err, x.want) {
			t.Errorf("%s: %v", x.name, err)
		} else {
			t.Logf("%s: %v", x.name, err)
		}
		cancel()
	}
}

// contextWithin is a context that ends with the test's patience.
func contextWithin(t *testing.T) (context.Context, context.CancelFunc) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	t.Cleanup(cancel)
	return ctx, cancel
}

func waitListening(t *testing.T, address string) {
	t.Helper()
	for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		c, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			c.Close()
			return
		}
		if time.Since(began) > within {
			t.Fatal(err)
		}
	}
}
