package cli

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/alecthomas/kong"

	"tilsyn/engine/policy"
)

// usage turns an error of the parser into one of wrong usage, in words of ours.
func usage(err error) error {
	var parse *kong.ParseError
	if !errors.As(err, &parse) || parse.Context == nil {
		return &usageError{err}
	}
	node := parse.Context.Selected()
	if node == nil {
		node = parse.Context.Model.Node
	}
	if text := inWords(err.Error(), node); text != "" {
		err = errors.New(text)
	}
	return &usageError{fmt.Errorf("%w (see %s --help)", err, node.FullPath())}
}

// What the parser says, where that takes some knowledge of it to understand.
var (
	noSuchArgument = regexp.MustCompile(`^unexpected argument (\S*?)(?:,? |,?$)`)
	noCommand      = regexp.MustCompile(`^expected one of `)
	noArgument     = regexp.MustCompile(`^expected "<([a-z-]+)>`)
	noValue        = regexp.MustCompile(`^(--[a-z-]+): expected .* value but got "EOL"`)
	dashedValue    = regexp.MustCompile(`^(--[a-z-]+): expected .* value but got "(-[^"]*)"`)
)

// inWords says what is wrong with a command line, and what to do; empty where the
// parser's own words do.
func inWords(text string, node *kong.Node) string {
	if m := noSuchArgument.FindStringSubmatch(text); m != nil {
		return unexpected(m[1], node)
	}
	if noCommand.MatchString(text) && len(node.Children) > 0 {
		return fmt.Sprintf("no command is given: write %s and one of %s", node.FullPath(),
			strings.Join(commandsOf(node), ", "))
	}
	if m := noArgument.FindStringSubmatch(text); m != nil {
		for _, p := range node.Positional {
			if p.Name == m[1] {
				return fmt.Sprintf("%s is missing: %s", strings.ToUpper(p.Name),
					strings.ToLower(p.Help[:1])+strings.TrimSuffix(p.Help[1:], "."))
			}
		}
	}
	if m := noValue.FindStringSubmatch(text); m != nil {
		return m[1] + ": there is no value behind it"
	}
	if m := dashedValue.FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("%s: a value that begins with a dash is written with =, %s=%s", m[1], m[1], m[2])
	}
	return ""
}

// unexpected says of a word that has no place what would have one.
func unexpected(word string, node *kong.Node) string {
	if names := commandsOf(node); len(names) > 0 {
		meant := ""
		if best, away := policy.Nearest(word, names); best != "" && away <= 2 {
			meant = "did you mean " + best + "? "
		}
		return fmt.Sprintf("there is no command %q of %s: %sit has %s", word, node.FullPath(), meant,
			strings.Join(names, ", "))
	}
	if len(node.Positional) == 0 {
		return fmt.Sprintf("unexpected argument %q: %s takes none, only flags", word, node.FullPath())
	}
	return fmt.Sprintf("unexpected argument %q: %s takes one %s", word, node.FullPath(),
		strings.ToUpper(node.Positional[0].Name))
}

func commandsOf(node *kong.Node) (names []string) {
	for _, child := range node.Children {
		if !child.Hidden {
			names = append(names, child.Name)
		}
	}
	return names
}
