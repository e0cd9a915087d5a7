package cli

import (
	"errors"
	"strings"
	"time"

	"tilsyn/engine/atrest"
	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/stream"
	"tilsyn/engine/stream/task"
	"tilsyn/state"
	"tilsyn/topics"
)

// runCmd is `tilsyn run`.
type runCmd struct {
	kafkaFlags
	pagesFlags
	shadowFlags
	Group     string `default:"tilsyn" help:"Consumer group. One group alone writes a topic prefix; part of the transactional ids."`
	FromGroup string `placeholder:"GROUP" help:"Move the topic prefix from that group to --group: stop all engines of the other one first, and give this once to each engine."`
	Leave     bool   `help:"Leave the group when stopped, so that others take the tasks over at once: for an instance that does not come back."`
	Snapshots string `placeholder:"DIR" help:"Directory that all instances share: each task writes its state there every five minutes, and an instance that takes a task over begins from it instead of reading the topics from their beginning."`
	DataDir   string `placeholder:"DIR" required:"" help:"Directory of this instance's identity and state; it must stay with the instance."`
	stateKeyFlag
	StateKeyRotate  time.Duration `default:"240h" placeholder:"DURATION" help:"After how long new files of an encrypted state get another key of its own; at least 1h."`
	Policy          string        `placeholder:"FILE" help:"Policy file (default: the built-in policy)."`
	Listen          string        `placeholder:"HOST:PORT" help:"Serve health, metrics and, with one of the flags below, the pages there (default: nowhere)."`
	Pprof           bool          `help:"Serve Go's profiles below /debug/pprof of --listen as well; for measurements, not for a machine that others reach."`
	Embedded        string        `placeholder:"DIR" help:"Run a durable embedded broker on that directory instead of using a cluster; missing topics are created."`
	EmbeddedPort    int           `placeholder:"PORT" help:"Loopback port of the embedded broker (default: one that is free, which is logged)."`
	Clock           string        `default:"wall" enum:"wall,events" help:"wall: the machine's clock. events: the time of the facts read, for backfills and benchmarks; needs --trust-timestamps."`
	TrustTimestamps bool          `help:"Accept input topics whose records carry the producer's time (topics create --timestamps create)."`
	HistoryFloor    string        `placeholder:"DATE" help:"Accept logs whose beginning is gone: from that date on they hold everything that is in force. What was told of the time before stays until a fact changes it by itself."`
	Memory          string        `default:"512MiB" placeholder:"SIZE" help:"About how much memory the process may take, whatever the backlog; at least 128MiB."`
	ReportEvery     time.Duration `default:"5m" placeholder:"DURATION" help:"How often control reports are worked out and the accounts of all units are taken, at most; 0: never. It reads the topics whole, and takes at most a twentieth of the time."`
	OTLPEndpoint    string        `name:"otlp-endpoint" placeholder:"URL" help:"Send traces of what cycles take to an OpenTelemetry collector there, as http://collector:4318, by OTLP over HTTP; counts only, no records (default: none are made)."`
	LogKey          string        `placeholder:"FILE" help:"Private key that signs the checkpoints of the logs of revisions, as tilsyn log key makes it; the same for all instances (default: checkpoints have no signature)."`
	Accept          bool          `help:"Let a rebuild of the state withdraw more than 100 units; without it the engine stops and asks."`

	// For tests, which cannot wait for the usual times and amounts.
	SnapshotEvery   time.Duration `hidden:"" default:"5m" help:"How often a task writes its state to --snapshots."`
	StateMergeBytes int           `hidden:"" help:"How much a task commits before it is merged into pages."`

	SessionTimeout time.Duration `default:"45s" help:"After how long without a sign of life the group gives the tasks of this instance to others; at least 6s. A restart within that time takes them back without moving any."`
}

// Help is shown under the flags.
func (runCmd) Help() string {
	return `Runs until Ctrl-C or SIGTERM, and then ends within seconds: transactions in progress are finished, the rest is read again at the next start. A second signal ends it at once; nothing is lost then either. Topics that are not as they must be, and a data directory of another deployment, are refused. At the start it waits for a broker as long as --give-up-after says; then the exit status is 3.` + shadowHelp
}

