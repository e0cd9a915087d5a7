package stream

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"tilsyn/engine/atrest"
	"tilsyn/engine/invariant"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/centres"
	"tilsyn/engine/stream/datadir"
	"tilsyn/engine/stream/task"
	"tilsyn/state"
	"tilsyn/topics"
)

// Run runs the engine until ctx ends (it then returns nil) or an error that does not pass. During
// the start it waits for missing brokers as long as Config.Kafka.GiveUpAfter says
// (topics.ErrGaveUp); once it is a member of the group it waits for ever, not ready. It refuses
// topics that are not as required (task.ErrTopics) and a data directory of something else
// (datadir.ErrDataDir), and stops when another instance has taken over (broker.ErrFenced). A run
// that is refused before it joined the group leaves its directories as they were.
func Run(ctx context.Context, cfg Config) (err error) {
	cfg, err = cfg.withDefaults()
	if err != nil {
		return err
	}
	d, err := openDirs(&cfg)
	if err != nil {
		return err
	}
	defer func() { err = d.close(err) }()
	door, err := openDoor(ctx, cfg.Listen)
	if err != nil {
		return err
	}
	defer door.close()
	if cfg.Embedded != "" {
		if err := d.running(cfg.DataDir); err != nil {
			return err
		}
		broker, err := startEmbedded(&cfg)
		if err != nil {
			return err
		}
		defer broker.Close()
		untell, err := TellEmbedded(cfg.Embedded, broker.Brokers())
		if err != nil {
			return err
		}
		defer untell()
	}
	e := &engine{cfg: cfg, dirs: d}
	if e.vault, err = openVault(&cfg); err != nil {
		return err
	}
	if cfg.seen != nil {
		cfg.seen.Store(&e.status)
	}
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer e.listen(door, cancel)()
	err = e.run(inner)
	if cause := context.Cause(inner); ctx.Err() == nil && cause != nil {
		err = cause
	}
	err = stopped(ctx, err)
	if err == nil && cfg.Embedded != "" {
		err = unmarkRunning(cfg.DataDir)
	}
	if err == nil {
		cfg.Log.Info().Msg("stopped")
	}
	return err
}

// stopped turns an error caused by the end of the context into a clean end.
func stopped(ctx context.Context, err error) error {
	if ctx.Err() != nil && (err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)) {
		return nil
	}
	return err
}

// engine is one running instance.
//
// Many fields: the parts of an instance, each made once at its start.
type engine struct {
	cfg    Config
	client *topics.Client
	id     datadir.Identity
	parts  int32
	store  state.Store
	db     *state.DB
	reader *centres.CentreReader
	// now is the current assignment; nil before the first.
	now     atomic.Pointer[topics.Assignment]
	status  status
	owners  owners
	centres []broker.Partition
	// shown are the parts that metrics may read, while they exist.
	shown atomic.Pointer[shown]
	// snapshots is nil if none are kept.
	snapshots *task.StateSnapshots
	dirs      *dirs
	// vault encrypts what lies in the data directory; nil: nothing is encrypted.
	vault *atrest.Vault
	// idNew is true while id is not in the data directory.
	idNew bool
	// backing is held while a backup is written.
	backing sync.Mutex
	// standing tracks why tasks stand still.
	standing standing
	// views are who looks at the persons of the tasks.
	views views
	// once guards Config.Ready, which is called only the first time.
	once sync.Once
}

// run connects, works, and leaves the group if it refuses to run.
func (e *engine) run(ctx context.Context) error {
	e.status.enter("a broker")
	var err error
	if e.client, err = topics.Connect(ctx, e.cfg.Kafka); err != nil {
		return err
	}
	defer e.client.Close()
	e.id = e.knownIdentity()
	err = e.work(ctx)
	if ctx.Err() == nil && refuses(err) {
		e.giveUpPlace(ctx)
	}
	return err
}

