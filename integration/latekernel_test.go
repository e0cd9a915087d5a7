package integration

import (
	"context"
	"net"
	"os"
	"strconv"
	"testing"
	"time"

	"tilsyn/integration/kafkaproc"
	"tilsyn/integration/netfault"
	"tilsyn/topics"
)

// TestLateEndTxnByTheKernel is TestLateRequestsOfATransaction without anything between
// the writer and the broker: the packets that carry the EndTxn are lost, the writer gives
// the connection up and commits on another one, and its kernel, which does not know of
// that, sends the first EndTxn again until it arrives, in the middle of the next
// transaction.
func TestLateEndTxnByTheKernel(t *testing.T) {
	broker := kafkaproc.ForTest(t, kafkaproc.Config{})
	rig := &lateRig{t: t, address: broker.Address()}
	_, text, err := net.SplitHostPort(rig.address)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		// lost writes a transaction and calls deafen where packets begin to be lost.
		lost func(r *lateRig, deafen func())
	}{
		{"EndTxn", func(r *lateRig, deafen func()) {
			r.produce(topics.Violations, "first")
			r.produce(topics.TaskCommits, "first")
			deafen()
		}},
		{"Produce", func(r *lateRig, deafen func()) {
			r.produce(topics.Violations, "first")
			deafen()
			r.produce(topics.TaskCommits, "first")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := rig.fresh(t)
			r.begin()
			var deaf *netfault.Deaf
			began := time.Now()
			c.lost(r, func() { began, deaf = time.Now(), deafened(t, broker.Pid(), port) })
			r.commit()
			if took := time.Since(began); took < lateRequestTimeout {
				t.Fatalf("it was committed after %s: no packet was lost, and the test proves nothing", took)
			}
			r.begin()
			r.produce(topics.Violations, "second a")
			if err := deaf.Hear(); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second) // its transaction lives for longer
			defer cancel()
			if err := deaf.Arrived(ctx); err != nil {
				t.Fatal(err)
			}
			time.Sleep(300 * time.Millisecond) // the broker does what it does because of it
			r.produce(topics.Violations, "second b")
			r.produce(topics.TaskCommits, "second")
			r.commit()
			r.want(topics.Violations, "first", "second a", "second b")
			r.want(topics.TaskCommits, "first", "second")
		})
	}
}

// deafened makes the broker deaf for this process. Where the system does not allow that
// the test ends: it fails for root where everything must be there, and skips elsewhere.
func deafened(t *testing.T, pid, port int) *netfault.Deaf {
	t.Helper()
	d, err := netfault.Deafen(pid, port)
	if err != nil {
		if kafkaproc.Required() && os.Geteuid() == 0 {
			t.Fatal(err)
		}
		t.Skipf("NOT CHECKED: packets on their way to a broker cannot be dropped here; "+
			"it needs Linux and the right to look into a child process: %v", err)
	}
	t.Cleanup(func() { _ = d.Hear() })
	t.Logf("deaf connections: %d", d.Connections())
	return d
}
