package cli

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"tilsyn/engine/duty"
	"tilsyn/engine/replay"
	"tilsyn/engine/stream/verify"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// topicFacts are the records of the topics, copied as tail prints them into a directory of the run's own,
// to be read as files are.
type topicFacts struct {
	// opts read them, at the clock, and by the policy that run has.
	opts  replay.Options
	clock verify.Clock
	dir   string
}

// remove removes the copies.
func (f *topicFacts) remove() { _ = os.RemoveAll(f.dir) }

// topicQuestion is what the flags of a command say about reading the topics.
type topicQuestion struct {
	kafka *topicFlags
	// policies are those of the flag policyFlag, which for the topics takes one.
	policies   []string
	policyFlag string
	asOf       string
	floor      string
	memory     string
	tempDir    string
}

// config reads the flags.
func (q *topicQuestion) config(c *console) (verify.VerifyConfig, replay.Options, error) {
	cfg := verify.VerifyConfig{ParsePolicy: parseActivated}
	var opts replay.Options
	file := ""
	switch len(q.policies) {
	case 0:
	case 1:
		file = q.policies[0]
	default:
		return cfg, opts, wrong("%s: for the topics give one file, the one that run has; "+
			"the policies that were activated are read from the topics (%d were given)", q.policyFlag, len(q.policies))
	}
	var err error
	if cfg.Policy, err = policyOrBuiltin(file); err != nil {
		return cfg, opts, err
	}
	if cfg.Floor, err = historyFloor(q.floor); err != nil {
		return cfg, opts, err
	}
	if q.asOf != "" {
		at, err := instants("--as-of", []string{q.asOf})
		if err != nil {
			return cfg, opts, err
		}
		cfg.At = duty.Some(at[0])
	}
	sorted, err := size("--memory", q.memory, 1<<20)
	if err != nil {
		return cfg, opts, err
	}
	if cfg.Kafka, err = q.kafka.config(c, false); err != nil {
		return cfg, opts, err
	}
	if cfg.Schemas, err = q.kafka.reading(c); err != nil {
		return cfg, opts, err
	}
	return cfg, replay.Options{Stdin: c.stdin, Stdout: c.stdout, TempDir: q.tempDir, Memory: int(sorted),
		Policies: []duty.ActivePolicy{{From: duty.Beginning, Policy: cfg.Policy}}, Progress: newBars(c.stderr)}, nil
}

// copied copies the topics.
func (q *topicQuestion) copied(c *console) (*topicFacts, error) {
	done, err := q.kafka.reach(q.tempDir)
	if err != nil {
		return nil, err
	}
	defer done()
	cfg, opts, err := q.config(c)
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
	dir, err := os.MkdirTemp(q.tempDir, "tilsyn-topics-")
	if err != nil {
		return nil, fmt.Errorf("no directory for the records of the topics: %w", err)
	}
	f := &topicFacts{opts: opts, clock: clock, dir: dir}
	facts, said := filepath.Join(dir, "facts.jsonl"), filepath.Join(dir, "violations.jsonl")
	if err := copyTopics(c, &cfg, clock.Trust, facts, said); err != nil {
		f.remove()
		return nil, err
	}
	f.opts.Facts, f.opts.Said, f.opts.SkipBad = []string{facts}, said, filepath.Join(dir, "unreadable")
	f.opts.AsOf, f.opts.Yes = []duty.Instant{clock.At}, true
	return f, nil
}

// copyTopics copies the input topics into one file and violations into another, up to the ends that they
// have when each is begun: committed records only.
func copyTopics(c *console, cfg *verify.VerifyConfig, trust bool, facts, said string) error {
	client, err := topics.Connect(c.ctx, cfg.Kafka)
	if err != nil {
		return err
	}
	defer client.Close()
	inputs := make([]string, 0, len(schemas.Inputs()))
	for _, s := range schemas.Inputs() {
		inputs = append(inputs, s.Topic())
	}
	if err := copyInto(c, client, cfg.Schemas, facts, trust, inputs); err != nil {
		return err
	}
	return copyInto(c, client, cfg.Schemas, said, trust, []string{topics.Violations})
}

// copyInto copies topics into a file that only this user can read.
func copyInto(c *console, client *topics.Client, store *schemas.Store, path string, trust bool,
	names []string) (err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	out := bufio.NewWriterSize(f, 64<<10)
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
