package cli

import (
	"errors"
	"fmt"

	"tilsyn/engine/affected"
	"tilsyn/engine/duty"
	"tilsyn/engine/replay"
	"tilsyn/engine/stream"
	"tilsyn/engine/stream/verify"
)

// affectedCmd is `tilsyn report affected`.
type affectedCmd struct {
	Facts []string `arg:"" optional:"" name:"facts" help:"Files of facts, as replay takes them. Without any, the running engine or the topics are read."`

	topicFlags
	Engine       []string `placeholder:"DIR" sep:"none" help:"Data directory of a running engine (run --data-dir), which answers from its state in a fraction of the time; repeat it for every instance of the prefix. It answers at the clock that it has reached."`
	Incident     string   `xor:"what" placeholder:"ID" help:"The interval and the centre of this incident, of people or of the watch."`
	Exclusion    string   `xor:"what" placeholder:"ID" help:"The whole days and the centre of this exclusion, declared or of the policy."`
	Centre       string   `xor:"what" placeholder:"ID" help:"This centre, from --from to --to: nothing need be declared."`
	From         string   `placeholder:"INSTANT" help:"With --centre: where the interval begins, RFC 3339."`
	To           string   `placeholder:"INSTANT" help:"With --centre: where it ends, RFC 3339."`
	AsOf         string   `placeholder:"INSTANT" help:"Clock, RFC 3339: nothing known later counts (default: from the topics, the smallest clock that the tasks reached with their last commits; from files as in replay)."`
	List         string   `default:"all" enum:"all,persons,units,told" help:"Print only the persons, the units, or who was told."`
	Policy       []string `placeholder:"FILE[@INSTANT]" sep:"none" help:"As replay takes it; for the topics one FILE, that run has (default: the built-in policy)."`
	Said         string   `placeholder:"FILE" help:"With files: violations log, taken as what was told. Without it nothing was."`
	HistoryFloor string   `placeholder:"DATE" help:"With the topics: as run has it."`
	Memory       string   `placeholder:"SIZE" default:"256MiB" help:"How much to sort in memory, such as 512MiB; more than that is sorted on disk. At least 1MiB."`
	TempDir      string   `placeholder:"DIR" help:"Directory for sorting on disk (default: that of the system)."`
}

// Help is shown under the flags.
func (affectedCmd) Help() string {
	return `Lists whom a loss of registrations may concern, whether or not anything was told, as JSON Lines sorted by person and unit (REL-14). The first line is the header; "complete" is false while facts may be missing: a task is not caught up, a feed is silent, or the interval is not over. A unit is listed if its night or slot overlaps the interval, or if the registrations that it rests on lie on both sides of it. "outcome_without" is what it would be without the incident or exclusion, "outcome_with" what it would be if nothing were known of the interval; null while nothing is to be said of it yet. It joins no group and writes nothing. From files and from the topics it needs no running engine and reads all facts; a running engine, asked with --engine, has them at hand.

Examples:
  tilsyn report affected --engine data --incident INC-7
  tilsyn report affected --centre KH --from 2026-02-03T22:00:00+01:00 --to 2026-02-04T01:00:00+01:00 facts.jsonl`
}

// Run implements the command.
func (cmd *affectedCmd) Run(c *console) error {
	what, err := cmd.what()
	if err != nil {
		return err
	}
	memory, err := size("--memory", cmd.Memory, 1<<20)
	if err != nil {
		return err
	}
	out, err := newAffectedLines(cmd.TempDir, int(memory)/2, cmd.List)
	if err != nil {
		return err
	}
	defer out.close()
	if len(cmd.Engine) > 0 {
		return cmd.askEngine(c, what, out)
	}
	q, caughtUp, err := cmd.ask(c, what, int(memory)/2, out)
	if err != nil {
		return err
	}
	return out.print(c.stdout, q.Header(out.totals, caughtUp))
}

// askEngine lets a running engine answer.
func (cmd *affectedCmd) askEngine(c *console, what affected.What, out *affectedLines) error {
	for _, f := range []struct {
		name  string
		given bool
	}{{"files of facts", len(cmd.Facts) > 0}, {"--as-of", cmd.AsOf != ""}, {"--said", cmd.Said != ""},
		{"--policy", len(cmd.Policy) > 0}, {"--history-floor", cmd.HistoryFloor != ""}} {
		if f.given {
			return wrong("--engine goes without %s: the engine answers by what it has read and been told, at its own clock",
				f.name)
		}
	}
	h, err := stream.Affected(c.ctx, cmd.Engine, what, func(s *stream.Concerned) error {
		return out.addText(s.PersonID, s.Counts, s.Text)
	})
	switch {
	case errors.Is(err, affected.ErrQuestion), errors.Is(err, stream.ErrConfig):
		return &usageError{err}
	case err != nil:
		return err
	}
	return out.print(c.stdout, h)
}

