package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// completionCmd is `tilsyn completion`: a script that lets a shell complete commands, flags and their values. The
// script asks the program itself (completeCmd), so what it offers is what the installed version has.
type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Help is shown under the flags.
func (completionCmd) Help() string {
	return `Prints a script for the shell. bash: source <(tilsyn completion bash) in ~/.bashrc. zsh: source <(tilsyn completion zsh) in ~/.zshrc, after compinit. fish: tilsyn completion fish | source in ~/.config/fish/config.fish.`
}

// completionScripts hand what is typed so far to `tilsyn complete`, the word at the cursor last, and offer its lines;
// where there are none, files.
var completionScripts = map[string]string{
	"bash": `_tilsyn() {
	local line words last
	read -ra words <<<"${COMP_LINE:0:COMP_POINT}"
	[[ ${COMP_LINE:0:COMP_POINT} == *[[:space:]] ]] && words+=("")
	last=${words[${#words[@]}-1]}
	COMPREPLY=()
	while IFS= read -r line; do
		# Bash has cut the word behind =.
		[[ $last == *=* && $COMP_WORDBREAKS == *=* ]] && line=${line#*=}
		COMPREPLY+=("$line")
	done < <("${words[0]}" complete -- "${words[@]:1}" 2>/dev/null)
	[[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
	return 0
}
complete -o default -F _tilsyn tilsyn
`,
	"zsh": `_tilsyn() {
	local -a offers
	offers=(${(f)"$("${words[1]}" complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)"})
	if (( ! $#offers )); then
		_files
		return
	fi
	compadd -S '' -- ${(M)offers:#*=}
	compadd -- ${offers:#*=}
}
compdef _tilsyn tilsyn
`,
	"fish": `function __tilsyn
	set -l words (commandline -opc)
	set -l word (commandline -ct)
	set -l offers (tilsyn complete -- $words[2..-1] "$word" 2>/dev/null)
	if test (count $offers) -gt 0
		printf '%s\n' $offers
	else
		__fish_complete_path (commandline -ct)
	end
end
complete -c tilsyn -f -a '(__tilsyn)'
`,
}

// Run implements the command.
func (cmd *completionCmd) Run(c *console) error {
	_, err := fmt.Fprint(c.stdout, completionScripts[cmd.Shell])
	return err
}

// completeCmd is `tilsyn complete`, which the scripts call.
type completeCmd struct {
	Words []string `arg:"" optional:"" passthrough:"" help:"What is typed behind the program's name; the last word is the one at the cursor."`
}

// Run implements the command.
func (cmd *completeCmd) Run(c *console, app *kong.Kong) error {
	words := cmd.Words
	if len(words) > 0 && words[0] == "--" {
		words = words[1:]
	}
	for _, offer := range offers(app.Model.Node, words) {
		if _, err := fmt.Fprintln(c.stdout, offer); err != nil {
			return err
		}
	}
	return nil
}

// offers are what may stand in place of the last of the words, sorted; none where it is a file, or anything.
func offers(node *kong.Node, words []string) []string {
	if len(words) == 0 {
		words = []string{""}
	}
	before, word := words[:len(words)-1], words[len(words)-1]
	arguments := 0
	var open *kong.Flag // whose value comes next
	for _, w := range before {
		name, long := strings.CutPrefix(w, "--")
		switch child := childOf(node, w); {
		case open != nil:
			open = nil
		case w == "--":
			return nil
		case long && !strings.Contains(w, "="):
			if f := flagOf(node, name); f != nil && !f.IsBool() {
				open = f
			}
		case strings.HasPrefix(w, "-") && w != "-":
		case child != nil:
			node = child
		default:
			arguments++
		}
	}
	var all []string
	name, value, hasValue := strings.Cut(word, "=")
	switch {
	case open != nil:
		all = valuesOf(open.Value)
	case strings.HasPrefix(word, "--") && hasValue:
		if f := flagOf(node, name[2:]); f != nil {
			for _, v := range valuesOf(f.Value) {
				all = append(all, name+"="+v)
			}
		}
		word = name + "=" + value
	case strings.HasPrefix(word, "-"):
		for name, f := range visibleFlags(node) {
			if f.IsBool() {
				all = append(all, "--"+name)
			} else {
				all = append(all, "--"+name+"=")
			}
		}
	default:
		for _, child := range node.Children {
			if !child.Hidden {
				all = append(all, child.Name)
			}
		}
		if arguments < len(node.Positional) {
			all = append(all, valuesOf(node.Positional[arguments])...)
		}
	}
	all = slices.DeleteFunc(all, func(s string) bool { return !strings.HasPrefix(s, word) })
	slices.Sort(all)
	return slices.Compact(all)
}

func childOf(node *kong.Node, name string) *kong.Node {
	for _, child := range node.Children {
		if child.Name == name || slices.Contains(child.Aliases, name) {
			return child
		}
	}
	return nil
}

// visibleFlags are the flags of a command and of those above it, by name.
func visibleFlags(node *kong.Node) map[string]*kong.Flag {
	out := map[string]*kong.Flag{}
	for n := node; n != nil; n = n.Parent {
		for _, f := range n.Flags {
			if !f.Hidden {
				out[f.Name] = f
			}
		}
	}
	return out
}

func flagOf(node *kong.Node, name string) *kong.Flag { return visibleFlags(node)[name] }

// valuesOf are the values that a flag or argument may have; none where it may have any.
func valuesOf(v *kong.Value) []string {
	if v.Enum == "" {
		return nil
	}
	return slices.Sorted(maps.Keys(v.EnumMap()))
}
