package seeds

import (
	"flag"
	"os"
	"testing"
)

// Plain reports whether this is a run of all tests by hand, such as `go test ./...`, which is to be short: not at
// full size, not in CI, and not of tests that -run names.
func Plain() bool {
	named := flag.Lookup("test.run")
	return !Full() && os.Getenv("CI") == "" && (named == nil || named.Value.String() == "")
}

// Few returns how many cases a test tries: all of them, or in a plain run a few.
func Few(all, few int) int {
	if Plain() {
		return few
	}
	return all
}

// Large skips a test in a plain run: one that computes much, and of whose subject smaller tests show a part. why
// says what makes it large.
func Large(t testing.TB, why string) {
	t.Helper()
	if Plain() {
		t.Skipf("%s: runs where -run names it, and in CI", why)
	}
}