// work checks everything that it may refuse before it writes anything; then it joins the group and
// lets the tasks work.
func (e *engine) work(ctx context.Context) error {
	e.status.enter("the topics to be checked")
	if err := e.checkTopics(ctx); err != nil {
		return err
	}
	if err := e.identify(ctx); err != nil {
		return err
	}
	e.status.enter("the schemas of values")
	if err := e.cfg.Prepare(ctx); err != nil {
		return err
	}
	if err := e.findCentres(ctx); err != nil {
		return err
	}
	defer e.reader.Close()
	if err := e.admit(ctx); err != nil {
		return err
	}
	e.status.enter("the state to open")
	db, err := e.openState()
	if err != nil {
		return err
	}
	defer func() {
		if err := db.Close(); err != nil {
			e.cfg.Log.Error().Err(err).Msg("the state was not closed cleanly; what is missing is read again from the topics")
		}
	}()
	e.store, e.db = db, db
	if e.dirs.crashed {
		if err := e.forget(db); err != nil {
			return err
		}
	}
	if err := e.keepIdentity(); err != nil {
		return err
	}
	e.status.enter("the centre-keyed topics to be read")
	if err := e.reader.Resume(ctx); err != nil {
		return err
	}
	if err := e.reader.ReadToEnd(ctx); err != nil {
		return err
	}
	e.shown.Store(&shown{db: db, reader: e.reader})
	defer e.shown.Store(nil)
	// Check again: reading took time, others may have started meanwhile, and nothing is claimed beside
	// them.
	if err := e.admit(ctx); err != nil {
		return err
	}
	if err := e.claim(ctx); err != nil {
		return err
	}
	e.dirs.begun = true
	if err := e.updateGroup(); err != nil {
		return err
	}
	if e.snapshots, err = task.OpenStateSnapshots(e.cfg.Snapshots, e.cfg.SnapshotEvery, e.id, e.cfg.StateKey,
		e.cfg.Log); err != nil {
		return err
	}
	defer e.snapshots.Close()
	e.status.enter("a place in the group")
	return e.serve(ctx)
}

// admit checks that this engine may take on the tasks and the group of the prefix.
func (e *engine) admit(ctx context.Context) error {
	e.status.enter("what its tasks committed last")
	if err := e.examine(ctx); err != nil {
		return err
	}
	return e.awaitGroup(ctx)
}

// checkTopics refuses topics that differ from the contract. Missing topics of an embedded broker
// are created.
func (e *engine) checkTopics(ctx context.Context) error {
	if e.cfg.Embedded != "" {
		opt := topics.CreateOptions{Partitions: e.cfg.EmbeddedPartitions, CreateTime: e.cfg.TrustTimestamps}
		// Existing topics keep their partition count. Check, unlike Partitions, does not wait for a topic
		// that is still to be created.
		found, err := e.client.Check(ctx, topics.CheckOptions{})
		if err != nil {
			return err
		}
		if found.Partitions > 0 {
			opt.Partitions = found.Partitions
		}
		created, err := e.client.Create(ctx, opt)
		if err != nil {
			return fmt.Errorf("create the topics of the embedded broker: %w", err)
		}
		// Older directories may have been made before commits had to carry the broker's time.
		if err := e.client.StampCommits(ctx); err != nil {
			return fmt.Errorf("set up the topics of the embedded broker: %w", err)
		}
		if err := e.forgetGroup(ctx); err != nil {
			return fmt.Errorf("set up the group of the embedded broker: %w", err)
		}
		if len(created) > 0 {
			e.cfg.Log.Info().Int("topics", len(created)).Msg("created the topics of the embedded broker")
		}
	}
	found, err := e.client.Check(ctx,
		topics.CheckOptions{TrustTimestamps: e.cfg.TrustTimestamps, AcceptShortHistory: e.cfg.Floor.OK})
	if err != nil {
		return err
	}
	if len(found.Differences) > 0 {
		lines := make([]string, len(found.Differences))
		for i, d := range found.Differences {
			lines[i] = d.String()
		}
		return fmt.Errorf("%w:\n%s", task.ErrTopics, strings.Join(lines, "\n"))
	}
	if e.cfg.Clock == ClockEvents && !found.CreateTime {
		return errConfig("--clock events needs input topics with the producers' timestamps: " +
			"make them with `tilsyn topics create --timestamps create`")
	}
	e.parts = found.Partitions
	e.cfg.Limits = e.cfg.Limits.Within(e.cfg.Memory, int(e.parts))
	return nil
}

