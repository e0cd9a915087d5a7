package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/verify"
)

// recallCmd are the commands about what was taken back.
type recallCmd struct {
	Status recallStatusCmd `cmd:"" help:"What was taken back, by cause, and who has not acknowledged it."`
	Drill  recallDrillCmd  `cmd:"" help:"Declare an exclusion on a copy, and measure until everybody has acknowledged it."`
}

// recallStatusCmd is `tilsyn recall status`.
type recallStatusCmd struct {
	kafkaFlags
	Policy string `placeholder:"FILE" help:"Policy file that run has (default: the built-in policy)."`
	AsOf   string `placeholder:"INSTANT" help:"Clock, RFC 3339: nothing known later counts (default: now)."`
	All    bool   `help:"Also recalls that are closed."`
	Format string `default:"text" enum:"text,json" help:"text, or json: one line of JSON for each recall."`
}

// Help is shown under the flags.
func (recallStatusCmd) Help() string {
	return `Computes the recalls from the topics violations, acknowledgements and handlings; no engine need run, and nothing is written. A recall is everything that one cause took back, such as an exclusion or a late fact. It is open until every consumer that recall.consumers of the policy names has acknowledged every unit of it. A report to the police that was filed of such a unit does not fall by itself: it is named until a Handling says that it was taken back. Exit status 1 says that an acknowledgement is overdue, or that such a report stands.`
}

// Run implements the command.
func (cmd *recallStatusCmd) Run(c *console) error {
	cfg := verify.RecallsConfig{ParsePolicy: parseActivated}
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
	if cfg.Kafka, err = cmd.config(c, false); err != nil {
		return err
	}
	if cfg.Schemas, err = cmd.reading(c); err != nil {
		return err
	}
	list, invalid, err := verify.Recalls(c.ctx, cfg)
	if err != nil {
		return err
	}
	tally := recallTally{invalid: len(invalid)}
	for i := range list {
		r := &list[i]
		tally.count(r)
		if r.ClosedAt.OK && r.FiledUnits == 0 && !cmd.All {
			continue
		}
		if err := printRecall(c.stdout, r, cmd.Format); err != nil {
			return err
		}
	}
	if cmd.Format == "text" {
		if _, err := fmt.Fprintln(c.stdout, tally.String()); err != nil {
			return err
		}
	}
	if tally.overdue > 0 || tally.reports > 0 {
		return errFound
	}
	return nil
}

// recallTally sums up recalls.
type recallTally struct {
	all, open, overdue int
	// reports are units of which a filed report stands, invalid acknowledgements that count for nothing.
	reports, invalid int
}

func (t *recallTally) count(r *verify.RecallStatus) {
	t.all++
	if !r.ClosedAt.OK {
		t.open++
	}
	if r.Overdue.OK {
		t.overdue++
	}
	t.reports += int(r.FiledUnits)
}

// String is the last line of the text.
func (t *recallTally) String() string {
	return fmt.Sprintf("recalls: %d, of which %d are open and %d overdue; units with a filed report that stands: %d; "+
		"acknowledgements that count for nothing: %d", t.all, t.open, t.overdue, t.reports, t.invalid)
}

// printRecall prints a recall in the form asked for.
func printRecall(w io.Writer, r *verify.RecallStatus, format string) error {
	if format == "json" {
		return printRecallJSON(w, r)
	}
	state := "open"
	if r.ClosedAt.OK {
		state = "closed " + instantText(r.ClosedAt.V)
	}
	centre := ""
	if r.CentreID.OK {
		centre = " at " + r.CentreID.V
	}
	_, err := fmt.Fprintf(w, "%s%s: %d units since %s, %s\n",
		r.CauseID, centre, r.Units, instantText(r.OpenedAt), state)
	if err != nil {
		return err
	}
	for _, s := range r.Consumers {
		if s.Open == 0 {
			continue
		}
		late := ""
		if n := overdueOf(r, s.Consumer); n != "" {
			late = ", " + n + " of them overdue"
		}
		_, err := fmt.Fprintf(w, "    %s: %d acknowledged, %d open%s\n", s.Consumer, s.Acknowledged, s.Open, late)
		if err != nil {
			return err
		}
	}
	for _, f := range r.Filed {
		if f.RecalledAt.OK {
			continue
		}
		_, err := fmt.Fprintf(w, "    unit %s: a report was filed on %s and stands\n", f.UnitID, instantText(f.FiledAt))
		if err != nil {
			return err
		}
	}
	return nil
}

// overdueOf is the number of units that a consumer has not acknowledged for too long; empty for none.
func overdueOf(r *verify.RecallStatus, consumer string) string {
	for i := 0; i+1 < len(r.Overdue.V.Detail); i += 2 {
		if r.Overdue.V.Detail[i].Value == consumer {
			return r.Overdue.V.Detail[i+1].Value
		}
	}
	return ""
}

// printRecallJSON prints the canonical form of the contract, with what is overdue beside it.
func printRecallJSON(w io.Writer, r *verify.RecallStatus) error {
	type overdue struct {
		Consumer string `json:"consumer"`
		Units    int    `json:"units"`
	}
	line := struct {
		Recall  json.RawMessage `json:"recall"`
		Overdue []overdue       `json:"overdue"`
	}{r.AppendCanonical(nil), []overdue{}}
	for i := 0; i+1 < len(r.Overdue.V.Detail); i += 2 {
		n, err := strconv.Atoi(r.Overdue.V.Detail[i+1].Value)
		if err != nil {
			return fmt.Errorf("units that are overdue: %w", err)
		}
		line.Overdue = append(line.Overdue, overdue{r.Overdue.V.Detail[i].Value, n})
	}
	return json.NewEncoder(w).Encode(line)
}

func instantText(at duty.Instant) string {
	return time.UnixMilli(int64(at)).UTC().Format(time.RFC3339)
}
