package cli

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// described is all that a user can see of a command and of those below it.
func described(n *kong.Node) string {
	var b strings.Builder
	fmt.Fprintln(&b, n.Summary(), n.Help, n.Detail, n.Hidden)
	for _, f := range n.Flags {
		fmt.Fprintln(&b, f, f.Help, f.Envs, f.Default, f.Enum, f.Required, f.Hidden, f.Xor)
	}
	for _, p := range n.Positional {
		fmt.Fprintln(&b, p.Summary(), p.Help, p.Default, p.Enum, p.Required)
	}
	for _, child := range n.Children {
		b.WriteString(described(child))
	}
	return b.String()
}

// TestCommandsAlone: a command is the same where its parser knows no other one.
func TestCommandsAlone(t *testing.T) {
	whole := quietParser(t).Model.Node
	for i, c := range commands {
		of := named([]string{c.name, "--help"}, false)
		if c.needsAll {
			if len(of) != len(commands) {
				t.Errorf("%s gets %d commands", c.name, len(of))
			}
			continue
		}
		if len(of) != 1 {
			t.Errorf("%s is not parsed alone: %d commands", c.name, len(of))
			continue
		}
		alone := quietParser(t, of...).Model.Node
		if want, got := described(whole.Children[i]), described(alone.Children[0]); got != want ||
			whole.Children[i].Name != c.name {
			t.Errorf("%s alone is\n%s\nwant\n%s", c.name, got, want)
		}
	}
	for _, args := range [][]string{nil, {"--help"}, {"--log-level", "warn", "run"}, {"runn"}, {"-"}} {
		if len(named(args, false)) != len(commands) {
			t.Errorf("%q is parsed with some commands only", args)
		}
	}
	if len(named([]string{"run"}, true)) != len(commands) {
		t.Error("a configuration file, which has sections for all, is read with one command")
	}
	if !slices.ContainsFunc(commands, func(c command) bool { return c.needsAll }) {
		t.Error("the manual page and the completion are of all commands")
	}
}
