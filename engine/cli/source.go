package cli

import (
	"errors"
	"os"
	"regexp"
	"strings"

	"github.com/alecthomas/kong"
)

// flagName finds the flag that an error speaks of, as all of them write it.
var flagName = regexp.MustCompile(`^--([a-z][a-z0-9-]*)`)

// origin says of wrong usage where the value of the flag that it names comes from,
// where that is not the command line: the line of the configuration file, or the
// variable.
func origin(err error, c *config, args []string, node *kong.Node) error {
	var use *usageError
	if !errors.As(err, &use) {
		return err
	}
	m := flagName.FindStringSubmatch(err.Error())
	if m == nil || given(args, m[1]) {
		return err
	}
	for _, env := range variables(node, m[1]) {
		if _, ok := os.LookupEnv(env); ok && !strings.Contains(err.Error(), env) {
			return wrong("%s in the environment: %w", env, err)
		}
	}
	if c != nil && c.used[m[1]] != "" {
		return wrong("%s: %w", c.at(c.used[m[1]]), err)
	}
	return err
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
