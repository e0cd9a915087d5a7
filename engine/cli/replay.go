package cli

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/replay"
)

// replayCmd is `tilsyn replay`.
type replayCmd struct {
	Facts []string `arg:"" name:"facts" help:"Files of facts: JSON Lines, each {\"topic\":\"card-events\",\"value\":{…}}, or Avro container files named TOPIC.avro; - is standard input (JSON Lines). The order of files and lines carries no meaning."`

	Policy       []string `placeholder:"FILE[@INSTANT]" sep:"none" help:"Policy file, from an instant on; repeatable. Without @INSTANT it holds from the beginning; before the first one, and without this flag, the built-in policy holds."`
	AsOf         []string `placeholder:"INSTANT" sep:"," help:"Judge with what was known then and the clock there, RFC 3339; repeatable, ascending. Default: the latest logged_at or received_at in the input, raised to the next local 08:00."`
	Yes          bool     `help:"Allow an --as-of more than 400 days after the last logged_at or received_at."`
	Said         string   `placeholder:"FILE" help:"Violations log taken as what was already said; only what differs is written."`
	Violations   string   `placeholder:"FILE" default:"-" help:"Revisions of violations, JSON Lines (default: standard output, where a terminal shows them as a table)."`
	Outcomes     string   `placeholder:"FILE" help:"The full ledger: one line per unit."`
	DataQuality  string   `placeholder:"FILE" help:"What is doubtful about the data."`
	Observations string   `placeholder:"FILE" help:"Observations for a case officer."`
	Summaries    string   `placeholder:"FILE" help:"Case summaries: counts per month and duty, convictions, and where the policy says so the guideline's starting points."`
	Reference    string   `placeholder:"INSTANT" help:"With --summaries: the figures for Return Act section 15 and Penal Code section 143 as they stood then, RFC 3339."`
	Recalls      string   `placeholder:"FILE" help:"Recalls: what each cause took back, from whom, and who has acknowledged it."`
	Incidents    string   `placeholder:"FILE" help:"Automatic incidents, found by the watch: one line each and as-of, with its state ACTIVE, DISSOLVED or REPLACED."`
	SkipBad      string   `placeholder:"FILE" help:"Write unreadable lines there, treat them as lost data that accuses nobody, and go on."`
	Memory       string   `placeholder:"SIZE" default:"256MiB" help:"How much of the facts to sort in memory, such as 512MiB; more than that is sorted on disk. At least 1MiB."`
	TempDir      string   `placeholder:"DIR" help:"Directory for sorting on disk (default: that of the system)."`
}

// Help is shown under the flags.
func (replayCmd) Help() string {
	return `Exit status: 0 done, 1 failed, 2 wrong usage or an unreadable line (its file and number are named).

The same facts give the same bytes, whatever the order or the repetition of lines. All outputs carry as_of and are sorted by it, then by person, date, duty and revision.

Example:
  tilsyn replay --as-of 2026-02-04T08:00:00+01:00 --outcomes ledger.jsonl facts.jsonl`
}

// Run implements the command.
func (cmd *replayCmd) Run(c *console) error {
	opts, err := cmd.options(c)
	if err != nil {
		return err
	}
	terminal := isTerminal(c.stdout)
	if terminal {
		opts.Stdout = &lineTable{w: c.stdout}
	}
	sum, err := replay.Run(c.ctx, opts)
	if err != nil {
		return err
	}
	sayJudged(c.stderr, &sum, terminal && cmd.Violations == replay.Stdio)
	for _, name := range slices.Sorted(maps.Keys(sum.Unknown)) {
		fmt.Fprintf(c.stderr, "tilsyn: %s is no field of the schema; "+
			"it was left out of %d records (tilsyn schemas show lists the fields)\n", name, sum.Unknown[name])
	}
	if sum.Skipped > 0 {
		fmt.Fprintf(c.stderr, "tilsyn: %d unreadable lines were set aside in %s; what they may speak of is held\n",
			sum.Skipped, cmd.SkipBad)
	}
	return nil
}

// sayJudged says that nothing was judged, where nothing was, and to who looks also
// how much.
func sayJudged(w io.Writer, sum *replay.Summary, looks bool) {
	if len(sum.AsOf) == 0 {
		return
	}
	last := localMinute(sum.AsOf[len(sum.AsOf)-1].String())
	switch {
	case sum.Records == 0:
		fmt.Fprintln(w, "tilsyn: nothing was judged: there is no fact in the input")
	case sum.Judged == 0 && sum.Revisions == 0:
		fmt.Fprintf(w, "tilsyn: nothing was judged: no duty in the %d facts has a night or a reporting day "+
			"that was over by %s (no obligation-changes, or none that is served and in force?)\n", sum.Records, last)
	case looks:
		fmt.Fprintf(w, "tilsyn: %d units of %d persons judged as of %s, %d records told; in a pipe, "+
			"or with --violations FILE, they are JSON Lines\n", sum.Judged, sum.Persons, last, sum.Revisions)
	}
}

