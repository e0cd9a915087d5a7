package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"tilsyn/engine/duty"
)

// manCmd is `tilsyn man`: the manual page, made of what --help says.
type manCmd struct{}

// Help is shown under the flags.
func (manCmd) Help() string {
	return `Prints the manual page in roff, of every command and flag of this version: tilsyn man > tilsyn.1; man ./tilsyn.1.`
}

// Run implements the command.
func (manCmd) Run(c *console, app *kong.Kong) error {
	m := &manPage{w: c.stdout}
	root := app.Model.Node
	m.line(`.TH TILSYN 1 "" "tilsyn %s" "User Commands"`, duty.EngineVersion)
	m.line(".SH NAME\ntilsyn \\- %s", roff("indications of breached duties at Danish departure centres"))
	m.line(".SH SYNOPSIS\n.B tilsyn\n.I COMMAND\n[\\fIFLAG\\fR]...")
	m.line(".SH DESCRIPTION\n%s", roff(app.Model.Help))
	m.line(".PP\n%s", roff("A flag can also be given in the environment, under the name that stands behind it, or in the "+
		"YAML file of --config. The command line wins over the environment, that over the file."))
	m.line(".SH GLOBAL FLAGS")
	m.flags(root.Flags)
	m.line(".SH COMMANDS")
	m.commands(root)
	m.line(".SH EXIT STATUS")
	for _, s := range [][2]string{{"0", "success"}, {"1", "a difference was found, or it failed"},
		{"2", "wrong usage, unreadable input or refused credentials"}, {"3", "gave up waiting for a broker"}} {
		m.line(".TP\n.B %s\n%s", s[0], roff(s[1]))
	}
	return m.err
}

// manPage writes lines of roff and keeps the first error.
type manPage struct {
	w   io.Writer
	err error
}

func (m *manPage) line(format string, args ...any) {
	if m.err == nil {
		_, m.err = fmt.Fprintf(m.w, format+"\n", args...)
	}
}

// commands writes everything that does something, in the order of the help.
func (m *manPage) commands(node *kong.Node) {
	for _, n := range node.Children {
		if n.Hidden {
			continue
		}
		if len(n.Children) > 0 {
			m.commands(n)
			continue
		}
		m.line(".SS %s", roff(strings.TrimPrefix(n.Summary(), "tilsyn ")))
		m.line("%s", roff(n.Help))
		if n.Detail != "" {
			m.line(".PP\n%s", roff(n.Detail))
		}
		for _, p := range n.Positional {
			m.line(".TP\n.I %s\n%s", roff(p.Name), roff(p.Help))
		}
		var own []*kong.Flag
		for up := n; up.Parent != nil; up = up.Parent {
			own = append(own, up.Flags...)
		}
		m.flags(own)
	}
}

// flags writes flags with their defaults and variables.
func (m *manPage) flags(list []*kong.Flag) {
	for _, f := range list {
		if f.Hidden {
			continue
		}
		m.line(".TP\n\\fB%s\\fR", roff(f.String()))
		text := f.Help
		if len(f.Envs) > 0 {
			text += " ($" + strings.Join(f.Envs, ", $") + ")"
		}
		m.line("%s", roff(text))
	}
}

// roff makes text safe: no character of it is an instruction.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, ".") || strings.HasPrefix(l, "'") {
			lines[i] = `\&` + l
		}
	}
	return strings.Join(lines, "\n")
}
