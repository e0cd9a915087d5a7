package cli

import (
	"strings"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/replay"
)

// policyDiffCmd is `tilsyn policy diff`.
//
// Many fields: one for each flag.
type policyDiffCmd struct {
	Facts []string `arg:"" optional:"" name:"facts" help:"Files of facts, as replay takes them. Without any, the topics are read."`

	topicFlags
	Policy       string   `required:"" placeholder:"OTHER" help:"The other policy: what would it change?"`
	From         string   `required:"" placeholder:"DATE" help:"First unit date, YYYY-MM-DD; of a night the date of its evening."`
	To           string   `required:"" placeholder:"DATE" help:"Last unit date; at most 366 dates in all."`
	InForce      []string `placeholder:"FILE[@INSTANT]" sep:"none" help:"The policy to compare with, as replay takes --policy; for the topics one FILE, that run has (default: the built-in policy). Those that were activated are read with the facts."`
	AsOf         string   `placeholder:"INSTANT" help:"Clock, RFC 3339: nothing known later counts (default: from the topics, the smallest clock that the tasks reached with their last commits; from files as in replay)."`
	Format       string   `default:"text" enum:"text,json" help:"text: what changes by rule, with the first units of each; json: JSON Lines, every unit."`
	HistoryFloor string   `placeholder:"DATE" help:"With the topics: as run has it."`
	SkipBad      string   `placeholder:"FILE" help:"With files: write unreadable lines there, treat them as lost data that accuses nobody, and go on."`
	Yes          bool     `help:"Allow an --as-of more than 400 days after the last logged_at or received_at."`
	Memory       string   `placeholder:"SIZE" default:"256MiB" help:"How much to sort in memory, such as 512MiB; more than that is sorted on disk. At least 1MiB."`
	TempDir      string   `placeholder:"DIR" help:"Directory for sorting on disk (default: that of the system)."`
}

// Help is shown under the flags.
func (policyDiffCmd) Help() string {
	return `Judges every unit of a range of dates twice, by the policies in force and by the other one as if it had always been in force, and lists the units on which they differ: what becomes milder, what becomes harsher, and what stays of the same weight with another outcome, instant or caveat, each by the rules that make the difference. Nothing is written and nobody is told. Activating the other policy takes back at once what it makes milder; a harsher result is never published of a unit that has fallen due before (TX-22). Units that fall due afterwards are judged by it alone. Exit status: 0 no unit changes, 1 some do.

Example:
  tilsyn policy diff --policy draft.yaml --from 2026-01-01 --to 2026-03-31 facts.jsonl`
}

// mostDiffDates bounds the range of dates: what it lists must stay readable, and a year shows what a
// policy does.
const mostDiffDates = 366

// Run implements the command.
func (cmd *policyDiffCmd) Run(c *console) error {
	d, err := cmd.between()
	if err != nil {
		return err
	}
	other, err := readBook("--policy", cmd.Policy, policy.LoadBook)
	if err != nil {
		return err
	}
	d.Other = other.Policy()
	opts, done, note, err := cmd.options(c)
	if err != nil {
		return err
	}
	defer done()
	lines, err := newDiffLines(cmd.TempDir, cmd.Format == "json")
	if err != nil {
		return err
	}
	defer lines.close()
	total, sum, err := replay.PolicyDiff(c.ctx, opts, d, lines.add)
	if err != nil {
		return err
	}
	if sum.Records == 0 {
		return wrong("there is no fact in the input")
	}
	lines.differences = cmd.differences(other, &total)
	if err := lines.print(c.stdout, &d, &total, note); err != nil {
		return err
	}
	if total.Changed != [3]int64{} {
		return errFound
	}
	return nil
}

// differences are what the other policy says differently from the one in force.
func (cmd *policyDiffCmd) differences(other *policy.Book, t *replay.DiffTotals) []policy.Difference {
	digest := t.InForce[len(t.InForce)-1].Policy.Digest
	books := []*policy.Book{policy.BuiltinBook()}
	if b, err := policy.LoadBook("activated policy", []byte(t.Text)); err == nil {
		books = append(books, b)
	}
	for _, arg := range cmd.InForce {
		file := arg
		if at := strings.LastIndexByte(arg, '@'); at >= 0 && !exists(arg) {
			file = arg[:at]
		}
		// It was read a moment ago as a policy; should it be gone, its differences are not named.
		if b, err := readBook("--in-force", file, policy.LoadBook); err == nil {
			books = append(books, b)
		}
	}
	for _, b := range books {
		if b.Digest == digest {
			return b.Compare(other)
		}
	}
	return nil
}

// between reads the range of dates.
func (cmd *policyDiffCmd) between() (replay.DiffOptions, error) {
	var d replay.DiffOptions
	r, err := dates(cmd.From, cmd.To)
	if err != nil {
		return d, err
	}
	if n := int(r.last-r.first) + 1; n > mostDiffDates {
		return d, wrong("--from %s and --to %s are %d dates: ask for at most %d at a time", cmd.From, cmd.To, n,
			mostDiffDates)
	}
	d.From, d.To = r.first, r.last
	return d, nil
}

// options say what is read; done removes copies, note says what may be missing.
func (cmd *policyDiffCmd) options(c *console) (opts replay.Options, done func(), note string, err error) {
	if len(cmd.Facts) > 0 {
		opts, err = cmd.fileOptions(c)
		return opts, func() {}, "", err
	}
	switch {
	case cmd.SkipBad != "":
		return opts, nil, "", wrong("--skip-bad goes with files of facts: " +
			"what cannot be read in a topic holds what it may speak of")
	case len(cmd.Brokers) == 0 && cmd.Embedded == "":
		return opts, nil, "", wrong(errNoTopics)
	}
	q := topicQuestion{kafka: &cmd.topicFlags, policies: cmd.InForce, policyFlag: "--in-force", asOf: cmd.AsOf,
		floor: cmd.HistoryFloor, memory: cmd.Memory, tempDir: cmd.TempDir}
	facts, err := q.copied(c)
	if err != nil {
		return opts, nil, "", err
	}
	if !facts.clock.CaughtUp {
		note = "Some task of the engine had not reached this clock when the topics were read."
	}
	facts.opts.Said = ""
	return facts.opts, facts.remove, note, nil
}

// fileOptions read files of facts.
func (cmd *policyDiffCmd) fileOptions(c *console) (replay.Options, error) {
	var none replay.Options
	if err := checkFacts(cmd.Facts); err != nil {
		return none, err
	}
	sorted, err := size("--memory", cmd.Memory, 1<<20)
	if err != nil {
		return none, err
	}
	opts := replay.Options{Facts: cmd.Facts, Stdin: c.stdin, Stdout: c.stdout, Yes: cmd.Yes, SkipBad: cmd.SkipBad,
		Memory: int(sorted), TempDir: cmd.TempDir, Progress: newBars(c.stderr)}
	if opts.Policies, opts.Reads, err = policiesOf("--in-force", cmd.InForce); err != nil {
		return none, err
	}
	opts.Reads = append(opts.Reads, cmd.Policy)
	asOf := []string{}
	if cmd.AsOf != "" {
		asOf = append(asOf, cmd.AsOf)
	}
	if opts.AsOf, err = instants("--as-of", asOf); err != nil {
		return none, err
	}
	return opts, nil
}

// compared names a policy in the output.
func compared(p *duty.Policy) string { return p.Version + " (digest " + shortDigest(p.Digest) + ")" }
