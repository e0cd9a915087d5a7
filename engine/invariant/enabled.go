//go:build !invariants

package invariant

import "testing"

// inTest is true in a test binary.
var inTest = testing.Testing()

// Enabled reports whether invariants are to be asserted: here in tests alone.
func Enabled() bool { return inTest }
