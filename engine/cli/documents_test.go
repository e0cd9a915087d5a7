package cli

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"tilsyn/engine/stream/seeds"
)

// TestDocuments runs the pages of .github/docs: every block of the language `console`, in order, in one shell a
// page, with the program on the PATH, in a directory of the page's own that holds the repository's directories.
// What a command prints must be what stands below it:
//
//   - `$ ` begins a command, `> ` a further line of it;
//   - a line `…` stands for any lines, `…` within a line for any text;
//   - a last line `[exit status N]` says how the command ends, where that is not 0.
//
// The ports 8080 and 9092 are replaced by free ones.
func TestDocuments(t *testing.T) {
	if !seeds.Full() {
		t.Skip("the pages are run at full size only (TILSYN_FULL=1)")
	}
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("there is no bash")
	}
	repository, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := filepath.Glob(filepath.Join(repository, ".github/docs/*.md"))
	if err != nil || len(pages) == 0 {
		t.Fatal("there are no pages: ", err)
	}
	for _, page := range pages {
		t.Run(filepath.Base(page), func(t *testing.T) {
			t.Parallel()
			steps := stepsOf(t, page)
			if len(steps) == 0 {
				t.Skip("nothing to run")
			}
			printed := runSteps(t, repository, steps)
			for i, s := range steps {
				if i >= len(printed) {
					t.Fatalf("%s:%d: the shell ended before this command", filepath.Base(page), s.line)
				}
				if !s.pattern().MatchString(printed[i]) {
					t.Errorf("%s:%d: %s\nprinted\n%s\nand the page says\n%s", filepath.Base(page), s.line, s.command,
						shortened(printed[i]), strings.Join(s.says, "\n"))
				}
			}
		})
	}
}

// step is one command of a page, and what the page says it prints.
type step struct {
	line    int
	command string
	says    []string
}

// stepsOf reads the commands of a page.
func stepsOf(t *testing.T, page string) (out []step) {
	t.Helper()
	inside := false
	for n, line := range strings.Split(read(t, page), "\n") {
		switch {
		case !inside:
			inside = line == "```console"
		case line == "```":
			inside = false
		case strings.HasPrefix(line, "$ "):
			out = append(out, step{line: n + 1, command: line[2:]})
		case len(out) == 0:
			t.Fatalf("%s:%d: a block begins with a command", filepath.Base(page), n+1)
		case strings.HasPrefix(line, "> ") && len(out[len(out)-1].says) == 0:
			out[len(out)-1].command += "\n" + line[2:]
		default:
			out[len(out)-1].says = append(out[len(out)-1].says, line)
		}
	}
	return out
}

// pattern is what the command has to print, with its exit status as the last line.
func (s step) pattern() *regexp.Regexp {
	says, status := s.says, "[exit status 0]"
	if n := len(says); n > 0 && strings.HasPrefix(says[n-1], "[exit status ") {
		says, status = says[:n-1], says[n-1]
	}
	var b strings.Builder
	b.WriteString(`\A`)
	for _, line := range says {
		if line == "…" {
			b.WriteString(`(?:.*\n)*`)
			continue
		}
		b.WriteString(strings.ReplaceAll(regexp.QuoteMeta(line), "…", ".*") + `\n`)
	}
	b.WriteString(regexp.QuoteMeta(status) + `\n\z`)
	return regexp.MustCompile(b.String())
}

// mark ends what one command printed.
const mark = "\x01\n"

// runSteps runs the commands in one shell and returns what each printed.
func runSteps(t *testing.T, repository string, steps []step) []string {
	t.Helper()
	dir, bin := t.TempDir(), t.TempDir()
	entries, err := os.ReadDir(repository)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries { // what the repository has, and the page reads
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			if err := os.Symlink(filepath.Join(repository, e.Name()), filepath.Join(dir, e.Name())); err != nil {
				t.Fatal(err)
			}
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(bin, "tilsyn"), fmt.Sprintf("#!/bin/sh\n%s=1 exec %q \"$@\"\n", asProgram, self))
	if err := os.Chmod(filepath.Join(bin, "tilsyn"), 0o700); err != nil {
		t.Fatal(err)
	}
	var script strings.Builder
	for _, s := range steps {
		fmt.Fprintf(&script, "{ %s\n} 2>&1\nprintf '[exit status %%d]\\n\\001\\n' $?\n", s.command)
	}
	script.WriteString("kill $(jobs -p) 2>/dev/null; wait\n")
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-c", withFreePorts(t, script.String()))
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "TILSYN_LOG_LEVEL=warn")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); ctx.Err() != nil {
		said, _ := os.ReadFile(filepath.Join(dir, "run.log"))
		t.Errorf("the page takes too long: %v\n%s", err, shortened(string(said)))
	}
	printed := strings.Split(out.String(), mark)
	return printed[:len(printed)-1]
}

// withFreePorts replaces the ports that the pages write.
func withFreePorts(t *testing.T, script string) string {
	t.Helper()
	for _, port := range []string{"8080", "9092"} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		free := strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
		script = regexp.MustCompile(`\b`+port+`\b`).ReplaceAllString(script, free)
	}
	return script
}

// shortened is the beginning and the end of a long text.
func shortened(s string) string {
	const most = 1500
	if len(s) <= 2*most {
		return s
	}
	return s[:most] + "\n[…]\n" + s[len(s)-most:]
}
