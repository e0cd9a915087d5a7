package cli

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"tilsyn/engine/stream/seeds"
)

// sample is a value that a flag takes, other than its default.
func sample(f *kong.Flag) string {
	if f.Enum != "" {
		all := strings.Split(f.Enum, ",")
		return all[len(all)-1]
	}
	switch kind := f.Target.Kind(); {
	case kind == reflect.Bool:
		return "true"
	case kind == reflect.Int64 && f.Target.Type().Name() == "Duration":
		return "7s"
	case kind == reflect.String, kind == reflect.Slice:
		return "some-text"
	}
	return "7"
}

// leaves are the commands that do something.
func leaves(n *kong.Node) []*kong.Node {
	if len(n.Children) == 0 {
		return []*kong.Node{n}
	}
	var out []*kong.Node
	for _, child := range n.Children {
		if child.Hidden { // it is for the shells' scripts, and takes their words as they are
			continue
		}
		out = append(out, leaves(child)...)
	}
	return out
}

// flagsOf are the flags of a command and of those above it, that may stand in a file.
func flagsOf(n *kong.Node) (out []*kong.Flag) {
	for up := n; up != nil; up = up.Parent {
		for _, f := range up.Flags {
			if !slices.Contains(noKeys, f.Name) {
				out = append(out, f)
			}
		}
	}
	return out
}

// lineOf is a command line that lacks nothing but one flag.
func lineOf(n *kong.Node, without string) []string {
	args := strings.Fields(n.Path())
	for _, p := range n.Positional {
		one := "some-" + p.Name
		if p.Enum != "" {
			one, _, _ = strings.Cut(p.Enum, ",")
		}
		args = append(args, one)
	}
	for _, f := range flagsOf(n) {
		if f.Required && f.Name != without {
			args = append(args, "--"+f.Name+"="+sample(f))
		}
	}
	return args
}

// quietParser is a parser of some commands, all of them where none is named, that writes nothing.
func quietParser(t *testing.T, of ...command) *kong.Kong {
	t.Helper()
	if len(of) == 0 {
		of = commands
	}
	var root globals
	parser, err := newParser(&root, &console{ctx: t.Context(), stdout: io.Discard, stderr: io.Discard}, of)
	if err != nil {
		t.Fatal(err)
	}
	return parser
}

// parseArgs reads a command line and the configuration file that it or the environment names.
func parseArgs(parser *kong.Kong, args []string) (*kong.Context, error) {
	resolver, err := newConfig(args, os.LookupEnv)
	if err != nil {
		return nil, err
	}
	return parse(parser, resolver, args)
}

// parsedFlag is the value that a flag has after a command line. A parser can be used for one
// command line after the other, but for those that read a file or set a flag that excludes
// others: it remembers both.
func parsedFlag(t *testing.T, parser *kong.Kong, name string, args []string) any {
	t.Helper()
	k, err := parseArgs(parser, args)
	if err != nil {
		t.Errorf("%v: %v", args, err)
		return nil
	}
	for _, f := range flagsOf(k.Selected()) {
		if f.Name == name {
			return f.Target.Interface()
		}
	}
	t.Errorf("%v: there is no --%s", args, name)
	return nil
}

