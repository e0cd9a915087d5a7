package cli

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"tilsyn/engine/policy"
)

// config gives flags values from the file of --config. A section is named after
// a command and its keys after flags; keys at the top hold for every command.
type config struct {
	file   string
	values map[string]any
	// places say where keys stand, used from which place flags took their value.
	places, used map[string]string
	lookup       func(string) (string, bool)
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
	text, err := readFile(configFlag, file)
	if err != nil {
		return nil, err
	}
	c := &config{file: file, lookup: lookup, used: map[string]string{}}
	if c.values, c.places, err = readConfig(text); err != nil {
		return nil, wrong("%s%s", file, afterPlace(err.Error()))
	}
	return c, nil
}

// afterPlace makes ":LINE:COLUMN: TEXT" of "[LINE:COLUMN] TEXT".
func afterPlace(text string) string {
	if place, rest, ok := strings.Cut(text, "] "); ok && strings.HasPrefix(place, "[") {
		return ":" + place[1:] + ": " + rest
	}
	return ": " + text
}

// at names the file and the place of a key.
func (c *config) at(path string) string {
	if place := c.places[path]; place != "" {
		return c.file + ":" + place
	}
	return c.file
}

// Validate refuses keys that name neither a flag nor a command; it implements
// kong.Resolver.
func (c *config) Validate(app *kong.Application) error {
	return c.validate(app.Node, c.values, "", allFlags(app.Node))
}

func (c *config) validate(node *kong.Node, values map[string]any, path string, flags []string) error {
	for _, key := range slices.Sorted(maps.Keys(values)) {
		v := values[key]
		inner, section := v.(map[string]any)
		isFlag := slices.Contains(flags, key) && !slices.Contains(noKeys, key)
		// A command may have a flag's name: what has keys below it is the command.
		if i := slices.IndexFunc(node.Children, func(n *kong.Node) bool { return n.Name == key }); i >= 0 &&
			(section || !isFlag) {
			if v == nil {
				continue // nothing stands below it
			}
			if !section {
				return fmt.Errorf("%s: %s%s: write the flags of the command below it, one `name: value` a line",
					c.at(path+key), path, key)
			}
			child := node.Children[i]
			if err := c.validate(child, inner, path+key+".", allFlags(child)); err != nil {
				return err
			}
			continue
		}
		of := "any command"
		if path != "" {
			of = strings.ReplaceAll(strings.TrimSuffix(path, "."), ".", " ")
		}
		switch {
		case isFlag && section:
			return fmt.Errorf("%s: %s%s: it takes a value, and there are keys below it", c.at(path+key), path, key)
		case !isFlag:
			return fmt.Errorf("%s: %s is no flag of %s%s", c.at(path+key), key, of, c.instead(node, key, flags))
		}
	}
	return nil
}

// noKeys are flags that a file cannot give.
var noKeys = []string{"config", "help", "version"}

// instead says what may be meant by a key that is none: a name that is spelled
// alike, or a flag of other commands.
func (c *config) instead(node *kong.Node, key string, flags []string) string {
	plain := strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(strings.TrimPrefix(key, "TILSYN_"), "--"), "_", "-"))
	if slices.Contains(noKeys, plain) {
		return "; it cannot be given in a file"
	}
	names := slices.DeleteFunc(slices.Clone(flags), func(n string) bool { return slices.Contains(noKeys, n) })
	for _, child := range node.Children {
		names = append(names, child.Name)
	}
	if best, _ := policy.Nearest(plain, names); best != "" {
		return "; did you mean " + best + "?"
	}
	root := node
	for root.Parent != nil {
		root = root.Parent
	}
	if node != root && slices.Contains(allFlags(root), plain) {
		return "; it is one of other commands: give it below theirs"
	}
	return ""
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
	path := ""
	take := func(values map[string]any) {
		v, ok := values[flag.Name]
		if _, section := v.(map[string]any); ok && !section { // a command may have a flag's name
			found, c.used[flag.Name] = v, path+flag.Name
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
			values, path = inner, path+name+"."
			take(values)
		}
	}
	if _, list := found.([]any); list && !flag.IsSlice() {
		return nil, errors.New("it takes one value and no list")
	}
	return found, nil
}
