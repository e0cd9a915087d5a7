package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
	"github.com/rs/zerolog"
)

// commands is the command line. The order is that of the help text.
type commands struct {
	Config   string `placeholder:"FILE" help:"YAML file with values for flags, under their names; a section with a command's name holds values for that command only."`
	LogLevel string `default:"info" enum:"trace,debug,info,warn,error" help:"Least level that is logged: trace, debug, info, warn or error."`

	Demo        demoCmd        `cmd:"" help:"The whole system in one process on an embedded broker."`
	Run         runCmd         `cmd:"" help:"The engine against a cluster, or on an embedded broker."`
	Replay      replayCmd      `cmd:"" help:"Adjudicate from files, offline."`
	Simulate    simulateCmd    `cmd:"" help:"Simulated centre traffic, to files or Kafka, with the truth beside it."`
	Import      importCmd      `cmd:"" help:"Turn exports of other systems into facts."`
	Load        loadCmd        `cmd:"" help:"Send fact files to the input topics."`
	Tail        tailCmd        `cmd:"" help:"Print a topic as JSON Lines."`
	Explain     explainCmd     `cmd:"" help:"Say how one unit came to its verdict, and what would clear it."`
	Export      exportCmd      `cmd:"" help:"Evidence for a court: one archive of records, proofs and facts; checks one too."`
	Verify      verifyCmd      `cmd:"" help:"Derive the violations anew and list every difference."`
	Log         revisionLogCmd `cmd:"" help:"The logs of revisions, by which others can see that nothing was changed."`
	DeadLetters deadLettersCmd `cmd:"" help:"Records that cannot be read: list and resolve them."`
	Recall      recallCmd      `cmd:"" help:"What was taken back, and who has not acknowledged it."`
	Report      reportCmd      `cmd:"" help:"Reports on the control system."`
	Topics      topicsCmd      `cmd:"" help:"Create or check the topics."`
	State       stateCmd       `cmd:"" help:"Back up, restore or inspect the state of an instance."`
	Schemas     schemasCmd     `cmd:"" help:"The Avro contract."`
	Policy      policyCmd      `cmd:"" help:"Parameters, centres, devices and tables."`
	Observe     observeCmd     `cmd:"" help:"Alert rules, dashboard and runbook for those who watch the engine."`
	Doctor      doctorCmd      `cmd:"" help:"Look at brokers, topics, rights, clock, disk, policy and state, and say what to do."`
	Health      healthCmd      `cmd:"" help:"Ask a running engine whether it is well."`
	Completion  completionCmd  `cmd:"" help:"Print a script that lets a shell complete commands and flags."`
	Complete    completeCmd    `cmd:"" hidden:"" help:"What may come next on a command line."`
	Man         manCmd         `cmd:"" help:"Print the manual page."`
	Version     versionCmd     `cmd:"" help:"Print the version, and what it was built from."`

	VersionFlag versionFlag `name:"version" env:"-" help:"Print the version and end."`
}

// console is what a command runs in.
type console struct {
	// ctx ends with Ctrl-C or SIGTERM.
	ctx    context.Context
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	log    zerolog.Logger
	// config is the configuration file; empty where there is none.
	config string
}

// Main runs the command line and returns the exit status. args are the
// arguments without the program's name.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	// A closed pipe is an error of the write, so that what is temporary gets
	// removed.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// The first signal asks for an orderly end, a second one ends at once.
	defer context.AfterFunc(ctx, stop)()
	err := execute(&console{ctx: ctx, stdin: stdin, stdout: stdout, stderr: stderr}, args)
	var done *finished
	if errors.As(err, &done) {
		return done.status
	}
	if err != nil {
		report(stderr, err)
	}
	return status(err)
}

// finished ends the program early, without an error, as --help does.
type finished struct{ status int }

func (f *finished) Error() string { return fmt.Sprintf("finished with status %d", f.status) }

func execute(c *console, args []string) (err error) {
	var root commands
	parser, err := newParser(&root, c)
	if err != nil {
		return err
	}
	// kong ends --help and --version by a call of Exit; it must not return.
	defer func() {
		if r := recover(); r != nil {
			done, ok := r.(*finished)
			if !ok {
				panic(r)
			}
			err = done
		}
	}()
	k, resolver, err := parse(parser, args)
	defer func() { err = origin(err, resolver, args, parser.Model.Node) }()
	if err != nil {
		return err
	}
	c.config = root.Config
	if c.log, err = newLogger(c.stderr, root.LogLevel); err != nil {
		return err
	}
	return k.Run(c)
}

// parse reads the command line with what the environment and the configuration file,
// nil where there is none, add to it.
func parse(parser *kong.Kong, args []string) (*kong.Context, *config, error) {
	resolver, err := newConfig(args, os.LookupEnv)
	if err != nil {
		return nil, nil, err
	}
	if resolver != nil {
		if err := kong.Resolvers(resolver).Apply(parser); err != nil {
			return nil, resolver, err
		}
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	if err != nil {
		return nil, resolver, usage(err)
	}
	return k, resolver, nil
}

func newParser(root *commands, c *console) (*kong.Kong, error) {
	return kong.New(root,
		kong.Name("tilsyn"),
		kong.Description("Indications of breached duties at Danish departure centres, "+
			"from card events and the papers beside them. A person decides; tilsyn only indicates."),
		kong.Writers(c.stdout, c.stderr),
		kong.Exit(func(code int) { panic(&finished{code}) }),
		kong.DefaultEnvars("TILSYN"),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true, NoExpandSubcommands: true}),
		kong.UsageOnError(),
	)
}
