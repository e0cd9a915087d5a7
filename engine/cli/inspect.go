package cli

import "tilsyn/engine/replay"

// inspectFlags say where the facts of one unit or person are read from, and at which clock they are looked at.
type inspectFlags struct {
	topicFlags
	Policy       []string `placeholder:"FILE[@INSTANT]" sep:"none" help:"As replay takes it; for the topics one FILE, that run has (default: the built-in policy)."`
	AsOf         string   `placeholder:"INSTANT" help:"What was known and said then, RFC 3339 (default: from the topics, the smallest clock that the tasks reached with their last commits; from files as in replay)."`
	Said         string   `placeholder:"FILE" help:"With files: violations log, from which the revisions are taken; without it they are computed."`
	HistoryFloor string   `placeholder:"DATE" help:"With the topics: as run has it."`
	SkipBad      string   `placeholder:"FILE" help:"With files: write unreadable lines there, treat them as lost data that accuses nobody, and go on."`
	Yes          bool     `help:"Allow an --as-of more than 400 days after the last logged_at or received_at."`
	Memory       string   `placeholder:"SIZE" default:"256MiB" help:"How much of the facts to sort in memory, as for replay."`
	TempDir      string   `placeholder:"DIR" help:"Directory for sorting on disk (default: that of the system)."`
}

// inspection is what was read, from files or topics.
type inspection struct {
	*replay.Inspection
	// fromLog is true where a violations log says what was told.
	fromLog bool
	// notes are what to know of the reading.
	notes []string
}

// inspect reads files of facts, or where there are none the topics.
func (cmd *inspectFlags) inspect(c *console, files []string, w replay.Wanted) (*inspection, error) {
	if len(files) > 0 {
		return cmd.fromFiles(c, files, w)
	}
	if len(cmd.Brokers) == 0 && cmd.Embedded == "" {
		return nil, wrong(errNoTopics)
	}
	return cmd.fromTopics(c, w)
}

// fromFiles reads files of facts.
func (cmd *inspectFlags) fromFiles(c *console, files []string, w replay.Wanted) (*inspection, error) {
	opts, err := cmd.fileOptions(c, files)
	if err != nil {
		return nil, err
	}
	return cmd.inspected(c, opts, w)
}

// fileOptions reads the flags for files of facts.
func (cmd *inspectFlags) fileOptions(c *console, files []string) (replay.Options, error) {
	var none replay.Options
	if err := checkFacts(files); err != nil {
		return none, err
	}
	sorted, err := size("--memory", cmd.Memory, 1<<20)
	if err != nil {
		return none, err
	}
	opts := replay.Options{Facts: files, Stdin: c.stdin, Stdout: c.stdout, Yes: cmd.Yes, Said: cmd.Said,
		SkipBad: cmd.SkipBad, Memory: int(sorted), TempDir: cmd.TempDir, Progress: newBars(c.stderr)}
	if opts.Policies, opts.Reads, err = loadPolicies(cmd.Policy); err != nil {
		return none, err
	}
	if cmd.AsOf != "" {
		if opts.AsOf, err = instants("--as-of", []string{cmd.AsOf}); err != nil {
			return none, err
		}
	}
	return opts, nil
}

// inspected reads the files that the options name.
func (cmd *inspectFlags) inspected(c *console, opts replay.Options, w replay.Wanted) (*inspection, error) {
	x, err := replay.Inspect(c.ctx, opts, w)
	if err != nil {
		return nil, unitError(err)
	}
	return &inspection{Inspection: x, fromLog: cmd.Said != ""}, nil
}

// fromTopics reads the topics of a cluster or of an embedded broker.
func (cmd *inspectFlags) fromTopics(c *console, w replay.Wanted) (*inspection, error) {
	switch {
	case cmd.Said != "":
		return nil, wrong("--said goes with files of facts: from the topics, what was told is read from violations")
	case cmd.SkipBad != "":
		return nil, wrong("--skip-bad goes with files of facts: " +
			"what cannot be read in a topic holds what it may speak of")
	}
	q := topicQuestion{kafka: &cmd.topicFlags, policies: cmd.Policy, policyFlag: "--policy", asOf: cmd.AsOf,
		floor: cmd.HistoryFloor, memory: cmd.Memory, tempDir: cmd.TempDir}
	facts, err := q.copied(c)
	if err != nil {
		return nil, err
	}
	defer facts.remove()
	x, err := replay.Inspect(c.ctx, facts.opts, w)
	if err != nil {
		return nil, unitError(err)
	}
	found := &inspection{Inspection: x, fromLog: true}
	if !facts.clock.CaughtUp {
		found.notes = append(found.notes, "Some task of the engine had not reached this clock when the topics were read.")
	}
	return found, nil
}
