package cli

import (
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// flagNames finds the flags that an error speaks of, as all of them write it.
var flagNames = regexp.MustCompile(`--([a-z][a-z0-9-]*)`)

// origin says of wrong usage where the values of the flags that it names come from,
// where that is not the command line: the line of the configuration file, or the
// variable.
func origin(err error, c *config, args []string, node *kong.Node) error {
	var use *usageError
	if !errors.As(err, &use) {
		return err
	}
	text := err.Error()
	var names, sources, each []string
	for _, m := range flagNames.FindAllStringSubmatch(text, -1) {
		if m[1] == "help" || slices.Contains(names, m[1]) {
			continue
		}
		names = append(names, m[1])
		if source := sourceOf(m[1], text, c, args, node); source != "" {
			sources, each = append(sources, source), append(each, "--"+m[1]+" comes from "+source)
		}
	}
	switch {
	case len(sources) == 0:
		return err
	case len(names) == 1 && strings.HasPrefix(text, "--"):
		return wrong("%s: %w", sources[0], err)
	}
	return wrong("%w (%s)", err, strings.Join(each, ", "))
}

// sourceOf is where a flag has its value from; empty where it is the command line, or
// nothing but the default, or the text says it already.
func sourceOf(name, text string, c *config, args []string, node *kong.Node) string {
	if given(args, name) {
		return ""
	}
	for _, env := range variables(node, name) {
		if _, ok := os.LookupEnv(env); ok {
			if strings.Contains(text, env+"=") {
				return ""
			}
			return env + " in the environment"
		}
	}
	if c != nil && c.used[name] != "" {
		return c.at(c.used[name])
	}
	return ""
}

// given reports whether a flag is on the command line.
func given(args []string, name string) bool {
	for _, a := range args {
		if a == "--" {
			return false
		}
		if a == "--"+name || a == "--no-"+name || strings.HasPrefix(a, "--"+name+"=") {
			return true
		}
	}
	return false
}

// variables are those that set a flag of a command or of those below it.
func variables(n *kong.Node, name string) []string {
	for _, f := range n.Flags {
		if f.Name == name {
			return f.Envs
		}
	}
	for _, child := range n.Children {
		if envs := variables(child, name); envs != nil {
			return envs
		}
	}
	return nil
}
