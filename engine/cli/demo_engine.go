package cli

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	pages "tilsyn/engine/console"
	"tilsyn/engine/console/access"
	"tilsyn/engine/duty"
	"tilsyn/engine/simulate"
	"tilsyn/engine/stream"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/verify"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// liveEngine is the real engine on an embedded broker, as `run` has it, on a
// clock that the demo moves.
type liveEngine struct {
	broker   *topics.Embedded
	untell   func() // takes back where the broker listens; nil before it is told
	client   *topics.Client
	producer *topics.Producer
	clock    atomic.Int64
	// pages is the address of the pages.
	pages string
	stats task.Stats
	// counted are counters of stats when last looked at, moved when they last
	// changed.
	counted [3]int64
	moved   time.Time
	policy  *duty.Policy
	// newest is when the newest fact became known.
	newest duty.Instant

	stop   context.CancelFunc
	ended  chan struct{} // closed when stream.Run has returned
	runErr error

	out      chan demoWord
	halt     context.CancelFunc // ends the reader
	readerAt chan struct{}      // closed when the reader has returned
	readErr  error
	// target are the ends to read to before the reader ends by itself; nil
	// while the engine works.
	target atomic.Pointer[map[topics.TopicPartition]int64]
}

// demoPartitions is the partition count of the demo's topics.
const demoPartitions = 4

// startDemoEngine starts broker and engine in dir, with the clock at from, and
// waits until the engine is ready.
func startDemoEngine(ctx context.Context, dir string, from duty.Instant, p *duty.Policy) (*liveEngine, error) {
	e := &liveEngine{
		ended: make(chan struct{}), readerAt: make(chan struct{}), out: make(chan demoWord, 1024),
		stop: func() {}, halt: func() {}, policy: p,
	}
	e.clock.Store(int64(from))
	err := e.start(ctx, dir)
	if err != nil {
		return nil, errors.Join(err, e.close())
	}
	return e, nil
}

func (e *liveEngine) start(ctx context.Context, dir string) error {
	var err error
	if err := os.MkdirAll(filepath.Join(dir, demoBroker), 0o750); err != nil {
		return err
	}
	if e.broker, err = topics.StartEmbedded(topics.EmbeddedConfig{Dir: filepath.Join(dir, demoBroker)}); err != nil {
		return err
	}
	if e.untell, err = stream.TellEmbedded(filepath.Join(dir, demoBroker), e.broker.Brokers()); err != nil {
		return err
	}
	cfg := topics.Config{Brokers: e.broker.Brokers(), Prefix: topics.DefaultPrefix}
	if e.client, err = topics.Connect(ctx, cfg); err != nil {
		return err
	}
	if _, err := e.client.Create(ctx, topics.CreateOptions{Partitions: demoPartitions, CreateTime: true}); err != nil {
		return err
	}
	e.producer = e.client.NewProducer(topics.ProducerConfig{})
	shown, err := pages.New(pages.Config{Guard: &access.Guard{Local: true}, Demo: true})
	if err != nil {
		return err
	}
	if e.pages, err = freeAddress(); err != nil {
		return err
	}
	// Ctrl-C ends the show; the engine is stopped by close, in order.
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	e.stop = stop
	ready := make(chan struct{})
	go func() {
		defer close(e.ended)
		e.runErr = stream.Run(running, stream.Config{
			Kafka: cfg, DataDir: filepath.Join(dir, demoState), TrustTimestamps: true, Policy: e.policy,
			Now:    func() time.Time { return time.UnixMilli(e.clock.Load()) },
			Limits: task.Limits{Poll: 25 * time.Millisecond, MarkEvery: 30 * time.Millisecond},
			Stats:  &e.stats, Log: zerolog.Nop(), Ready: func([]string) { close(ready) },
			Listen: e.pages, Pages: shownPages{shown},
		})
	}()
	reading, halt := context.WithCancel(context.WithoutCancel(ctx))
	e.halt = halt
	go e.listen(reading)
	select {
	case <-ready:
		return nil
	case <-e.ended:
		return errDemoEngine
	case <-ctx.Done():
		return ctx.Err()
	}
}

// freeAddress is a loopback address that nobody listens on.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

func (e *liveEngine) feed(ctx context.Context, facts []simulate.Fact) error {
	for i := range facts {
		e.newest = max(e.newest, facts[i].ReceivedAt)
		if err := sendFact(ctx, e.producer, builtin(), &facts[i]); err != nil {
			return err
		}
	}
	e.moved = time.Now()
	return e.producer.Flush(ctx)
}

// builtin knows the built-in schemas alone, without a registry.
var builtin = sync.OnceValue(schemas.NewStore)

// sendFact collects a simulated fact for the input topics, stamped with the
// time at which it became known, in the frame of store.
func sendFact(ctx context.Context, p *topics.Producer, store *schemas.Store, f *simulate.Fact) error {
	s, ok := schemas.Lookup(f.Topic)
	if !ok {
		return errors.New("a simulated fact is of no known topic")
	}
	return p.Add(ctx, topics.Out{
		Topic: f.Topic, Partition: topics.ByKey, Key: []byte(f.Key), Value: store.AppendValue(nil, s, f.Record),
		Timestamp: int64(f.ReceivedAt),
	})
}

