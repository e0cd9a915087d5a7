package cli

import "testing"

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{"512MiB": 512 << 20, "2 GiB": 2 << 30, "64KiB": 64 << 10} {
		if got, ok := parseSize(text); !ok || got != want {
			t.Errorf("%s: %d %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "MiB", "-1MiB", "0", "7", "512", "512MB", "1.5GiB", "9223372036854775807GiB"} {
		if got, ok := parseSize(text); ok {
			t.Errorf("%q: %d", text, got)
		}
	}
}

// TestMemoryFlag: sizes and dates that make no sense are wrong usage.
func TestMemoryFlag(t *testing.T) {
	for _, args := range [][]string{{"--memory", "64MiB"}, {"--memory", "much"}, {"--history-floor", "2026-02-30"}} {
		r := program{dir: t.TempDir()}.run(t,
			append([]string{"run", "--data-dir", "d", "--brokers", "127.0.0.1:1"}, args...)...)
		if r.status != 2 {
			t.Errorf("%v: status %d, %s", args, r.status, r.stderr)
		}
	}
}
