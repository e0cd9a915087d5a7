//go:build !invariants

package invariant_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"tilsyn/engine/invariant"
)

// Benchmarks measure what production does.
func TestNotEnabledInBenchmarks(t *testing.T) {
	const variable = "TILSYN_BENCHMARKS"
	if os.Getenv(variable) != "" {
		t.Log("enabled:", invariant.Enabled())
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0],
		"-test.run", "^TestNotEnabledInBenchmarks$", "-test.v", "-test.bench", "^None$")
	cmd.Env = append(os.Environ(), variable+"=1")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "enabled: false") {
		t.Errorf("ended with %v and said\n%s", err, out)
	}
}