func (e *liveEngine) advance(to duty.Instant) {
	e.clock.Store(int64(to))
	e.moved = time.Now()
}

func (e *liveEngine) said() <-chan demoWord { return e.out }

func (e *liveEngine) failed() <-chan struct{} { return e.ended }

// Whether the engine has something to do is seen by its counters. At the end
// nothing may move for demoRest, which is many cycles and marks; on the way
// demoMoment will do.
const (
	demoRest   = 2 * time.Second
	demoMoment = 60 * time.Millisecond
	demoLook   = 20 * time.Millisecond
)

// still gives how long nothing has been read, evaluated or committed.
func (e *liveEngine) still() time.Duration {
	now := [3]int64{e.stats.Records.Load(), e.stats.Evaluations.Load(), e.stats.Commits.Load()}
	if now != e.counted {
		e.counted, e.moved = now, time.Now()
	}
	return time.Since(e.moved)
}

func (e *liveEngine) idle() bool { return e.still() >= demoMoment }

func (e *liveEngine) finish(ctx context.Context) error {
	defer e.halt()
	if err := e.awaitRest(ctx); err != nil {
		return err
	}
	parts, err := e.client.AllPartitions(ctx, demoHeard...)
	if err != nil {
		return err
	}
	ends, err := e.client.Offsets(ctx, parts, topics.LastStable)
	if err != nil {
		return err
	}
	e.target.Store(&ends)
	select {
	case <-e.readerAt:
		return e.readErr
	case <-ctx.Done():
		return ctx.Err()
	}
}

// awaitRest waits until the engine has nothing left to do at its clock: nothing has moved for a
// while, and every task has committed that it has judged what it read. The while is counted in looks, of
// which a machine that is too busy for the engine has fewer.
func (e *liveEngine) awaitRest(ctx context.Context) error {
	tick := time.NewTicker(demoLook)
	defer tick.Stop()
	for quiet := time.Duration(0); ; quiet += demoLook {
		if e.still() < demoLook {
			quiet = 0
		}
		if quiet >= demoRest {
			reached, err := verify.Reached(ctx, verify.VerifyConfig{
				Kafka: topics.Config{Brokers: e.broker.Brokers(), Prefix: topics.DefaultPrefix}, Policy: e.policy,
				At: duty.Some(e.newest),
			})
			if err != nil || reached.CaughtUp {
				return err
			}
			quiet = 0
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-e.ended:
			return errDemoEngine
		case <-tick.C:
		}
	}
}

// demoHeard are the topics that the demo listens to.
var demoHeard = []string{duty.TopicViolations, duty.TopicIncidents}

// listen reads these topics from the beginning and hands out what the engine wrote,
// until the context ends or the ends of target are reached.
func (e *liveEngine) listen(ctx context.Context) {
	defer close(e.readerAt)
	defer close(e.out)
	if err := e.read(ctx); err != nil && ctx.Err() == nil {
		e.readErr = err
	}
}

func (e *liveEngine) read(ctx context.Context) error {
	parts, err := e.client.AllPartitions(ctx, demoHeard...)
	if err != nil {
		return err
	}
	store := builtin()
	fetcher := e.client.NewFetcher(topics.FetchOptions{MaxWait: 50 * time.Millisecond})
	next := map[topics.TopicPartition]int64{}
	for {
		positions := make([]topics.Position, len(parts))
		for i, p := range parts {
			positions[i] = topics.Position{Topic: p.Topic, Partition: p.Partition, Offset: next[p]}
		}
		got, err := fetcher.Fetch(ctx, positions)
		if err != nil {
			return err
		}
		for i := range got {
			schema, _ := schemas.Lookup(got[i].Topic)
			err := got[i].Each(func(r *topics.Record) error { return e.hand(ctx, store, schema, r) })
			if err != nil {
				return err
			}
			next[got[i].TopicPartition] = got[i].Next
		}
		if target := e.target.Load(); target != nil && reached(next, *target) {
			return nil
		}
	}
}

func (e *liveEngine) hand(ctx context.Context, store *schemas.Store, schema *schemas.Schema, r *topics.Record) error {
	record, err := store.Decode(schema, r.Value)
	if err != nil {
		return err
	}
	var w demoWord
	switch x := record.(type) {
	case *duty.Violation:
		w.violation = x
	case *duty.Incident:
		if x.Origin != duty.OriginAutomatic {
			return nil // what the demo itself has sent
		}
		w.incident = x
	default:
		return errors.New("a record on violations or incidents is of another kind")
	}
	select {
	case e.out <- w:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func reached(next, ends map[topics.TopicPartition]int64) bool {
	for p, end := range ends {
		if next[p] < end {
			return false
		}
	}
	return true
}

func (e *liveEngine) close() error {
	e.halt()
	e.stop()
	var err error
	if e.producer != nil {
		<-e.ended
		<-e.readerAt
		err = errors.Join(e.runErr, e.readErr)
	}
	if e.client != nil {
		e.client.Close()
	}
	if e.untell != nil {
		e.untell()
	}
	if e.broker != nil {
		e.broker.Close()
	}
	return err
}
