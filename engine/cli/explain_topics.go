package cli

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"tilsyn/engine/duty"
	"tilsyn/engine/explain"
	"tilsyn/engine/replay"
	"tilsyn/engine/stream/verify"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// fromTopics explains from the topics of a cluster: the records are copied, as tail prints them, into a
// directory of the run's own, and read as files are.
func (cmd *explainCmd) fromTopics(c *console, w replay.Wanted) (*explain.Explanation, error) {
	cfg, opts, err := cmd.topicsConfig(c)
	if err != nil {
		return nil, err
	}
	clock, err := verify.Reached(c.ctx, cfg)
	if errors.Is(err, verify.ErrNoClock) {
		return nil, wrong("%w: give --as-of INSTANT", err)
	}
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(cmd.TempDir, "tilsyn-explain-")
	if err != nil {
		return nil, fmt.Errorf("no directory for the records of the topics: %w", err)
	}
	defer os.RemoveAll(dir)
	facts, said := filepath.Join(dir, "facts.jsonl"), filepath.Join(dir, "violations.jsonl")
	if err := copyTopics(c, cfg.Kafka, clock.Trust, facts, said); err != nil {
		return nil, err
	}
	opts.Facts, opts.Said, opts.SkipBad = []string{facts}, said, filepath.Join(dir, "unreadable")
	opts.AsOf, opts.Yes = []duty.Instant{clock.At}, true
	x, err := replay.Inspect(c.ctx, opts, w)
	if err != nil {
		return nil, unitError(err)
	}
	found, err := explained(x, true, true)
	if err != nil {
		return nil, err
	}
	if !clock.CaughtUp {
		found.Notes = append(found.Notes, "Some task of the engine had not reached this clock when the topics were read.")
	}
	return found, nil
}

// topicsConfig reads the flags.
func (cmd *explainCmd) topicsConfig(c *console) (verify.VerifyConfig, replay.Options, error) {
	cfg := verify.VerifyConfig{ParsePolicy: parseActivated}
	var opts replay.Options
	file := ""
	switch {
	case cmd.Said != "":
		return cfg, opts, wrong("--said goes with files of facts: from the topics, what was told is read from violations")
	case cmd.SkipBad != "":
		return cfg, opts, wrong("--skip-bad goes with files of facts: " +
			"what cannot be read in a topic holds what it may speak of")
	case len(cmd.Policy) > 1:
		return cfg, opts, wrong("--policy: for the topics give one file, the one that run has; "+
			"the policies that were activated are read from the topics (%d were given)", len(cmd.Policy))
	case len(cmd.Policy) == 1:
		file = cmd.Policy[0]
	}
	var err error
	if cfg.Policy, err = policyOrBuiltin(file); err != nil {
		return cfg, opts, err
	}
	if cfg.Floor, err = historyFloor(cmd.HistoryFloor); err != nil {
		return cfg, opts, err
	}
	if cmd.AsOf != "" {
		at, err := instants("--as-of", []string{cmd.AsOf})
		if err != nil {
			return cfg, opts, err
		}
		cfg.At = duty.Some(at[0])
	}
	sorted, err := size("--memory", cmd.Memory, 1<<20)
	if err != nil {
		return cfg, opts, err
	}
	if cfg.Kafka, err = cmd.config(c, false); err != nil {
		return cfg, opts, err
	}
	return cfg, replay.Options{Stdin: c.stdin, Stdout: c.stdout, TempDir: cmd.TempDir, Memory: int(sorted),
		Policies: []duty.ActivePolicy{{From: duty.Beginning, Policy: cfg.Policy}}, Progress: newBars(c.stderr)}, nil
}

// copyTopics copies the input topics into one file and violations into another, up to the ends that they
// have when each is begun: committed records only.
func copyTopics(c *console, cfg topics.Config, trust bool, facts, said string) error {
	client, err := topics.Connect(c.ctx, cfg)
	if err != nil {
		return err
	}
	defer client.Close()
	inputs := make([]string, 0, len(schemas.Inputs()))
	for _, s := range schemas.Inputs() {
		inputs = append(inputs, s.Topic())
	}
	if err := copyInto(c, client, facts, trust, inputs); err != nil {
		return err
	}
	return copyInto(c, client, said, trust, []string{topics.Violations})
}

// copyInto copies topics into a file that only this user can read.
func copyInto(c *console, client *topics.Client, path string, trust bool, names []string) (err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	out := bufio.NewWriterSize(f, 64<<10)
	store := schemas.NewStore()
	for _, name := range names {
		spec, _ := topics.Lookup(name)
		t := &tail{spec: spec, trust: trust, out: out, store: store}
		t.schema, _ = schemas.Lookup(name)
		if err := t.follow(c, client, true, true); err != nil {
			return err
		}
	}
	return out.Flush()
}
