//go:build !invariants

package invariant

import (
	"flag"
	"testing"
)

// inTest is true in a test binary.
var inTest = testing.Testing()

// Enabled reports whether invariants are to be asserted: here in tests alone, and not when
// benchmarks are run, which measure what production does. Ask once and keep the answer: in a test
// it takes a lookup.
func Enabled() bool { return inTest && !benchmarking() }

// benchmarking reports whether the test binary was asked for benchmarks.
func benchmarking() bool {
	f := flag.Lookup("test.bench")
	return f != nil && f.Value.String() != ""
}
