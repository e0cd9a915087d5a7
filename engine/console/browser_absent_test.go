//go:build !browser

package console_test

import (
	"os"
	"testing"
)

// TestInABrowser stands in for the test in a browser. That one is built with the tag browser only: the
// client for Chromium and the packages that it needs take seconds to compile and are for nothing else.
func TestInABrowser(t *testing.T) {
	const how = "this needs chromium, and is built with -tags browser: see the stage pages of .ci/run"
	if os.Getenv("TILSYN_REQUIRE_BROWSER") != "" {
		t.Fatal(how)
	}
	t.Skip(how)
}
