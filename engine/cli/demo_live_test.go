package cli

import (
	"bytes"
	"context"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"tilsyn/engine/simulate"
	"tilsyn/engine/stream/seeds"
)

// quickDemo is a small demo in a new directory, which would like to take a
// second.
func quickDemo(t *testing.T) *demoCmd {
	t.Helper()
	return &demoCmd{Dir: filepath.Join(t.TempDir(), "demo"), Persons: 24, Days: simulate.MinEventDays,
		Seed: 3, Show: time.Second}
}

// demoNow is a Saturday afternoon in the middle of an hour.
var demoNow = time.Date(2026, 11, 21, 15, 24, 0, 0, time.UTC)

// The demo runs the real engine on a real broker to its end, and says what the
// truth says; at full size a second one replaces the first.
func TestDemoOnTheRealEngine(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithTimeout(t.Context(), within)
	defer stop()
	cmd := quickDemo(t)
	wants := []string{"by the watch alone, which opened", "Replacing what an earlier demo left"}
	for i, want := range wants[:seeds.AtLeast(t, len(wants), 1)] {
		out := &bytes.Buffer{}
		if err := cmd.play(&console{ctx: ctx, stdout: out}, demoNow); err != nil {
			t.Fatalf("demo %d: %v\n%s", i+1, err, out)
		}
		if !strings.Contains(out.String(), want) || strings.Contains(out.String(), "Stopped early") {
			t.Fatalf("demo %d does not say %q:\n%s", i+1, want, out)
		}
		for _, line := range strings.Split(out.String(), "\n") {
			if f := strings.Fields(line); len(f) > 1 && (f[0] == "precision" || f[0] == "recall") &&
				strings.Count(line, "100.0 %") != 4 {
				t.Errorf("demo %d: %s", i+1, line)
			}
		}
		for _, name := range demoOwn {
			if name != demoReplayed && !exists(filepath.Join(cmd.Dir, name)) {
				t.Errorf("demo %d left no %s", i+1, name)
			}
		}
		goOn(ctx, t, out.String())
	}
}

// goOn does what the demo proposes to do next, as it is written there.
func goOn(ctx context.Context, t *testing.T, said string) {
	t.Helper()
	port := strconv.Itoa(freePort(t))
	text := strings.ReplaceAll(said[strings.Index(said, "Go on with"):], " \\\n", " ")
	text = strings.ReplaceAll(text, demoPages, net.JoinHostPort("127.0.0.1", strconv.Itoa(freePort(t))))
	var commands [][]string
	for _, line := range strings.Split(text, "\n")[1:] {
		if args, ok := strings.CutPrefix(strings.TrimSpace(line), selfCommand()+" "); ok {
			commands = append(commands, strings.Fields(strings.ReplaceAll(args, strconv.Itoa(demoPort), port)))
		}
	}
	if len(commands) != 5 {
		t.Fatalf("%d commands are proposed: %q", len(commands), commands)
	}
	engine, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	for _, args := range commands {
		out, logs := &bytes.Buffer{}, &bytes.Buffer{}
		c := &console{ctx: ctx, stdin: strings.NewReader(""), stdout: out, stderr: logs}
		if args[0] == "run" {
			c.ctx = engine
			go func() { ended <- execute(c, args) }()
			waitForPort(t, port)
			continue
		}
		err := execute(c, args)
		// The clock has gone on since the demo. While the engine tells what follows from that, what
		// it has said and what the facts give at the clock of its last commit may differ.
		for begin := time.Now(); err != nil && args[0] == "verify" && time.Since(begin) < 30*time.Second; {
			time.Sleep(500 * time.Millisecond)
			out.Reset()
			err = execute(c, args)
		}
		if err != nil {
			t.Fatalf("%s: %v\n%s%s", strings.Join(args, " "), err, out, logs)
		}
		if args[0] == "tail" && out.Len() == 0 {
			t.Error("tail prints nothing")
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("run: %v", err)
	}
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func waitForPort(t *testing.T, port string) {
	t.Helper()
	for begin := time.Now(); time.Since(begin) < within; time.Sleep(50 * time.Millisecond) {
		if c, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", port)); err == nil {
			_ = c.Close()
			return
		}
	}
	t.Fatal("the broker does not come up")
}

// Ctrl-C ends the demo with what it has.
func TestDemoInterrupted(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "the demonstration, until it is interrupted")
	ctx, stop := context.WithTimeout(t.Context(), 3*time.Second)
	defer stop()
	cmd := quickDemo(t)
	cmd.Show = time.Hour
	cancelled, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer context.AfterFunc(ctx, cancel)()
	out := &bytes.Buffer{}
	if err := cmd.play(&console{ctx: cancelled, stdout: out}, demoNow); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); !strings.Contains(text, "Stopped early") || strings.Contains(text, "precision") {
		t.Errorf("an interrupted demo says:\n%s", text)
	}
}

func TestDemoFlags(t *testing.T) {
	for name, change := range map[string]func(*demoCmd){
		"persons": func(c *demoCmd) { c.Persons = 5 },
		"days":    func(c *demoCmd) { c.Days = 3 },
		"show":    func(c *demoCmd) { c.Show = time.Millisecond },
	} {
		cmd := quickDemo(t)
		change(cmd)
		if err := cmd.play(&console{ctx: t.Context(), stdout: &bytes.Buffer{}}, demoNow); status(err) != statusUsage {
			t.Errorf("%s: %v", name, err)
		}
		if exists(cmd.Dir) {
			t.Errorf("%s: the directory was made all the same", name)
		}
	}
}