func (cmd *replayCmd) options(c *console) (replay.Options, error) {
	var none replay.Options
	switch {
	case cmd.Reference != "" && cmd.Summaries == "":
		return none, wrong("--reference says what --summaries is to contain: give --summaries FILE as well")
	}
	sorted, err := size("--memory", cmd.Memory, 1<<20)
	if err != nil {
		return none, err
	}
	asOf, err := instants("--as-of", cmd.AsOf)
	if err != nil {
		return none, err
	}
	policies, reads, err := loadPolicies(cmd.Policy)
	if err != nil {
		return none, err
	}
	if c.config != "" {
		reads = append(reads, c.config)
	}
	var reference duty.Opt[duty.Instant]
	if cmd.Reference != "" {
		at, err := instants("--reference", []string{cmd.Reference})
		if err != nil {
			return none, err
		}
		reference = duty.Some(at[0])
	}
	return replay.Options{
		Facts: cmd.Facts, Stdin: c.stdin, Stdout: c.stdout, Policies: policies, AsOf: asOf, Yes: cmd.Yes, Said: cmd.Said,
		Violations: cmd.Violations, Outcomes: cmd.Outcomes, DataQuality: cmd.DataQuality,
		Observations: cmd.Observations, Reads: reads,
		Summaries: cmd.Summaries, Recalls: cmd.Recalls, Incidents: cmd.Incidents, Reference: reference,
		SkipBad: cmd.SkipBad, Memory: int(sorted), TempDir: cmd.TempDir, Progress: newBars(c.stderr),
	}, nil
}

// instants reads RFC 3339 instants.
func instants(flag string, texts []string) ([]duty.Instant, error) {
	var out []duty.Instant
	for _, s := range texts {
		t, ok := duty.ParseInstant(s)
		if !ok {
			return nil, wrong("%s %s is not an RFC 3339 instant: write it with an offset or Z, "+
				"such as 2026-02-04T08:00:00+01:00", flag, s)
		}
		out = append(out, t)
	}
	return out, nil
}

// loadPolicies reads policy files, each with the instant of its activation
// behind an @, ascending, and says which files they are. What holds before the
// first one is built in.
func loadPolicies(args []string) ([]duty.ActivePolicy, []string, error) {
	return policiesOf("--policy", args)
}

// policiesOf is loadPolicies for a flag of another name.
func policiesOf(flag string, args []string) (out []duty.ActivePolicy, files []string, err error) {
	out = []duty.ActivePolicy{{From: duty.Beginning, Policy: policy.Builtin()}}
	for i, arg := range args {
		file, from := arg, duty.Beginning
		if at := strings.LastIndexByte(arg, '@'); at >= 0 {
			t, ok := duty.ParseInstant(arg[at+1:])
			switch {
			case ok:
				file, from = arg[:at], t
			case !exists(arg):
				return nil, nil, wrong("%s %s: %s is not an RFC 3339 instant: "+
					"write FILE@2026-02-04T08:00:00+01:00", flag, arg, arg[at+1:])
			}
		}
		files = append(files, file)
		p, err := policyOf(flag, file)
		if err != nil {
			return nil, nil, err
		}
		switch {
		case from == duty.Beginning && i > 0:
			return nil, nil, wrong("%s %s: only the first policy may be without @INSTANT", flag, arg)
		case from == duty.Beginning:
			out = out[:0]
		case i > 0 && from <= out[len(out)-1].From:
			return nil, nil, wrong("%s %s: give the policies in the order of their instants", flag, arg)
		}
		out = append(out, duty.ActivePolicy{From: from, Policy: p})
	}
	return out, files, nil
}

func loadPolicy(file string) (*duty.Policy, error) { return policyOf("--policy", file) }

// policyOf reads the policy file of a flag.
func policyOf(flag, file string) (*duty.Policy, error) {
	text, err := readFile(flag, file)
	if err != nil {
		return nil, err
	}
	p, err := policy.Load(file, text)
	if err != nil {
		return nil, &usageError{err}
	}
	return p, nil
}

// readFile reads a file of text that a flag or an argument names.
func readFile(what, file string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, wrong("%s %s: %w", what, file, reason(err))
	}
	ext := filepath.Ext(file)
	if slices.Contains([]string{".gz", ".zst", ".bz2", ".xz", ".zip"}, ext) {
		ext = filepath.Ext(strings.TrimSuffix(file, ext))
	}
	if err := replay.Unreadable(text, file, ext); err != nil {
		return nil, wrong("%s %s %w", what, file, err)
	}
	return text, nil
}

// reason is why the file system refuses, without the path that a message has already.
func reason(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// checkFacts refuses files of facts that cannot be read, before anybody waits for a
// broker; a pipe is opened when it is its turn.
func checkFacts(files []string) error {
	for _, file := range files {
		if file == replay.Stdio {
			continue
		}
		info, err := os.Stat(file)
		switch {
		case err != nil:
			return wrong("%s: %w", file, reason(err))
		case info.IsDir():
			return wrong("%s: is a directory: name the files in it", file)
		case info.Mode().IsRegular():
			f, err := os.Open(file)
			if err != nil {
				return wrong("%s: %w", file, reason(err))
			}
			_ = f.Close() // it was only tried
		}
	}
	return nil
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}
