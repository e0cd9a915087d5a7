package stream

import (
	"context"
	"crypto/tls"
	"errors"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"tilsyn/engine/atrest"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/treelog"
	"tilsyn/schemas"
	"tilsyn/state"
	"tilsyn/topics"
)

// ClockKind is the value of `run --clock` (contract §4).
type ClockKind string

// The clocks of `run`.
const (
	// ClockWall is the clock of the machine.
	ClockWall ClockKind = "wall"
	// ClockEvents advances with the records read, for backfills and benchmarks.
	ClockEvents ClockKind = "events"
)

// Config configures [Run]. Fields without a default are required.
//
// Many fields: one for each setting.
type Config struct {
	// Kafka says how to reach the brokers. With Embedded its Brokers are filled in.
	Kafka topics.Config
	// Group is the consumer group and part of the transactional ids (default "tilsyn").
	Group string
	// FromGroup moves the prefix from another group to Group; all engines of the other group must have
	// stopped. It has no effect if the prefix already belongs to Group. (Default: none; a prefix that
	// another group writes is then refused with ErrGroup.)
	FromGroup string
	// SessionTimeout is how long the group waits for a heartbeat before it gives the tasks of this
	// instance to others (default 45 s).
	SessionTimeout time.Duration
	// Leave makes the instance leave the group when it stops: for one that does not come back.
	Leave bool
	// DataDir holds the identity and the state of this instance.
	DataDir string
	// StateKey encrypts what the instance keeps on its disk, and its Snapshots (default: nothing is
	// encrypted). A data directory is encrypted from its beginning or not at all.
	StateKey *atrest.Key
	// Snapshots is a directory shared by all instances: tasks write their state there every
	// SnapshotEvery (default 5 min), and a new owner starts from it. Empty: none; a task that moves is
	// rebuilt from the topics.
	Snapshots     string
	SnapshotEvery time.Duration
	// Embedded is the directory of a durable embedded broker that replaces a cluster; empty: none. Its
	// missing topics are created.
	Embedded string
	// EmbeddedPort is the loopback port of the embedded broker (default: a free one, which is logged).
	EmbeddedPort int
	// EmbeddedPartitions is the partition count of topics created there
	// (default 4).
	EmbeddedPartitions int32
	// Listen is HOST:PORT for health, metrics and pages; empty: none. ListenTLS encrypts it (default: it
	// does not).
	Listen    string
	ListenTLS *tls.Config
	// Pages are served there beside health and metrics; nil: none.
	Pages Pages
	// Pprof also serves profiles of the process there, under /debug/pprof.
	Pprof bool
	// Clock is wall or events (default wall); events needs TrustTimestamps.
	Clock ClockKind
	// TrustTimestamps accepts input topics with producers' timestamps.
	TrustTimestamps bool
	// Floor accepts topics whose beginning was deleted: they are complete from that date on. What was
	// told of earlier time stands until a new fact itself changes it. (Default: topics must be
	// complete.)
	Floor duty.Opt[duty.Date]
	// ReportEvery is how often the instance that has the task of partition 0 works out the control
	// reports and takes the accounts of all units, at most (default: never).
	ReportEvery time.Duration
	// Memory is about how much memory the process may use, in bytes (default 512 MiB); it bounds how
	// much is read and told at once. The caller sets Go's own limit.
	Memory int64
	// LogKey signs the checkpoints of the logs of revisions (default: they have no signature).
	LogKey *treelog.Key
	// Accept allows a rebuild of the state to withdraw more than 100 units.
	Accept bool
	// Policy applies until another one is activated, for the life of the topics; ParsePolicy parses
	// activated ones.
	Policy      *duty.Policy
	ParsePolicy func(text string) (*duty.Policy, error)
	// Schemas are the writers' schemas (default: the built-in ones). Prepare is called once before it is used,
	// when the data directory is this engine's and the topics are right (default: nothing is).
	Schemas *schemas.Store
	Prepare func(ctx context.Context) error
	// Log receives log lines, without personal data (default: nothing is logged).
	Log zerolog.Logger
	// Now replaces the machine's clock in tests and demonstrations (default time.Now). When it returns
	// an instant, everything known at that instant must already be written: the instant counts as
	// past. The brokers need not confirm this clock.
	Now func() time.Time
	// Limits bound cycles, State configures the store.
	Limits task.Limits
	State  state.Options
	// Stats receives the counters (default: a new set).
	Stats *task.Stats
	// Traced is told of each cycle of a task in which something was done, by several tasks at once (default: nobody
	// is). It must not keep what it is given.
	Traced func(*task.Cycle)
	// Ready is called once, when every task has recovered, with the addresses of the brokers.
	Ready func(brokers []string)
	// Judge computes the verdicts (default: package duty).
	Judge task.Adjudicator
	// unconfirmed is true if Now replaces the machine's clock, so that the brokers cannot confirm it;
	// confirm makes them do so all the same, in tests.
	unconfirmed, confirm bool
	// signEvery is the longest time between two commits of a task (default 5 s; other values in
	// tests).
	signEvery time.Duration
	// overseeShare is how small a part of the time a look at the whole control system works: one in so many
	// (default 20; less in tests).
	overseeShare int
	// seen is given the state of this instance, for tests.
	seen *atomic.Pointer[status]
}

// withDefaults fills in defaults and refuses settings that make no sense (ErrConfig).
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
	if c.overseeShare <= 0 {
		c.overseeShare = overseeShare
	}
	if c.Prepare == nil {
		c.Prepare = func(context.Context) error { return nil }
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

// errConfig returns an error that is ErrConfig.
func errConfig(text string) error { return &settingError{text} }

// settingError is the text of a wrong setting; it unwraps to ErrConfig.
type settingError struct{ text string }

// Error implements error.
func (e *settingError) Error() string { return e.text }

// Unwrap returns ErrConfig.
func (e *settingError) Unwrap() error { return ErrConfig }

// ErrConfig says that a setting makes no sense. Callers of [Run] tell it apart from
// ErrTopics of package task, datadir.ErrDataDir, topics.ErrGaveUp (exit status 3) and
// broker.ErrFenced.
var ErrConfig = errors.New("wrong setting")
