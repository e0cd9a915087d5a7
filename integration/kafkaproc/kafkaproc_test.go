package kafkaproc

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func dials(address string) bool {
	c, err := net.DialTimeout("tcp", address, time.Second)
	if err != nil {
		return false
	}
	_ = c.Close()
	return true
}

// runs reports whether there is a process.
func runs(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	return !errors.Is(p.Signal(syscall.Signal(0)), os.ErrProcessDone)
}

func TestStartStopKillAgain(t *testing.T) {
	b := ForTest(t, Config{})
	address, first := b.Address(), b.Pid()
	if !dials(address) {
		t.Fatalf("nobody listens on %s", address)
	}
	if err := b.Kill(); err != nil {
		t.Fatal(err)
	}
	if runs(first) {
		t.Errorf("process %d is still there after Kill", first)
	}
	if dials(address) {
		t.Errorf("somebody listens on %s after Kill", address)
	}
	if err := b.Again(t.Context()); err != nil {
		t.Fatal(err)
	}
	if b.Address() != address || !dials(address) {
		t.Errorf("started again, the broker is not at %s", address)
	}
	second := b.Pid()
	if err := b.Stop(); err != nil {
		t.Fatal(err)
	}
	if runs(second) {
		t.Errorf("process %d is still there after Stop", second)
	}
	if err := b.Stop(); err != nil {
		t.Errorf("stopping twice: %v", err)
	}
}

func TestABrokerThatCannotStartSaysWhy(t *testing.T) {
	home, err := Home()
	if err != nil {
		Missing(t, err)
	}
	_, err = Start(t.Context(), Config{Home: home, Dir: t.TempDir(), Settings: []string{"num.network.threads=none"}})
	if err == nil || !strings.Contains(err.Error(), "num.network.threads") {
		t.Errorf("error %v, want one that names the setting", err)
	}
}

func TestHomeSaysWhatIsMissing(t *testing.T) {
	t.Setenv(HomeVariable, "")
	if _, err := Home(); err == nil || !strings.Contains(err.Error(), HomeVariable) {
		t.Errorf("without %s: %v", HomeVariable, err)
	}
	dir := t.TempDir()
	t.Setenv(HomeVariable, dir)
	if _, err := Home(); err == nil || !strings.Contains(err.Error(), "kafka_*.jar") {
		t.Errorf("without jars: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "kafka_2.13-0.jar"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", "")
	if _, err := Home(); err == nil || !strings.Contains(err.Error(), "java") {
		t.Errorf("without Java: %v", err)
	}
}
