package cli

import (
	"errors"
	"io"

	"tilsyn/engine/control"
	"tilsyn/engine/duty"
	"tilsyn/engine/replay"
	"tilsyn/engine/stream/verify"
)

// controlCmd is `tilsyn report control`.
type controlCmd struct {
	Facts []string `arg:"" optional:"" name:"facts" help:"Files of facts, as replay takes them. Without any, the topics are read."`

	topicFlags
	Period       string   `required:"" placeholder:"PERIOD" help:"YYYY-MM, YYYY-H1 or YYYY-H2."`
	Centre       string   `placeholder:"ID" help:"This centre alone (default: all, with what has no centre)."`
	Format       string   `default:"text" enum:"text,json,html" help:"text; json: the record of the contract, one line; html: one page that needs nothing else, with plots."`
	AsOf         string   `placeholder:"INSTANT" help:"Clock, RFC 3339: nothing known later counts (default: from the topics, the smallest clock that the tasks reached with their last commits; from files as in replay)."`
	Policy       []string `placeholder:"FILE[@INSTANT]" sep:"none" help:"As replay takes it; for the topics one FILE, that run has (default: the built-in policy)."`
	Said         string   `placeholder:"FILE" help:"With files: violations log, taken as what was told. Without it nothing was."`
	HistoryFloor string   `placeholder:"DATE" help:"With the topics: as run has it."`
	Memory       string   `placeholder:"SIZE" default:"256MiB" help:"With files: how much to sort in memory, such as 512MiB; more than that is sorted on disk. At least 1MiB."`
	TempDir      string   `placeholder:"DIR" help:"Directory for sorting on disk (default: that of the system)."`
}

// Help is shown under the flags.
func (controlCmd) Help() string {
	return `Works out the control report of a period (REL-13): sources that ought to say that they are well, incidents, suspected losses, logs, reconciliation, take-backs, recalls, and one line for each control. Text and page set the period before beside it. What cannot be measured is missing, and named as NOT_MEASURED: the absence of an alarm proves nothing. It needs no running engine, joins no group and writes nothing. Figures describe the control system. They say nothing about persons, and no number of violations is a target.

Example:
  tilsyn report control --period 2026-H1 --format html --said said.jsonl facts.jsonl > report.html`
}

// Run implements the command.
func (cmd *controlCmd) Run(c *console) error {
	p, ok := control.ParsePeriod(cmd.Period)
	if !ok {
		return wrong("--period %s is no period: write YYYY-MM, YYYY-H1 or YYYY-H2", cmd.Period)
	}
	centre := cmd.Centre
	if centre == "" {
		centre = control.All
	}
	reports, err := cmd.reports(c, centre, []control.Period{p, p.Before()})
	if err != nil {
		return err
	}
	return printControl(c.stdout, &reports[0], &reports[1], cmd.Format)
}

// printControl prints a report in the form asked for, with the one before it beside it where that has room.
func printControl(w io.Writer, now, before *duty.ControlReport, format string) error {
	switch format {
	case "json":
		_, err := w.Write(append(now.AppendCanonical(nil), '\n'))
		return err
	case "html":
		return controlPage(w, now, before)
	}
	return controlText(w, now, before)
}

// reports makes the reports, from files or from the topics.
func (cmd *controlCmd) reports(c *console, centre string, periods []control.Period) ([]duty.ControlReport, error) {
	asOf := []string{}
	if cmd.AsOf != "" {
		asOf = append(asOf, cmd.AsOf)
	}
	at, err := instants("--as-of", asOf)
	if err != nil {
		return nil, err
	}
	if len(cmd.Facts) > 0 {
		memory, err := size("--memory", cmd.Memory, 1<<20)
		if err != nil {
			return nil, err
		}
		policies, reads, err := loadPolicies(cmd.Policy)
		if err != nil {
			return nil, err
		}
		out, sum, err := replay.Control(c.ctx, replay.Options{
			Facts: cmd.Facts, Stdin: c.stdin, Policies: policies, AsOf: at, Said: cmd.Said, Reads: reads,
			Memory: int(memory), TempDir: cmd.TempDir, Progress: newBars(c.stderr),
		}, replay.ControlQuestion{Centre: centre, Periods: periods})
		if err == nil && sum.Records == 0 {
			err = wrong("there is no fact in the input")
		}
		return out, err
	}
	if cmd.Said != "" {
		return nil, wrong("--said goes with files of facts: from the topics, what was told is read from violations")
	}
	done, err := cmd.reach(cmd.TempDir)
	if err != nil {
		return nil, err
	}
	defer done()
	cfg, err := (&affectedCmd{topicFlags: cmd.topicFlags, Policy: cmd.Policy, HistoryFloor: cmd.HistoryFloor}).
		topics(c, at)
	if err != nil {
		return nil, err
	}
	if centre != control.All && !cfg.Policy.Registered(centre) {
		return nil, wrong("centre %s is not in the register of the policy", centre)
	}
	out, err := verify.Control(c.ctx, verify.ControlConfig{Kafka: cfg.Kafka, Policy: cfg.Policy,
		ParsePolicy: cfg.ParsePolicy, At: cfg.At, Floor: cfg.Floor, Schemas: cfg.Schemas, Centre: centre, Periods: periods})
	if errors.Is(err, verify.ErrNoClock) {
		err = wrong("%w: give --as-of INSTANT", err)
	}
	return out, err
}
