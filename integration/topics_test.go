package integration

import (
	"os"
	"os/exec"
	"testing"

	"tilsyn/integration/kafkaproc"
)

// TestTopicsOnRealKafka runs the tests of package topics, which by themselves
// use the embedded broker, against a real one.
func TestTopicsOnRealKafka(t *testing.T) {
	b := kafkaproc.ForTest(t, kafkaproc.Config{})
	cmd := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-timeout", "4m", "tilsyn/topics")
	cmd.Env = append(os.Environ(), "TILSYN_TEST_BROKERS="+b.Address())
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatalf("tests of package topics against Apache Kafka: %v", err)
	}
}