// findCentres makes the reader of the centre-keyed topics. It has read nothing yet; nothing is
// judged before it has reached their ends.
func (e *engine) findCentres(ctx context.Context) error {
	all, err := e.client.AllPartitions(ctx, broker.WholeTopics...)
	if err != nil {
		return err
	}
	for _, p := range all {
		e.centres = append(e.centres, broker.Partition{Topic: p.Topic, Index: p.Partition})
	}
	codec := broker.NewCodec(e.cfg.Schemas)
	from, err := task.StartsOf(ctx, e.broker(), e.centres, e.cfg.Floor)
	if err != nil {
		return err
	}
	e.reader = centres.NewCentreReader(centres.CentreConfig{Broker: e.broker(), From: from, Codec: codec,
		Partitions: e.centres, PartitionOf: e.partitionOf,
		Policy: e.cfg.Policy, ParsePolicy: e.cfg.ParsePolicy, PolicyRefused: e.policyRefused, Trust: e.cfg.TrustTimestamps,
		Keep: centres.Keep{Dir: filepath.Join(e.cfg.DataDir, datadir.DirRegister), Vault: e.vault, Cluster: e.id.Cluster,
			Prefix: e.id.Prefix, Partitions: e.parts, Log: e.cfg.Log}})
	return nil
}

// partitionOf returns the partition of a key in the person-keyed topics.
func (e *engine) partitionOf(key string) int32 { return topics.Partition([]byte(key), e.parts) }

// broker returns a broker for one goroutine.
func (e *engine) broker() *broker.Kafka {
	return broker.NewKafka(e.client, e.cfg.Group, e.cfg.Limits.Poll, e.cfg.Limits.AnswerBytes).
		Learning(e.cfg.Schemas.Learn)
}

// serve runs everything that runs in parallel, until the first part fails.
func (e *engine) serve(ctx context.Context) error {
	socket, done, err := e.openAdmin(ctx)
	if err != nil {
		return err
	}
	defer done()
	seen, err := e.beginOwners(ctx)
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return e.pollCentres(ctx) })
	g.Go(func() error { return e.syncState(ctx) })
	g.Go(func() error { return e.membership(ctx) })
	g.Go(func() error { return e.watchHanging(ctx) })
	g.Go(func() error { return e.watchOwners(ctx, seen) })
	g.Go(func() error { return e.watchBrokers(ctx) })
	g.Go(func() error { return e.watchLetters(ctx) })
	g.Go(func() error { return e.watchPolicy(ctx) })
	g.Go(func() error { return e.watchFeeds(ctx) })
	g.Go(func() error { return e.admin(ctx, socket) })
	g.Go(func() error { return e.showPages(ctx) })
	return g.Wait()
}

// pollCentres keeps the reader of the centre-keyed topics reading.
func (e *engine) pollCentres(ctx context.Context) error {
	defer invariant.EndPlainly()
	for ctx.Err() == nil {
		if err := e.reader.Poll(ctx, e.cfg.Limits.Poll); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// syncEvery bounds how much of the state a crash of the machine loses; it is read again from the
// topics.
const syncEvery = 10 * time.Second

// syncState syncs the state to disk at intervals.
func (e *engine) syncState(ctx context.Context) error {
	tick := time.NewTicker(syncEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
			if err := e.store.Sync(); err != nil && !errors.Is(err, state.ErrClosed) {
				return fmt.Errorf("write down the state: %w", err)
			}
		}
	}
}
