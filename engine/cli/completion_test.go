package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestOffers: what is offered at the cursor.
func TestOffers(t *testing.T) {
	root := quietParser(t).Model.Node
	for _, c := range []struct {
		typed string // the last word is the one at the cursor
		want  []string
	}{
		{"schem", []string{"schemas"}},
		{"topics ", []string{"acls", "check", "create"}},
		{"topics c", []string{"check", "create"}},
		{"run --clo", []string{"--clock="}},
		{"run --clock=", []string{"--clock=events", "--clock=wall"}},
		{"run --clock=w", []string{"--clock=wall"}},
		{"run --clock ", []string{"events", "wall"}},
		{"--log-level warn run --clock e", []string{"events"}},
		{"run --log-level=d", []string{"--log-level=debug"}},
		{"completion ", []string{"bash", "fish", "zsh"}},
		{"completion bash ", nil},
		{"compl", []string{"completion"}}, // what the scripts call is no command for people
		{"run --state-merge", nil},        // hidden
		{"run --policy ", nil},            // a file
		{"run --nonsense=", nil},
		{"run -- --clo", nil},
		{"nonsense nonsense --log", []string{"--log-level="}},
	} {
		if got := offers(root, strings.Split(c.typed, " ")); !slices.Equal(got, c.want) {
			t.Errorf("tilsyn %s: %q, want %q", c.typed, got, c.want)
		}
	}
	if got := offers(root, nil); !slices.Contains(got, "run") {
		t.Errorf("at the beginning: %q", got)
	}
}

// TestOffersAndManualAreWhole: completion and manual page have every command and every flag.
func TestOffersAndManualAreWhole(t *testing.T) {
	root := quietParser(t).Model.Node
	manual := program{}.ok(t, "man").stdout
	for _, n := range leaves(root) {
		if n.Hidden {
			continue
		}
		words := strings.Fields(n.Path())
		if !slices.Contains(offers(root, words), words[len(words)-1]) {
			t.Errorf("%s is not offered", n.Path())
		}
		_, section, found := strings.Cut(manual, "\n.SS "+roff(strings.TrimPrefix(n.Summary(), "tilsyn "))+"\n")
		if !found {
			t.Errorf("the manual does not have %s", n.Path())
			continue
		}
		section, _, _ = strings.Cut(section, "\n.S")
		offered := offers(root, append(words, "--"))
		for _, f := range flagsOf(n) {
			if f.Hidden {
				continue
			}
			if !slices.ContainsFunc(offered, func(s string) bool { return strings.TrimSuffix(s, "=") == "--"+f.Name }) {
				t.Errorf("%s: --%s is not offered", n.Path(), f.Name)
			}
			if !slices.Contains(root.Flags, f) && !strings.Contains(section, roff("--"+f.Name)) {
				t.Errorf("the manual does not have --%s of %s", f.Name, n.Path())
			}
		}
	}
	for line := range strings.Lines(manual) {
		if strings.HasPrefix(line, ".") && !slices.Contains([]string{".TH", ".SH", ".SS", ".TP", ".PP", ".B", ".I"},
			strings.Fields(line)[0]) {
			t.Errorf("the manual has the instruction %q", line)
		}
	}
}

// TestCompletionInShells runs the scripts in those shells that are here.
func TestCompletionInShells(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(self, filepath.Join(dir, "tilsyn")); err != nil {
		t.Skip(err)
	}
	for shell, script := range map[string]string{
		"bash": `source <(tilsyn completion bash)
			for COMP_LINE in "tilsyn topics c" "tilsyn run --clo" "tilsyn run --clock=e" "tilsyn completion "; do
				COMP_POINT=${#COMP_LINE}; _tilsyn; printf '%s ' "${COMPREPLY[@]}"; done`,
		"zsh": `compdef() { : }; compadd() { [[ $1 == -S ]] && shift 2; shift; (( $# )) && printf '%s ' "$@" }
			source <(tilsyn completion zsh)
			words=(tilsyn topics c) CURRENT=3; _tilsyn; words=(tilsyn run --clo); _tilsyn
			words=(tilsyn run --clock=e); _tilsyn; words=(tilsyn completion ""); _tilsyn; true`,
		"fish": `tilsyn completion fish | source
			for line in "tilsyn topics c" "tilsyn run --clo" "tilsyn run --clock=e" "tilsyn completion "
				printf '%s ' (complete -C $line); end`,
	} {
		t.Run(shell, func(t *testing.T) {
			path, err := exec.LookPath(shell)
			if err != nil {
				t.Skip(err)
			}
			cmd := exec.CommandContext(t.Context(), path, "-c", script)
			cmd.Env = append(os.Environ(), asProgram+"=1", "PATH="+dir+":"+os.Getenv("PATH"), "HOME="+dir)
			out, err := cmd.CombinedOutput()
			got := strings.ReplaceAll(string(out), " --clock=events", " events") // where the shell has not cut the word
			if want := "check create --clock= events bash fish zsh "; err != nil || got != want {
				t.Errorf("%v: offered %q, want %q", err, got, want)
			}
		})
	}
	if r := (program{}).run(t, "completion", "tcsh"); r.status != statusUsage {
		t.Errorf("another shell: status %d, %s", r.status, r.stderr)
	}
}
