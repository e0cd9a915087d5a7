package cli

import (
	"slices"

	"github.com/alecthomas/kong"

	"tilsyn/engine/duty"
)

// command is a command at the top of the command line.
type command struct {
	name, help string
	// made returns a pointer to a new value of the command's type.
	made func() any
	// hidden keeps it out of the help; needsAll says that it looks at the other commands.
	hidden, needsAll bool
}

// made returns a pointer to a new C.
func made[C any]() any { return new(C) }

// commands is the command line. The order is that of the help text.
var commands = []command{
	{name: "demo", made: made[demoCmd],
		help: "The whole system in one process on an embedded broker."},
	{name: "run", made: made[runCmd],
		help: "The engine against a cluster, or on an embedded broker."},
	{name: "replay", made: made[replayCmd],
		help: "Adjudicate from files, offline."},
	{name: "simulate", made: made[simulateCmd],
		help: "Simulated centre traffic, to files or Kafka, with the truth beside it."},
	{name: "import", made: made[importCmd],
		help: "Turn exports of other systems into facts."},
	{name: "load", made: made[loadCmd],
		help: "Send fact files to the input topics."},
	{name: "tail", made: made[tailCmd],
		help: "Print a topic as JSON Lines."},
	{name: "explain", made: made[explainCmd],
		help: "Say how one unit came to its verdict, and what would clear it."},
	{name: "export", made: made[exportCmd],
		help: "Evidence for a court: one archive of records, proofs and facts; checks one too."},
	{name: "verify", made: made[verifyCmd],
		help: "Derive the violations anew and list every difference."},
	{name: "log", made: made[revisionLogCmd],
		help: "The logs of revisions, by which others can see that nothing was changed."},
	{name: duty.TopicDeadLetters, made: made[deadLettersCmd],
		help: "Records that cannot be read: list and resolve them."},
	{name: "recall", made: made[recallCmd],
		help: "What was taken back, and who has not acknowledged it."},
	{name: "report", made: made[reportCmd],
		help: "Reports on the control system."},
	{name: "topics", made: made[topicsCmd],
		help: "Create or check the topics."},
	{name: "erase", made: made[eraseCmd],
		help: "Copy a prefix without persons of closed cases."},
	{name: "state", made: made[stateCmd],
		help: "Back up, restore or inspect the state of an instance."},
	{name: "schemas", made: made[schemasCmd],
		help: "The Avro contract."},
	{name: "policy", made: made[policyCmd],
		help: "Parameters, centres, devices and tables."},
	{name: "observe", made: made[observeCmd],
		help: "Alert rules, dashboard and runbook for those who watch the engine."},
	{name: "doctor", made: made[doctorCmd],
		help: "Look at brokers, topics, rights, clock, disk, policy and state, and say what to do."},
	{name: "health", made: made[healthCmd],
		help: "Ask a running engine whether it is well."},
	{name: "completion", made: made[completionCmd],
		help: "Print a script that lets a shell complete commands and flags."},
	{name: "complete", made: made[completeCmd], hidden: true, needsAll: true,
		help: "What may come next on a command line."},
	{name: "man", made: made[manCmd], needsAll: true,
		help: "Print the manual page."},
	{name: "version", made: made[versionCmd],
		help: "Print the version, and what it was built from."},
}

// named are the commands that a command line needs: the one that it begins with, or all of them where it begins
// with none, or where the command looks at the others, as a configuration file does, which has sections for all.
// To know the flags of all takes longer than most commands run.
func named(args []string, config bool) []command {
	if len(args) > 0 && !config {
		i := slices.IndexFunc(commands, func(c command) bool { return c.name == args[0] })
		if i >= 0 && !commands[i].needsAll {
			return commands[i : i+1]
		}
	}
	return commands
}

// option adds the command to a parser.
func (c *command) option() kong.Option {
	var tags []string
	if c.hidden {
		tags = append(tags, `hidden:""`)
	}
	return kong.DynamicCommand(c.name, c.help, "", c.made(), tags...)
}
