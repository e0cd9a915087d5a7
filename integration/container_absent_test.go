//go:build !containers

package integration

import (
	"os"
	"testing"
)

// TestContainer stands in for the test with a broker in a container. That one is built with the tag
// containers only: the client for Docker brings some ninety packages to compile that nothing else
// needs.
func TestContainer(t *testing.T) {
	const how = "this needs a Docker engine, and is built with -tags containers: go test -tags containers ./integration"
	if os.Getenv("TILSYN_REQUIRE_CONTAINERS") == "1" {
		t.Fatal(how)
	}
	t.Skip(how)
}
