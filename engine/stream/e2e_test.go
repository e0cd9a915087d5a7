package stream

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/datadir"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/telling"
	"tilsyn/engine/stream/testkit"
	"tilsyn/engine/stream/verify"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// within bounds every wait of the tests with a broker; a busy machine under the race detector needs more
// than a minute where a quiet one needs a second.
const within = 3 * time.Minute

func newTestCodec() broker.Codec { return broker.NewCodec(schemas.NewStore()) }

// rig is an embedded broker with topics and a client.
type rig struct {
	t      *testing.T
	cfg    topics.Config
	client *topics.Client
	codec  broker.Codec
}

func newRig(t *testing.T, parts int32) *rig {
	t.Helper()
	b, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return newRigOn(t, b.Brokers(), parts)
}

func newRigOn(t *testing.T, brokers []string, parts int32) *rig {
	t.Helper()
	return newRigOf(t, topics.Config{Brokers: brokers, Prefix: "test."}, parts)
}

// newRigOf makes the topics of a prefix.
func newRigOf(t *testing.T, cfg topics.Config, parts int32) *rig {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	r := &rig{t: t, cfg: cfg, codec: newTestCodec()}
	var err error
	if r.client, err = topics.Connect(ctx, r.cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.client.Close)
	if _, err = r.client.Create(ctx, topics.CreateOptions{Partitions: parts, CreateTime: true}); err != nil {
		t.Fatal(err)
	}
	return r
}

// load writes facts, each at its time.
func (r *rig) load(feeds []testkit.Feed) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	p := r.client.NewProducer(topics.ProducerConfig{})
	for i := range feeds {
		f := &feeds[i]
		value := []byte{0xff}
		if f.Record != nil {
			var err error
			if value, err = r.codec.Encode(f.Topic, f.Record); err != nil {
				r.t.Fatal(err)
			}
		}
		if err := p.Add(ctx, topics.Out{Topic: f.Topic, Partition: topics.ByKey, Key: []byte(f.Key), Value: value,
			Timestamp: int64(f.At)}); err != nil {
			r.t.Fatal(err)
		}
	}
	if err := p.Flush(ctx); err != nil {
		r.t.Fatal(err)
	}
}

// config is that of an engine whose clock stands at an instant.
func (r *rig) config(at duty.Instant) Config {
	return Config{
		Kafka: r.cfg, Group: "e2e", DataDir: r.t.TempDir(), TrustTimestamps: true, Policy: policy.Builtin(),
		Log: zerolog.New(zerolog.NewTestWriter(r.t)).Level(zerolog.WarnLevel), Stats: &task.Stats{},
		Now:    func() time.Time { return time.UnixMilli(int64(at)) },
		Limits: task.Limits{Poll: 50 * time.Millisecond, MarkEvery: 100 * time.Millisecond},
		// A task at rest commits nothing except the sign that it has begun.
		signEvery: time.Hour,
		seen:      &atomic.Pointer[status]{},
	}
}

// running is an engine in this process.
type running struct {
	t    *testing.T
	cfg  Config
	stop context.CancelFunc
	done chan error
}

func start(t *testing.T, cfg Config) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{t: t, cfg: cfg, stop: cancel, done: make(chan error, 1)}
	ready := make(chan struct{})
	r.cfg.Ready = func([]string) { close(ready) }
	go func() { r.done <- Run(ctx, r.cfg) }()
	t.Cleanup(cancel)
	select {
	case <-ready:
	case err := <-r.done:
		t.Fatalf("the engine ended at its start: %v", err)
	case <-time.After(within):
		t.Fatal("the engine does not become ready")
	}
	return r
}

// end stops the engine and waits for it.
func (r *running) end() {
	r.t.Helper()
	r.stop()
	select {
	case err := <-r.done:
		if err != nil {
			r.t.Fatalf("the engine ended with %v", err)
		}
	case <-time.After(within):
		r.t.Fatal("the engine does not stop")
	}
}

// verified runs Verify and fails on any difference.
func (r *rig) verified() verify.Verified {
	r.t.Helper()
	return r.verifiedBy(policy.Builtin())
}

// verifiedBy is verified for an engine with another policy.
func (r *rig) verifiedBy(p *duty.Policy) verify.Verified {
	r.t.Helper()
	got, err := r.verify(p)
	if err != nil {
		r.t.Fatal(err)
	}
	return got
}

func (r *rig) verify(p *duty.Policy) (verify.Verified, error) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	n := 0
	cfg := verify.VerifyConfig{Kafka: r.cfg, Policy: p, ParsePolicy: readPolicy}
	cfg.Found = func(d telling.Difference) {
		if n++; n <= 10 {
			r.t.Errorf("%s %s %s %s: %s", d.PersonID, d.Kind, d.Date, d.UnitID, d.What)
		}
	}
	got, err := verify.Verify(ctx, cfg)
	for err == nil && got.RecallDifferences > 0 && ctx.Err() == nil { // the topic recalls follows
		time.Sleep(100 * time.Millisecond)
		got, err = verify.Verify(ctx, cfg)
	}
	r.t.Logf("%+v", got)
	if err == nil {
		r.accounted(ctx, p)
	}
	return got, err
}

