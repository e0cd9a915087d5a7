package stream

import (
	"errors"
	"time"

	"github.com/rs/zerolog"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/task"
	"tilsyn/schemas"
	"tilsyn/state"
	"tilsyn/topics"
)

// ClockKind is what `run --clock` chooses (contract §4).
type ClockKind string

// Clocks of `run`.
const (
	// ClockWall is the clock of the machine.
	ClockWall ClockKind = "wall"
	// ClockEvents runs by what was read, for backfills and benchmarks.
	ClockEvents ClockKind = "events"
)

// Config says how [Run] runs. Fields without a default are required.
type Config struct {
	// Kafka says how to reach the brokers. With Embedded its Brokers are filled
	// in.
	Kafka topics.Config
	// Group is the consumer group and part of the transactional ids (default
	// "tilsyn").
	Group string
	// FromGroup moves the prefix from another group to Group: every engine of the
	// other must have stopped. It has no effect where the prefix is Group's already
	// (default: none; a prefix that another group writes is refused with ErrGroup).
	FromGroup string
	// SessionTimeout is after how long without a sign of life the group gives the
	// tasks of this instance to others (default 45 s).
	SessionTimeout time.Duration
	// Leave gives this instance's place in the group up when it is stopped: for
	// one that does not come back.
	Leave bool
	// DataDir holds identity and state of this instance.
	DataDir string
	// Snapshots is a directory that all instances share: tasks write their state
	// there every SnapshotEvery (default 5 min), and a new owner begins from it.
	// Empty: none; a task that moves is built from the topics.
	Snapshots     string
	SnapshotEvery time.Duration
	// Embedded is the directory of a durable embedded broker that runs instead
	// of a cluster; empty: none. Missing topics are created there.
	Embedded string
	// EmbeddedPort is the loopback port of the embedded broker (default: one
	// that is free, which is logged).
	EmbeddedPort int
	// EmbeddedPartitions is the partition count of topics created there
	// (default 4).
	EmbeddedPartitions int32
	// Listen is HOST:PORT for health and metrics; empty: none.
	Listen string
	// Pprof serves profiles of the process there too, below /debug/pprof.
	Pprof bool
	// Clock is wall or events (default wall); events needs TrustTimestamps.
	Clock ClockKind
	// TrustTimestamps accepts input topics with the producers' timestamps.
	TrustTimestamps bool
	// Floor accepts topics whose beginning is gone: from that date on they hold
	// everything. What was told of the time before stays, until a fact comes that
	// changes it by itself (missing: topics must be whole).
	Floor duty.Opt[duty.Date]
	// Memory is about how much the process may take, in bytes (default 512 MiB):
	// what is read and told at once is bounded by it. The caller sets Go's own
	// limit.
	Memory int64
	// Accept lets a rebuild of the state withdraw more than 100 units.
	Accept bool
	// Policy holds until others are activated, for the life of the topics;
	// ParsePolicy reads those.
	Policy      *duty.Policy
	ParsePolicy func(text string) (*duty.Policy, error)
	// Schemas are the writers' schemas (default: the built-in ones).
	Schemas *schemas.Store
	// Log gets what happens, without personal data (default: nothing).
	Log zerolog.Logger
	// Now stands in for the machine's clock in tests and demonstrations (default
	// time.Now). When it shows an instant, everything that is known at that
	// instant must have been written: it counts as past. The brokers do not have
	// to confirm it.
	Now func() time.Time
	// Limits bound cycles, State the store.
	Limits task.Limits
	State  state.Options
	// Stats are counted into (default: counters of its own).
	Stats *task.Stats
	// Ready is told once, when every task has recovered, with the addresses of
	// the brokers.
	Ready func(brokers []string)
	// Judge is the verdict (default: package duty).
	Judge task.Adjudicator
	// unconfirmed is true for a clock that stands in for the machine's, which the
	// brokers cannot confirm; confirm lets them all the same, in tests.
	unconfirmed, confirm bool
	// signEvery is how often a task commits at least (default 5 s; other in tests).
	signEvery time.Duration
}

func (c Config) withDefaults() (Config, error) {
	if c.Group == "" {
		c.Group = "tilsyn"
	}
	if c.Clock == "" {
		c.Clock = ClockWall
	}
	if c.SnapshotEvery <= 0 {
		c.SnapshotEvery = 5 * time.Minute
	}
	if c.SessionTimeout <= 0 {
		c.SessionTimeout = 45 * time.Second
	}
	if c.signEvery <= 0 {
		c.signEvery = signEvery
	}
	if c.Schemas == nil {
		c.Schemas = schemas.NewStore()
	}
	if now := c.Now; now == nil {
		c.Now = time.Now
	} else {
		c.unconfirmed = !c.confirm
		c.Now = func() time.Time { return now().Add(time.Millisecond) }
	}
	if c.Stats == nil {
		c.Stats = &task.Stats{}
	}
	if c.Judge == nil {
		c.Judge = task.Core{}
	}
	if c.EmbeddedPartitions == 0 {
		c.EmbeddedPartitions = 4
	}
	if c.ParsePolicy == nil {
		c.ParsePolicy = func(string) (*duty.Policy, error) { return nil, errors.New("activated policies are not read") }
	}
	c.Limits = c.Limits.OrDefaults()
	switch {
	case c.SessionTimeout != 0 && c.SessionTimeout < 2*heartbeatEvery:
		return c, errConfig("--session-timeout must be at least 6s: the group hears of an instance every 3 s")
	case c.DataDir == "":
		return c, errConfig("--data-dir is missing: give a directory that stays with this instance")
	case c.Policy == nil:
		return c, errConfig("there is no policy")
	case c.Clock != ClockWall && c.Clock != ClockEvents:
		return c, errConfig("--clock is wall or events")
	case c.Clock == ClockEvents && !c.TrustTimestamps:
		return c, errConfig("--clock events needs --trust-timestamps, since it runs by when facts were received")
	case c.Embedded == "" && len(c.Kafka.Brokers) == 0:
		return c, errConfig("no broker is named: give --brokers HOST:PORT or --embedded DIR")
	}
	return c, nil
}

func errConfig(text string) error { return &settingError{text} }

// settingError is a wrong setting; it is ErrConfig.
type settingError struct{ text string }

func (e *settingError) Error() string { return e.text }
func (e *settingError) Unwrap() error { return ErrConfig }

// ErrConfig says that a setting makes no sense. Callers of [Run] tell it apart from
// ErrTopics of package task, datadir.ErrDataDir, topics.ErrGaveUp (exit status 3) and
// broker.ErrFenced.
var ErrConfig = errors.New("wrong setting")
