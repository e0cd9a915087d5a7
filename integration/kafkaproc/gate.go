package kafkaproc

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// HomeVariable names the directory of the jars, RequireVariable set to 1 makes
// a test fail where it would skip.
const (
	HomeVariable    = "TILSYN_KAFKA_HOME"
	RequireVariable = "TILSYN_REQUIRE_KAFKA"
)

// Home returns the directory of the jars. The error says what is missing and
// what to do.
func Home() (string, error) {
	dir := os.Getenv(HomeVariable)
	if dir == "" {
		return "", fmt.Errorf("%s is not set; .ci/run kafka fetches the jars of Apache Kafka and sets it, "+
			"see integration/kafkaproc/doc.go", HomeVariable)
	}
	jars, err := filepath.Glob(filepath.Join(dir, "kafka_*.jar"))
	if err != nil || len(jars) == 0 {
		return "", fmt.Errorf("%s=%s holds no kafka_*.jar; fetch the jars again, see integration/kafkaproc/doc.go",
			HomeVariable, dir)
	}
	if _, err := exec.LookPath("java"); err != nil {
		return "", fmt.Errorf("there is no java; install a Java 17 runtime: %w", err)
	}
	return dir, nil
}

// Required reports whether a test must not skip.
func Required() bool { return os.Getenv(RequireVariable) == "1" }

// Missing ends a test that lacks something: it skips with the reason, or fails
// where everything must be there.
func Missing(t testing.TB, reason error) {
	t.Helper()
	if Required() {
		t.Fatalf("%s=1 and %v", RequireVariable, reason)
	}
	t.Skip(reason)
}

// ForTest starts a broker that lives as long as the test, or ends the test as
// Missing does. What the broker said is printed when the test fails.
func ForTest(t testing.TB, cfg Config) *Broker {
	t.Helper()
	home, err := Home()
	if err != nil {
		Missing(t, err)
	}
	if cfg.Home == "" {
		cfg.Home = home
	}
	if cfg.Dir == "" {
		cfg.Dir = t.TempDir()
	}
	b, err := Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the broker said at the end:\n%s", b.tail())
		}
		if err := b.Stop(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// ClusterForTest starts a cluster that lives as long as the test, or ends the
// test as Missing does. What the nodes said is printed when the test fails.
func ClusterForTest(t testing.TB, cfg ClusterConfig) *Cluster {
	t.Helper()
	home, err := Home()
	if err != nil {
		Missing(t, err)
	}
	if cfg.Home == "" {
		cfg.Home = home
	}
	if cfg.Dir == "" {
		cfg.Dir = t.TempDir()
	}
	c, err := StartCluster(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			for i, b := range c.nodes {
				t.Logf("node %d said at the end:\n%s", i+1, b.tail())
			}
		}
		// Nobody needs the data: an orderly end would take seconds.
		if err := c.Kill(); err != nil {
			t.Error(err)
		}
	})
	return c
}