// accounted checks that every unit that is due is somewhere (accounting identity, contract-case 9).
func (r *rig) accounted(ctx context.Context, p *duty.Policy) {
	r.t.Helper()
	all, err := verify.TakeAccounts(ctx, verify.AccountingConfig{Kafka: r.cfg, Policy: p, ParsePolicy: readPolicy})
	if err != nil {
		r.t.Fatal(err)
	}
	var sum verify.Account
	for i := range all.Lines {
		a := &all.Lines[i]
		sum.Add(a)
		if a.Nowhere > 0 {
			r.t.Errorf("%d units of %s at %s on %s are due and nowhere", a.Nowhere, a.Kind, a.CentreID, a.Date)
		}
	}
	r.t.Logf("%+v", sum)
	parts := sum.Compliant + sum.Excused + sum.NotApplicable + sum.Undetermined + sum.Excluded + sum.Provisional +
		sum.Pending + sum.Handled + sum.Unhandled + sum.Withdrawn + sum.Nowhere
	if sum.Due != parts {
		r.t.Errorf("%d units are due and %d are somewhere or nowhere", sum.Due, parts)
	}
}

// The engine on a broker and a real store tells what follows from the facts,
// and a restart and lost state say nothing new (TX-21).
func TestEmbedded(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(7, 7))
	r := newRig(t, 3)
	r.load(testkit.Residents(rng, 40, 9))
	cfg := r.config(seeds.Start + 20*duty.Day)
	e := start(t, cfg)
	e.rest()
	got := r.verified()
	e.end()
	told := cfg.Stats.Indicated.Load() + cfg.Stats.NeedsReview.Load()
	if got.Persons < 20 || told == 0 || got.Ahead > 0 {
		t.Errorf("compared %+v, told %d", got, told)
	}
	for _, what := range []string{"restart", "lost state"} {
		next := r.config(seeds.Start + 20*duty.Day)
		next.DataDir = cfg.DataDir
		if what == "lost state" {
			if err := os.RemoveAll(filepath.Join(cfg.DataDir, "state")); err != nil {
				t.Fatal(err)
			}
		}
		e = start(t, next)
		e.rest()
		e.end()
		if n := next.Stats.Indicated.Load() + next.Stats.NeedsReview.Load() + next.Stats.Withdrawn.Load(); n != 0 {
			t.Errorf("a %s told %d revisions", what, n)
		}
		r.verified()
	}
}

// The register of links and cards outlives a run. Verdicts are the same whatever is left of the
// register and of the state.
func TestRegisterOutlivesRun(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "five engines in turn")
	r := newRig(t, 3)
	r.load(testkit.Neighbours(rand.New(rand.NewPCG(9, 9)), 12, 6))
	cfg := r.config(seeds.Start + 20*duty.Day)
	e := start(t, cfg)
	e.rest()
	e.end()
	r.verified()
	for _, what := range []string{"restart", "lost state", "lost register", "restart"} {
		next, log := r.config(seeds.Start+20*duty.Day), &safeBuffer{}
		next.DataDir, next.Log = cfg.DataDir, zerolog.New(log)
		if dir := map[string]string{"lost state": datadir.DirState, "lost register": datadir.DirRegister}[what]; dir != "" {
			if err := os.RemoveAll(filepath.Join(cfg.DataDir, dir)); err != nil {
				t.Fatal(err)
			}
		}
		e = start(t, next)
		e.rest()
		e.end()
		if n := next.Stats.Indicated.Load() + next.Stats.NeedsReview.Load() + next.Stats.Withdrawn.Load(); n != 0 {
			t.Errorf("%s: %d revisions were told", what, n)
		}
		if taken := strings.Contains(log.String(), "taken up from the data directory"); taken != (what != "lost register") {
			t.Errorf("%s: the register was taken up: %v", what, taken)
		}
		r.verified()
	}
}

// A clock that runs by the facts read ends where the facts end, whatever the
// order in which partitions are read, and tells what the wall clock would.
func TestEventsClock(t *testing.T) {
	t.Parallel()
	r := newRig(t, 3)
	r.load(testkit.Residents(rand.New(rand.NewPCG(8, 8)), 30, 21))
	cfg := r.config(0)
	cfg.Clock, cfg.Now = ClockEvents, nil
	e := start(t, cfg)
	e.rest()
	e.end()
	got := r.verified()
	if told := cfg.Stats.Indicated.Load() + cfg.Stats.NeedsReview.Load(); told == 0 || got.Persons == 0 || got.Ahead > 0 {
		t.Errorf("compared %+v, told %d", got, told)
	}
}
