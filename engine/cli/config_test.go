package cli

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

// TestPrecedence: flags over environment over configuration file over default.
func TestPrecedence(t *testing.T) {
	facts := simulated(t, 3, 14)
	dir := t.TempDir()
	asOf := func(env []string, args ...string) string {
		t.Helper()
		out := program{dir: dir, env: env}.ok(t,
			append([]string{"replay", "--violations", "v", "--outcomes", "-"}, append(args, facts)...)...).stdout
		var r row
		if err := json.Unmarshal([]byte(out[:strings.IndexByte(out, '\n')]), &r); err != nil {
			t.Fatal(err)
		}
		return r.AsOf[:10]
	}
	write(t, filepath.Join(dir, "top.yaml"), "as-of: 2026-01-10T08:00:00Z\n")
	write(t, filepath.Join(dir, "section.yaml"), "as-of: 2026-01-10T08:00:00Z\nlog-level: warn\nreplay:\n  as-of: "+
		"[2026-01-11T08:00:00Z]\n  memory: 7MiB\n")
	env := []string{"TILSYN_AS_OF=2026-01-12T08:00:00Z"}
	flag := []string{"--as-of", "2026-01-13T08:00:00Z"}
	for _, c := range []struct {
		name, want string
		env, args  []string
	}{
		{"default", "2026-01-20", nil, nil},
		{"file", "2026-01-10", nil, []string{"--config", "top.yaml"}},
		{"section of the file", "2026-01-11", nil, []string{"--config=section.yaml"}},
		{"file named by the environment", "2026-01-10", []string{"TILSYN_CONFIG=top.yaml"}, nil},
		{"environment", "2026-01-12", env, []string{"--config", "top.yaml"}},
		{"flag", "2026-01-13", env, append([]string{"--config", "section.yaml"}, flag...)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := asOf(c.env, c.args...); got != c.want {
				t.Errorf("--as-of is of %s, want %s", got, c.want)
			}
		})
	}
}

// TestEveryFlagHasItsVariable: TILSYN_ and the flag in capitals.
func TestEveryFlagHasItsVariable(t *testing.T) {
	for _, command := range [][]string{{"replay"}, {"topics", "create"}, {"run"}, {"load"}, {"tail"}, {"verify"}} {
		help := program{}.ok(t, append(command, "--help")...).stdout
		for _, want := range []string{"TILSYN_LOG_LEVEL", "TILSYN_CONFIG"} {
			if !strings.Contains(help, want) {
				t.Errorf("%v --help does not name %s", command, want)
			}
		}
		if command[0] == "replay" && !strings.Contains(help, "TILSYN_DATA_QUALITY") {
			t.Errorf("replay --help:\n%s", help)
		}
		if command[0] != "replay" &&
			(!strings.Contains(help, "TILSYN_TOPIC_PREFIX") || !strings.Contains(help, "TILSYN_SASL_MECHANISM") ||
				!strings.Contains(help, "TILSYN_TLS_CA")) {
			t.Errorf("%v --help:\n%s", command, help)
		}
	}
}
