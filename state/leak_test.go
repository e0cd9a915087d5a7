package state_test

import (
	"testing"

	"go.uber.org/goleak"
)

// leakMain fails the package when a goroutine outlives its store. glog's
// flusher comes with Badger's dependencies and lives as long as the process.
func leakMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("github.com/golang/glog.(*fileSink).flushDaemon"))
}
