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

	"tilsyn/engine/invariant"
)

// globals are the flags of every command.
type globals struct {
	Config   string `placeholder:"FILE" help:"YAML file with values for flags, under their names; a section with a command's name holds values for that command only."`
	LogLevel string `default:"info" enum:"trace,debug,info,warn,error" help:"Least level that is logged: trace, debug, info, warn or error."`

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
	defer invariant.EndPlainly()
	resolver, unread := newConfig(args, os.LookupEnv)
	var root globals
	parser, err := newParser(&root, c, named(args, resolver != nil))
	if err != nil {
		return err
	}
	defer func() { err = origin(err, resolver, args, parser.Model.Node) }()
	if unread != nil {
		return unread
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
	k, err := parse(parser, resolver, args)
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
func parse(parser *kong.Kong, resolver *config, args []string) (*kong.Context, error) {
	if resolver != nil {
		if err := kong.Resolvers(resolver).Apply(parser); err != nil {
			return nil, err
		}
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	if err != nil {
		return nil, usage(err)
	}
	return k, nil
}

// newParser is a parser of some commands; root gets the values of the flags that all have.
func newParser(root *globals, c *console, of []command) (*kong.Kong, error) {
	options := []kong.Option{
		kong.Name("tilsyn"),
		kong.Description("Indications of breached duties at Danish departure centres, " +
			"from card events and the papers beside them. A person decides; tilsyn only indicates."),
		kong.Writers(c.stdout, c.stderr),
		kong.Exit(func(code int) { panic(&finished{code}) }),
		kong.DefaultEnvars("TILSYN"),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true, NoExpandSubcommands: true}),
		kong.UsageOnError(),
	}
	for _, one := range of {
		options = append(options, one.option())
	}
	return kong.New(root, options...)
}
