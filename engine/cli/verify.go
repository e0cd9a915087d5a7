package cli

import (
	"fmt"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/telling"
	"tilsyn/engine/stream/verify"
)

// verifyCmd is `tilsyn verify`.
type verifyCmd struct {
	kafkaFlags
	Policy       string `placeholder:"FILE" help:"Policy file that run has (default: the built-in policy)."`
	HistoryFloor string `placeholder:"DATE" help:"As for run: what it keeps from being told is not counted as a difference."`
	AsOf         string `placeholder:"INSTANT" help:"Clock to compare at, RFC 3339 (default: the one that the engine had reached with its last commit)."`
}

// Help is shown under the flags.
func (verifyCmd) Help() string {
	return `Derives from the input topics what should have been told, compares it with the topics violations and case-summaries, and prints a line per difference: unit, duty, date, what differs; or which case summary and what. Revisions that are not what the logs of revisions have are differences too (tilsyn log check). Differences make exit status 1. Automatic incidents and recalls of which the topics say something else are listed too and change no exit status: both follow by seconds. It joins no group, uses no transactional id and writes nothing.`
}

// Run implements the command.
func (cmd *verifyCmd) Run(c *console) error {
	cfg := verify.VerifyConfig{
		ParsePolicy: parseActivated,
		Found: func(d telling.Difference) {
			if d.Of != "" {
				fmt.Fprintf(c.stdout, "%s: %s\n", d.Of, d.What)
				return
			}
			fmt.Fprintf(c.stdout, "%s %s %s: %s\n", d.UnitID, d.Kind, d.Date, d.What)
		},
		FoundRecall:   func(d verify.RecallDifference) { fmt.Fprintf(c.stdout, "%s: %s\n", d.CauseID, d.What) },
		FoundIncident: func(d verify.IncidentDifference) { fmt.Fprintf(c.stdout, "%s: %s\n", d.IncidentID, d.What) },
	}
	var err error
	if cfg.Policy, err = policyOrBuiltin(cmd.Policy); err != nil {
		return err
	}
	if cmd.AsOf != "" {
		at, err := instants("--as-of", []string{cmd.AsOf})
		if err != nil {
			return err
		}
		cfg.At = duty.Some(at[0])
	}
	if cfg.Floor, err = historyFloor(cmd.HistoryFloor); err != nil {
		return err
	}
	if cfg.Kafka, err = cmd.config(c, false); err != nil {
		return err
	}
	if cfg.Schemas, err = cmd.reading(c); err != nil {
		return err
	}
	found, err := verify.Verify(c.ctx, cfg)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.stdout, "compared %d units and %d case summaries of %d persons in %d tasks "+
		"(%d tasks have not committed yet)\n", found.Units, found.Summaries, found.Persons, found.Tasks, found.Idle)
	fmt.Fprintf(c.stdout, "left out: %d persons with facts after the clock\n", found.Ahead)
	said := "for this clock the engine has not spoken of them"
	if found.IncidentsCompared {
		said = fmt.Sprintf("of %d the engine says something else", found.IncidentDifferences)
	}
	fmt.Fprintf(c.stdout, "automatic incidents: %d stand; %s\n", found.Incidents, said)
	fmt.Fprintf(c.stdout, "recalls: %d compared; of %d the topic says something else\n",
		found.Recalls, found.RecallDifferences)
	fmt.Fprintf(c.stdout, "differences: %d, of which %d histories are unsound by themselves\n",
		found.Differences, found.Unsound)
	fmt.Fprintf(c.stdout, "logs of revisions: %d revisions are entries in their places; %d entries are erased, "+
		"%d revisions are older than their log\n", found.Logs.Agree, found.Logs.Erased, found.Logs.Older)
	if found.Differences > 0 {
		return errFound
	}
	return nil
}
