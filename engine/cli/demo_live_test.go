package cli

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tilsyn/engine/simulate"
)

// quickDemo is a small demo in a new directory, which would like to take a
// second.
func quickDemo(t *testing.T) *demoCmd {
	t.Helper()
	return &demoCmd{Dir: filepath.Join(t.TempDir(), "demo"), Persons: 24, Days: simulate.MinEventDays, Seed: 3, Show: time.Second}
}

// demoNow is a Saturday afternoon in the middle of an hour.
var demoNow = time.Date(2026, 11, 21, 15, 24, 0, 0, time.UTC)

// The demo runs the real engine on a real broker to its end, and says what the
// truth says; a second one replaces the first.
func TestDemoOnTheRealEngine(t *testing.T) {
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	cmd := quickDemo(t)
	for i, want := range []string{"precision", "Replacing what an earlier demo left"} {
		out := &bytes.Buffer{}
		if err := cmd.play(&console{ctx: ctx, stdout: out}, demoNow); err != nil {
			t.Fatalf("demo %d: %v\n%s", i+1, err, out)
		}
		if !strings.Contains(out.String(), want) || strings.Contains(out.String(), "Stopped early") {
			t.Fatalf("demo %d does not say %q:\n%s", i+1, want, out)
		}
		for _, line := range strings.Split(out.String(), "\n") {
			if f := strings.Fields(line); len(f) > 1 && (f[0] == "precision" || f[0] == "recall") && strings.Count(line, "100.0 %") != 4 {
				t.Errorf("demo %d: %s", i+1, line)
			}
		}
		for _, name := range demoOwn {
			if !exists(filepath.Join(cmd.Dir, name)) {
				t.Errorf("demo %d left no %s", i+1, name)
			}
		}
	}
}

// Ctrl-C ends the demo with what it has.
func TestDemoInterrupted(t *testing.T) {
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
