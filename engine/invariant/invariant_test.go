package invariant_test

import (
	"errors"
	"flag"
	"os"
	"os/exec"
	"strings"
	"testing"

	"tilsyn/engine/invariant"
)

// Tests assert without any tag.
func TestEnabledInTests(t *testing.T) {
	if f := flag.Lookup("test.bench"); f != nil && f.Value.String() != "" {
		t.Skip("benchmarks assert nothing")
	}
	if !invariant.Enabled() {
		t.Error("invariants are not asserted in tests")
	}
}

func TestHold(t *testing.T) {
	invariant.Hold(true, "never broken", "%d", 1)
	defer func() {
		var f *invariant.Failure
		err, _ := recover().(error)
		if !errors.As(err, &f) || f.Name != "order" || !strings.Contains(f.Error(), `"order" does not hold: 2 after 3`) {
			t.Errorf("recovered %v", err)
		}
	}()
	invariant.Hold(false, "order", "%d after %d", 2, 3)
}

// A failure passes code that recovers; any other panic does not.
func TestPass(t *testing.T) {
	invariant.Pass(nil)
	invariant.Pass("something else")
	defer func() {
		if _, ok := recover().(*invariant.Failure); !ok {
			t.Error("the failure was swallowed")
		}
	}()
	invariant.Pass(&invariant.Failure{Name: "order"})
}

// A failure in a goroutine of its own ends the process, with the name of the invariant.
func TestFailureInGoroutineIsSeen(t *testing.T) {
	const variable = "TILSYN_BREAK_INVARIANT"
	if os.Getenv(variable) != "" {
		// Nothing may end the process but the failure: a test that returned could be reported as passed first.
		go invariant.Hold(false, "order", "broken on purpose")
		select {}
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestFailureInGoroutineIsSeen$")
	cmd.Env = append(os.Environ(), variable+"=1")
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), `panic: invariant "order" does not hold: broken on purpose`) {
		t.Errorf("ended with %v and said\n%s", err, out)
	}
}