// TestEveryFlagThreeWays: every flag of every command is a flag, a variable (TILSYN_,
// capitals, dashes as underscores) and a key of a file, at the top and below the
// command, and means the same in each. A flag that many commands have is tried once, and as a key in
// one of the two places; at full size with each of them and in both, and with a parser of all commands.
func TestEveryFlagThreeWays(t *testing.T) {
	dir := t.TempDir()
	tried := map[string]bool{}
	for _, n := range leaves(quietParser(t).Model.Node) {
		of := commands
		if !seeds.Full() {
			of = named(strings.Fields(n.Path()), false)
		}
		shared := quietParser(t, of...)
		for _, f := range flagsOf(n) {
			parser := shared
			if len(f.Xor) > 0 {
				parser = quietParser(t, of...)
			}
			args, value := lineOf(n, f.Name), sample(f)
			where := n.Path() + " --" + f.Name
			want := parsedFlag(t, parser, f.Name, append(slices.Clone(args), "--"+f.Name+"="+value))
			asKey := seeds.Full() || !tried[f.Name]
			tried[f.Name] = true
			top := write(t, filepath.Join(dir, "top.yaml"), f.Name+": "+value+"\n")
			section := ""
			for depth, name := range strings.Fields(n.Path()) {
				section += strings.Repeat("  ", depth) + name + ":\n"
			}
			section += strings.Repeat("  ", len(strings.Fields(n.Path()))) + f.Name + ": " + value + "\n"
			below := write(t, filepath.Join(dir, "section.yaml"), section)
			ways := map[string]string{"a key at the top": top, "a key below the command": below}
			for _, way := range slices.Sorted(maps.Keys(ways)) {
				if !asKey || !seeds.Full() && (way == "a key at the top") != (len(tried)%2 == 0) {
					continue
				}
				file := ways[way]
				got := parsedFlag(t, quietParser(t, of...), f.Name, append(slices.Clone(args), "--config", file))
				if !reflect.DeepEqual(got, want) {
					t.Errorf("%s: as %s it is %v, want %v", where, way, got, want)
				}
			}
			if !asKey {
				continue
			}
			env := "TILSYN_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
			t.Run(where, func(t *testing.T) {
				t.Setenv(env, value)
				if got := parsedFlag(t, parser, f.Name, args); !reflect.DeepEqual(got, want) {
					t.Errorf("as %s it is %v, want %v", env, got, want)
				}
			})
		}
	}
}

// TestWrongKeys: a key that is none is named with file and line, and with what may be
// meant.
func TestWrongKeys(t *testing.T) {
	dir := t.TempDir()
	for text, want := range map[string]string{
		"run:\n  data_dir: x\n":    "c.yaml:2:3: data_dir is no flag of run; did you mean data-dir?",
		"runn:\n  data-dir: x\n":   "c.yaml:1:1: runn is no flag of any command; did you mean run?",
		"TILSYN_BROKERS: x\n":      "c.yaml:1:1: TILSYN_BROKERS is no flag of any command; did you mean brokers?",
		"verify:\n  data-dir: x\n": "c.yaml:2:3: data-dir is no flag of verify; it is one of other commands: give it below theirs",
		"config: x\n":              "c.yaml:1:1: config is no flag of any command; it cannot be given in a file",
		"data-dir:\n  x: y\n":      "c.yaml:1:1: data-dir: it takes a value, and there are keys below it",
		"policy:\n  showw: {}\n":   "c.yaml:2:3: showw is no flag of policy; did you mean show?",
		"policy:\n  show: text\n":  "c.yaml:2:3: policy.show: write the flags of the command below it",
		"xyzzyxyzzy: 1\n":          "c.yaml:1:1: xyzzyxyzzy is no flag of any command (see",
		"run:\npolicy:\ntopics:\n": "",
	} {
		write(t, filepath.Join(dir, "c.yaml"), text)
		r := program{dir: dir}.run(t, "policy", "show", "--on", "2026-02-03", "--config", "c.yaml")
		if !strings.Contains(r.stderr, want) || (want == "") != (r.status == 0) {
			t.Errorf("%q: status %d, %s want %s", text, r.status, r.stderr, want)
		}
	}
	// A flag with the name of a command is a value at the top, and a command where
	// there are keys below.
	write(t, filepath.Join(dir, "p.yaml"), "version: mine-7\n")
	for _, text := range []string{"policy: p.yaml\n", "policy:\n  show:\n    policy: p.yaml\n"} {
		write(t, filepath.Join(dir, "c.yaml"), text)
		if got := (program{dir: dir}).ok(t, "policy", "show", "--config",
			"c.yaml").stdout; !strings.Contains(got, "policy mine-7") {
			t.Errorf("%q: %s", text, fmt.Sprintf("%.80s", got))
		}
	}
}
