package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/verify"
)

// reportCmd are the reports on the control system itself.
type reportCmd struct {
	Affected   affectedCmd   `cmd:"" help:"Whom a suspected loss of registrations may concern: persons, units, and who was told."`
	Control    controlCmd    `cmd:"" help:"How the control system itself worked in a month or a half-year."`
	Accounting accountingCmd `cmd:"" help:"Where every unit is that is due: in the ledger, told, withdrawn, or nowhere."`
}

// accountingCmd is `tilsyn report accounting`.
type accountingCmd struct {
	topicFlags
	Policy       string `placeholder:"FILE" help:"Policy file that run has (default: the built-in policy)."`
	HistoryFloor string `placeholder:"DATE" help:"As run has it."`
	AsOf         string `placeholder:"INSTANT" help:"Clock, RFC 3339 (default: the one that the engine had reached with its last commit)."`
	From         string `placeholder:"DATE" help:"First unit date (default: the earliest)."`
	To           string `placeholder:"DATE" help:"Last unit date (default: the latest)."`
	Format       string `default:"text" enum:"text,json" help:"text: sums for each centre and duty, and each date with a unit that is nowhere; json: one line for each centre, duty and date."`
}

// Help is shown under the flags.
func (accountingCmd) Help() string {
	return `Derives from the input topics which units are due, and looks for each of them in the topics outcomes and violations. Units due = compliant + excused + not applicable + undetermined + excluded + provisional + pending + told and handled + told and unhandled + withdrawn. A unit that is due and nowhere is a fault, and makes exit status 1: a duty that nobody controls must be visible. It needs no running engine, joins no group and writes nothing. Figures describe the control system. They say nothing about persons, and no number of violations is a target.`
}

// Run implements the command.
func (cmd *accountingCmd) Run(c *console) error {
	cfg := verify.AccountingConfig{ParsePolicy: parseActivated}
	var err error
	if cfg.Policy, err = policyOrBuiltin(cmd.Policy); err != nil {
		return err
	}
	if cfg.Floor, err = historyFloor(cmd.HistoryFloor); err != nil {
		return err
	}
	if cmd.AsOf != "" {
		at, err := instants("--as-of", []string{cmd.AsOf})
		if err != nil {
			return err
		}
		cfg.At = duty.Some(at[0])
	}
	within, err := dates(cmd.From, cmd.To)
	if err != nil {
		return err
	}
	done, err := cmd.reach("")
	if err != nil {
		return err
	}
	defer done()
	if cfg.Kafka, err = cmd.config(c, false); err != nil {
		return err
	}
	if cfg.Schemas, err = cmd.reading(c); err != nil {
		return err
	}
	all, err := verify.TakeAccounts(c.ctx, cfg)
	if err != nil {
		return err
	}
	lines := all.Lines[:0]
	nowhere := 0
	for _, a := range all.Lines {
		if within.first <= a.Date && a.Date <= within.last {
			lines = append(lines, a)
			nowhere += a.Nowhere
		}
	}
	all.Lines = lines
	if cmd.Format == "json" {
		err = printAccountsJSON(c.stdout, lines)
	} else {
		err = printAccounts(c.stdout, &all)
	}
	if err == nil && nowhere > 0 {
		return errFound
	}
	return err
}

// dateRange is a range of dates, both included.
type dateRange struct{ first, last duty.Date }

// dates reads a range of dates; an empty end is the earliest or the latest date.
func dates(from, to string) (dateRange, error) {
	r := dateRange{duty.Earliest.Date(), duty.Forever.Date()}
	for _, f := range []struct {
		flag, text string
		to         *duty.Date
	}{{"--from", from, &r.first}, {"--to", to, &r.last}} {
		if f.text == "" {
			continue
		}
		d, ok := duty.ParseDate(f.text)
		if !ok {
			return r, wrong("%s %s is not a date: write YYYY-MM-DD", f.flag, f.text)
		}
		*f.to = d
	}
	if r.last < r.first {
		return r, wrong("--to %s lies before --from %s", to, from)
	}
	return r, nil
}

// printAccountsJSON prints a line for each centre, duty and date.
func printAccountsJSON(w io.Writer, lines []verify.Account) error {
	out := json.NewEncoder(w)
	for i := range lines {
		a := &lines[i]
		line := struct {
			Kind string `json:"kind"`
			Date string `json:"unit_date"`
			*verify.Account
		}{a.Kind.String(), a.Date.String(), a}
		if err := out.Encode(line); err != nil {
			return err
		}
	}
	return nil
}

// printAccounts prints the sums of each centre and duty, and every date on which a unit is nowhere.
func printAccounts(w io.Writer, all *verify.Accounts) error {
	sums := map[[2]string]*verify.Account{}
	var order [][2]string
	var lost []string
	for i := range all.Lines {
		a := &all.Lines[i]
		k := [2]string{cmp.Or(a.CentreID, "no centre"), a.Kind.String()}
		if sums[k] == nil {
			sums[k] = &verify.Account{}
			order = append(order, k)
		}
		sums[k].Add(a)
		if a.Nowhere > 0 {
			lost = append(lost,
				fmt.Sprintf("FAULT: %d units of %s at %s on %s are due and nowhere", a.Nowhere, k[1], k[0], a.Date))
		}
	}
	var lines []string
	for _, k := range order {
		lines = append(lines, fmt.Sprintf("%s %s: %s", k[0], k[1], accountText(sums[k])))
	}
	lines = append(lines, lost...)
	lines = append(lines,
		fmt.Sprintf("read: %d tasks, %d tasks have not committed yet; left out: %d persons with facts after the clock",
			all.Tasks, all.Idle, all.Ahead),
		"Figures describe the control system. They say nothing about persons, and no number of violations is a target.")
	_, err := fmt.Fprintln(w, strings.Join(lines, "\n"))
	return err
}

// accountText is the identity of one centre and duty, without what is zero.
func accountText(a *verify.Account) string {
	var parts []string
	for _, p := range []struct {
		n    int
		what string
	}{
		{a.Compliant, "compliant"}, {a.Excused, "excused"}, {a.NotApplicable, "not applicable"},
		{a.Undetermined, "undetermined"}, {a.Excluded, "excluded"}, {a.Provisional, "provisional"},
		{a.Pending, "pending"}, {a.Handled, "told and handled"}, {a.Unhandled, "told and unhandled"},
		{a.Withdrawn, "withdrawn"}, {a.Nowhere, "NOWHERE"},
	} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	return fmt.Sprintf("%d due = %s", a.Due, strings.Join(parts, " + "))
}