// what reads which loss is meant.
func (cmd *affectedCmd) what() (affected.What, error) {
	w := affected.What{IncidentID: cmd.Incident, ExclusionID: cmd.Exclusion, CentreID: cmd.Centre}
	switch {
	case cmd.Incident+cmd.Exclusion+cmd.Centre == "":
		return w, wrong("say which loss is meant: --incident ID, --exclusion ID, or --centre ID --from INSTANT --to INSTANT")
	case cmd.Centre == "" && cmd.From+cmd.To != "":
		return w, wrong("--from and --to go with --centre: an incident and an exclusion have an interval of their own")
	case cmd.Centre == "":
		return w, nil
	case cmd.From == "" || cmd.To == "":
		return w, wrong("--centre %s needs --from INSTANT and --to INSTANT", cmd.Centre)
	}
	from, err := instants("--from", []string{cmd.From})
	if err != nil {
		return w, err
	}
	to, err := instants("--to", []string{cmd.To})
	if err != nil {
		return w, err
	}
	if to[0] <= from[0] {
		return w, wrong("--to %s is not after --from %s", cmd.To, cmd.From)
	}
	w.Span = duty.Span{From: from[0], To: to[0]}
	return w, nil
}

// ask gives the lines of everybody concerned to out, from files or from the topics.
func (cmd *affectedCmd) ask(c *console, what affected.What, memory int, out *affectedLines,
) (q *affected.Question, caughtUp bool, err error) {
	asOf := []string{}
	if cmd.AsOf != "" {
		asOf = append(asOf, cmd.AsOf)
	}
	at, err := instants("--as-of", asOf)
	if err != nil {
		return nil, false, err
	}
	if len(cmd.Facts) > 0 {
		policies, reads, err := loadPolicies(cmd.Policy)
		if err != nil {
			return nil, false, err
		}
		q, sum, err := replay.Affected(c.ctx, replay.Options{
			Facts: cmd.Facts, Stdin: c.stdin, Policies: policies, AsOf: at, Said: cmd.Said, Reads: reads,
			Memory: memory, TempDir: cmd.TempDir, Progress: newBars(c.stderr),
		}, what, out.add)
		if err == nil && sum.Records == 0 {
			err = wrong("there is no fact in the input")
		}
		return q, true, err
	}
	if cmd.Said != "" {
		return nil, false, wrong("--said goes with files of facts: from the topics, what was told is read from violations")
	}
	done, err := cmd.reach(cmd.TempDir)
	if err != nil {
		return nil, false, err
	}
	defer done()
	cfg, err := cmd.topics(c, at)
	if err != nil {
		return nil, false, err
	}
	cfg.What = what
	q, caughtUp, err = verify.Affected(c.ctx, cfg, out.add)
	switch {
	case errors.Is(err, verify.ErrNoClock):
		err = wrong("%w: give --as-of INSTANT", err)
	case errors.Is(err, affected.ErrQuestion):
		err = &usageError{err}
	}
	return q, caughtUp, err
}

// topics configures the reading of topics, but for what is asked.
func (cmd *affectedCmd) topics(c *console, at []duty.Instant) (verify.AffectedConfig, error) {
	cfg := verify.AffectedConfig{ParsePolicy: parseActivated}
	file := ""
	switch len(cmd.Policy) {
	case 0:
	case 1:
		file = cmd.Policy[0]
	default:
		return cfg, wrong("--policy: for the topics give one file, the one that run has; "+
			"the policies that were activated are read from the topics (%d were given)", len(cmd.Policy))
	}
	var err error
	if cfg.Policy, err = policyOrBuiltin(file); err != nil {
		return cfg, err
	}
	if cfg.Floor, err = historyFloor(cmd.HistoryFloor); err != nil {
		return cfg, err
	}
	if len(at) == 1 {
		cfg.At = duty.Some(at[0])
	}
	if len(cmd.Brokers) == 0 {
		return cfg, wrong(errNoTopics)
	}
	if cfg.Kafka, err = cmd.config(c, false); err != nil {
		return cfg, fmt.Errorf("reaching the brokers: %w", err)
	}
	cfg.Schemas, err = cmd.reading(c)
	return cfg, err
}
