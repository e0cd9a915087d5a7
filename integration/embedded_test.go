package integration

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tilsyn/integration/kafkaproc"
)

// TestEmbeddedFromNothing starts the engine with its own broker on a directory
// that does not exist yet: it makes the topics at once and ends cleanly; a
// second start finds them. To build the program with its invariants takes most of a minute, so
// that without Kafka only TestEmbeddedFromNothing of engine/cli does the same.
func TestEmbeddedFromNothing(t *testing.T) {
	if !kafkaproc.Required() {
		t.Skipf("builds the whole program: %s=1 go test", kafkaproc.RequireVariable)
	}
	program, dir := build(t), t.TempDir()
	for start, says := range []string{"created the topics of the embedded broker", "is up"} {
		s := serve(t, program, "run", "--embedded", filepath.Join(dir, "broker"), "--data-dir", filepath.Join(dir, "data"))
		began := time.Now()
		for !strings.Contains(s.text(), says) {
			s.running(t)
			if time.Since(began) > 2*time.Minute {
				t.Fatalf("start %d: %q was not said", start+1, says)
			}
			time.Sleep(50 * time.Millisecond)
		}
		time.Sleep(2 * time.Second)
		s.stop(t)
		if strings.Contains(s.text(), "waiting for") {
			t.Errorf("start %d waited for something that it has itself:\n%s", start+1, last(s.text()))
		}
	}
}
