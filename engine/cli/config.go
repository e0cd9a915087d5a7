package cli

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// config gives flags values from the file of --config. A section is named after
// a command and its keys after flags; keys at the top hold for every command.
type config struct {
	file   string
	values map[string]any
	lookup func(string) (string, bool)
}

// configFlag is the flag and, with the prefix TILSYN_, the variable that names
// the file.
const configFlag = "--config"

// newConfig reads the file that args or the environment name; nil where they
// name none. kong asks for values while it parses, so that it cannot itself
// tell where the file is.
func newConfig(args []string, lookup func(string) (string, bool)) (*config, error) {
	file, _ := lookup("TILSYN_CONFIG")
	for i, a := range args {
		if a == "--" {
			break
		}
		if v, ok := strings.CutPrefix(a, configFlag+"="); ok {
			file = v
		} else if a == configFlag && i+1 < len(args) {
			file = args[i+1]
		}
	}
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		var p *os.PathError
		if errors.As(err, &p) {
			err = p.Err
		}
		return nil, wrong("--config %s: %w", file, err)
	}
	c := &config{file: file, lookup: lookup}
	if c.values, err = parseConfig(text); err != nil {
		return nil, wrong("%s: %w", file, err)
	}
	return c, nil
}

// Validate refuses keys that name neither a flag nor a command; it implements
// kong.Resolver.
func (c *config) Validate(app *kong.Application) error {
	return c.validate(app.Node, c.values, "", allFlags(app.Node))
}

func (c *config) validate(node *kong.Node, values map[string]any, path string, flags []string) error {
	for key, v := range values {
		if i := slices.IndexFunc(node.Children, func(n *kong.Node) bool { return n.Name == key }); i >= 0 {
			inner, ok := v.(map[string]any)
			if !ok {
				return fmt.Errorf("%s: %s%s: write the flags of the command below it, one `name: value` a line", c.file, path, key)
			}
			child := node.Children[i]
			if err := c.validate(child, inner, path+key+".", allFlags(child)); err != nil {
				return err
			}
			continue
		}
		if !slices.Contains(flags, key) || key == "config" || key == "help" {
			return fmt.Errorf("%s: %s%s is no flag of this command", c.file, path, key)
		}
	}
	return nil
}

// allFlags lists the flags of a node, of those above it, and of those below it.
func allFlags(n *kong.Node) []string {
	var out []string
	for up := n; up != nil; up = up.Parent {
		for _, f := range up.Flags {
			out = append(out, f.Name)
		}
	}
	for _, child := range n.Children {
		out = append(out, allFlags(child)...)
	}
	return out
}

// Resolve implements kong.Resolver. What the environment sets wins.
func (c *config) Resolve(ctx *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, env := range flag.Envs {
		if _, ok := c.lookup(env); ok {
			return nil, nil
		}
	}
	var found any
	take := func(values map[string]any) {
		v, ok := values[flag.Name]
		if _, section := v.(map[string]any); ok && !section { // a command may have a flag's name
			found = v
		}
	}
	values := c.values
	take(values)
	if node := ctx.Selected(); node != nil {
		for _, name := range strings.Fields(node.Path()) {
			inner, ok := values[name].(map[string]any)
			if !ok {
				continue
			}
			values = inner
			take(values)
		}
	}
	if _, list := found.([]any); list && !flag.IsSlice() {
		return nil, fmt.Errorf("%s: %s takes one value and no list", c.file, flag.Name)
	}
	return found, nil
}
