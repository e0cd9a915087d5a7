package cli

import (
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"tilsyn/topics"
)

// stopsWithin is generous: it takes a second where nothing hinders.
const stopsWithin = 15 * time.Second

// loaded is a broker with topics and an engine that has work for a while.
func loaded(t *testing.T) (*topics.Embedded, *exec.Cmd) {
	t.Helper()
	broker, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	p := program{dir: t.TempDir(), env: []string{"TILSYN_BROKERS=" + strings.Join(broker.Brokers(), ","),
		"TILSYN_LOG_LEVEL=warn"}}
	p.ok(t, "topics", "create", "--partitions", "4")
	p.ok(t, "load", simulated(t, 300, 20))
	return broker, p.engine(t, "run", "--data-dir", "data")
}

// ends waits for the process and says how long it took.
func ends(t *testing.T, cmd *exec.Cmd) time.Duration {
	t.Helper()
	began := time.Now()
	done := make(chan struct{})
	go func() {
		_ = cmd.Wait() // the state says how it ended
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(stopsWithin):
		_ = cmd.Process.Signal(syscall.SIGQUIT) // it says where it stands
		time.Sleep(time.Second)
		_ = cmd.Process.Kill()
		t.Fatalf("the engine goes on for more than %s", stopsWithin)
	}
	return time.Since(began)
}

// TestStopsUnderLoad: either signal ends an engine in the middle of its work in
// order, and what it had not done is done by the next.
func TestStopsUnderLoad(t *testing.T) {
	t.Parallel()
	for _, s := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		_, cmd := loaded(t)
		time.Sleep(300 * time.Millisecond)
		if err := cmd.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
		took := ends(t, cmd)
		if status := cmd.ProcessState.ExitCode(); status != 0 {
			t.Errorf("%s: exit status %d", s, status)
		}
		t.Logf("%s: ended after %s", s, took)
	}
}

// TestStopsThoughTheBrokerHangs: a broker that does not answer puts the end off
// by seconds and no more; who cannot wait sends a second signal.
func TestStopsThoughTheBrokerHangs(t *testing.T) {
	t.Parallel()
	for signals := 1; signals <= 2; signals++ {
		broker, cmd := loaded(t)
		var hangs atomic.Bool
		free := make(chan struct{})
		broker.Cluster().ControlKey(int16(kmsg.EndTxn), func(kmsg.Request) (kmsg.Response, error, bool) {
			hangs.Store(true)
			<-free
			return nil, nil, false
		})
		for began := time.Now(); !hangs.Load(); time.Sleep(10 * time.Millisecond) {
			if time.Since(began) > within {
				t.Fatal("the engine commits nothing")
			}
		}
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if signals == 2 {
			go func() { // more than once: two that arrive before the program looks are one to it
				for time.Sleep(200 * time.Millisecond); cmd.Process.Signal(syscall.SIGTERM) == nil; {
					time.Sleep(200 * time.Millisecond)
				}
			}()
		}
		took := ends(t, cmd)
		close(free)
		t.Logf("%d signals: ended after %s with %s", signals, took, cmd.ProcessState)
		if signals == 2 && took > 2*time.Second {
			t.Errorf("a second signal took %s", took)
		}
	}
}