// Run implements the command.
func (cmd *runCmd) Run(c *console) error {
	cfg := stream.Config{
		Group: cmd.Group, FromGroup: cmd.FromGroup, Leave: cmd.Leave, SessionTimeout: cmd.SessionTimeout,
		DataDir: cmd.DataDir, State: state.Options{MergeBytes: cmd.StateMergeBytes, KeyRotation: cmd.StateKeyRotate},
		Snapshots: cmd.Snapshots, SnapshotEvery: cmd.SnapshotEvery, ReportEvery: cmd.ReportEvery,
		Embedded: cmd.Embedded, EmbeddedPort: cmd.EmbeddedPort,
		Clock: stream.ClockKind(cmd.Clock), TrustTimestamps: cmd.TrustTimestamps, Accept: cmd.Accept,
		ParsePolicy: parseActivated, Listen: cmd.Listen, Pprof: cmd.Pprof, Log: c.log,
		Ready: func(brokers []string) {
			c.log.Info().Strs("brokers", brokers).Msg("ready: every task has recovered")
		},
	}
	err := cmd.checkShadow()
	if err != nil {
		return err
	}
	if cfg.Policy, err = policyOrBuiltin(cmd.Policy); err != nil {
		return err
	}
	if cmd.Embedded != "" && len(cmd.Brokers) > 0 {
		return wrong("--embedded and --brokers: give one of them")
	}
	switch {
	case cmd.EmbeddedPort != 0 && cmd.Embedded == "":
		return wrong("--embedded-port %d needs --embedded DIR: without it there is no embedded broker", cmd.EmbeddedPort)
	case cmd.EmbeddedPort < 0 || cmd.EmbeddedPort > 65535:
		return wrong("--embedded-port %d: give 1 to 65535, or leave it out for a port that is free", cmd.EmbeddedPort)
	case cmd.Pprof && cmd.Listen == "":
		return wrong("--pprof needs --listen HOST:PORT: the profiles are served there")
	}
	if cfg.Kafka, err = cmd.config(c, cmd.Embedded != ""); err != nil {
		return err
	}
	if cfg.Floor, err = historyFloor(cmd.HistoryFloor); err != nil {
		return err
	}
	if cfg.Memory, err = memory(cmd.Memory); err != nil {
		return err
	}
	if cfg.LogKey, err = logKey(cmd.LogKey); err != nil {
		return err
	}
	if cmd.StateKeyRotate < time.Hour {
		return wrong("--state-key-rotate %s: give at least 1h; keys are kept as long as anything needs them",
			cmd.StateKeyRotate)
	}
	if cfg.StateKey, err = cmd.key(); err != nil {
		return err
	}
	if err := cmd.schemas(c, &cfg); err != nil {
		return err
	}
	if err := cmd.serve(c, &cfg); err != nil {
		return err
	}
	traces, err := cmd.traces(c, &cfg)
	if err != nil {
		return err
	}
	defer traces()
	if cmd.Shadow {
		return cmd.runShadow(c, cfg)
	}
	err = stream.Run(c.ctx, cfg)
	if errors.Is(err, atrest.ErrKey) ||
		errors.Is(err, stream.ErrConfig) || errors.Is(err, task.ErrPolicy) || errors.Is(err, task.ErrGroup) ||
		errors.Is(err, topics.ErrGroupTaken) {
		return &usageError{err}
	}
	return err
}

// policyOrBuiltin loads a policy file; none is the built-in policy.
func policyOrBuiltin(file string) (*duty.Policy, error) {
	if file == "" {
		return policy.Builtin(), nil
	}
	return loadPolicy(file)
}

// parseActivated reads the text of a PolicyActivation.
func parseActivated(text string) (*duty.Policy, error) {
	p, err := policy.Load("activated policy", []byte(text))
	if err != nil {
		return nil, errors.New(strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	return p, nil
}
