package netfault_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"tilsyn/integration/netfault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// answer is how long an answer of the echo broker is, its length word included.
const answer = 1000

// echo answers every request with its correlation id and a pattern, and counts
// the requests that it carried out.
func echo(t *testing.T) (address string, carried *atomic.Int32) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	carried = &atomic.Int32{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = c.Close() }()
				for {
					var size [4]byte
					if _, err := io.ReadFull(c, size[:]); err != nil {
						return
					}
					body := make([]byte, binary.BigEndian.Uint32(size[:]))
					if _, err := io.ReadFull(c, body); err != nil {
						return
					}
					carried.Add(1)
					if _, err := c.Write(answerTo(body[4:8])); err != nil {
						return
					}
				}
			}()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return l.Addr().String(), carried
}

func answerTo(correlation []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, answer-4)
	out = append(out, correlation...)
	for len(out) < answer {
		out = append(out, byte(len(out)*7))
	}
	return out
}

// rig is a proxy before an echo broker.
func rig(t *testing.T, seed uint64) (*netfault.Proxy, *atomic.Int32) {
	t.Helper()
	address, carried := echo(t)
	p, err := netfault.Listen(seed)
	if err != nil {
		t.Fatal(err)
	}
	p.To(address)
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p, carried
}

func dial(t *testing.T, p *netfault.Proxy) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", p.Address())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	return c
}

// ask sends one request and returns the bytes of the answer that came.
func ask(t *testing.T, c net.Conn, apiKey int16, correlation uint32) ([]byte, error) {
	t.Helper()
	req := binary.BigEndian.AppendUint32(nil, 8+3)
	req = binary.BigEndian.AppendUint16(req, uint16(apiKey))
	req = binary.BigEndian.AppendUint16(req, 1)
	req = binary.BigEndian.AppendUint32(req, correlation)
	if _, err := c.Write(append(req, "abc"...)); err != nil {
		return nil, err
	}
	got := make([]byte, answer)
	n, err := io.ReadFull(c, got)
	return got[:n], err
}

func wantWhole(t *testing.T, c net.Conn, correlation uint32) {
	t.Helper()
	got, err := ask(t, c, 1, correlation)
	if err != nil || !bytes.Equal(got, answerTo(binary.BigEndian.AppendUint32(nil, correlation))) {
		t.Fatalf("request %d: %d bytes, or others than the broker's: %v", correlation, len(got), err)
	}
}

func TestPassesOnUnchanged(t *testing.T) {
	p, carried := rig(t, 1)
	for range 3 {
		c := dial(t, p)
		for i := range uint32(20) {
			wantWhole(t, c, i)
		}
	}
	if p.Done() != (netfault.Done{Passed: 60}) || carried.Load() != 60 {
		t.Errorf("done %+v, carried out %d", p.Done(), carried.Load())
	}
}

func TestThrottles(t *testing.T) {
	p, _ := rig(t, 1)
	p.Throttle(4 * answer)
	c := dial(t, p)
	began := time.Now()
	wantWhole(t, c, 1)
	if took := time.Since(began); took < 180*time.Millisecond || took > 2*time.Second {
		t.Errorf("an answer of %d bytes took %s at %d a second", answer, took, 4*answer)
	}
	p.Restore()
	began = time.Now()
	for i := range uint32(20) {
		wantWhole(t, c, i)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("still slow after Restore: %s", took)
	}
}

func TestCutsWhereTheSeedSays(t *testing.T) {
	places := func(seed uint64) (out []int) {
		p, _ := rig(t, seed)
		p.Cut(8, 0)
		for range 8 {
			got, err := ask(t, dial(t, p), 1, 5)
			if err == nil || len(got) >= answer {
				t.Fatalf("an answer that should be cut came whole: %v", err)
			}
			out = append(out, len(got))
		}
		wantWhole(t, dial(t, p), 9)
		if p.Done() != (netfault.Done{Cut: 8, Passed: 1}) {
			t.Errorf("done %+v", p.Done())
		}
		return out
	}
	a, b, other := places(7), places(7), places(8)
	if len(a) != len(b) || a[0] != b[0] || a[7] != b[7] {
		t.Errorf("one seed, other places: %v and %v", a, b)
	}
	if a[0] == other[0] && a[1] == other[1] && a[2] == other[2] {
		t.Errorf("two seeds, the same places: %v and %v", a, other)
	}
	p, _ := rig(t, 1)
	p.Cut(1, 3)
	if got, err := ask(t, dial(t, p), 1, 5); err == nil || len(got) >= 3 {
		t.Errorf("cut before byte 3, %d bytes came: %v", len(got), err)
	}
}

func TestLosesTheAnswerAndNotTheRequest(t *testing.T) {
	p, carried := rig(t, 1)
	p.Lose(26, 1)
	c := dial(t, p)
	wantWhole(t, c, 1)
	if got, err := ask(t, c, 26, 2); err == nil || len(got) != 0 {
		t.Errorf("%d bytes of an answer that should be lost: %v", len(got), err)
	}
	if carried.Load() != 2 || p.Done() != (netfault.Done{Passed: 1, Lost: 1}) {
		t.Errorf("carried out %d, done %+v", carried.Load(), p.Done())
	}
	wantWhole(t, dial(t, p), 3)
}

func TestDelays(t *testing.T) {
	p, _ := rig(t, 1)
	p.Delay(80*time.Millisecond, 0)
	began := time.Now()
	wantWhole(t, dial(t, p), 1)
	if took := time.Since(began); took < 80*time.Millisecond {
		t.Errorf("the answer came after %s", took)
	}
	if p.Done() != (netfault.Done{Passed: 1, Delayed: 1}) {
		t.Errorf("done %+v", p.Done())
	}
}

func TestSilenceHoldsBackAndRestoreGives(t *testing.T) {
	p, _ := rig(t, 1)
	c := dial(t, p)
	wantWhole(t, c, 1)
	p.Silence()
	_ = c.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	if got, err := ask(t, c, 1, 2); err == nil || len(got) != 0 {
		t.Fatalf("%d bytes came through silence: %v", len(got), err)
	}
	p.Restore()
	_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
	got := make([]byte, answer)
	if _, err := io.ReadFull(c, got); err != nil || !bytes.Equal(got, answerTo([]byte{0, 0, 0, 2})) {
		t.Errorf("what was held back did not come: %v", err)
	}
}

func TestRefusesUntilRestored(t *testing.T) {
	p, carried := rig(t, 1)
	c := dial(t, p)
	wantWhole(t, c, 1)
	p.Refuse()
	if _, err := ask(t, c, 1, 2); err == nil {
		t.Error("a connection survived Refuse")
	}
	// The connection may be gone before it is known here that there was one.
	if c, err := net.Dial("tcp", p.Address()); err == nil {
		defer c.Close()
		if _, err := ask(t, c, 1, 3); err == nil {
			t.Error("a new connection got an answer")
		}
	}
	if carried.Load() != 1 || p.Done().Refused != 1 {
		t.Errorf("carried out %d, done %+v", carried.Load(), p.Done())
	}
	p.Restore()
	wantWhole(t, dial(t, p), 4)
}

func TestCloseEndsWhatIsHeldBack(t *testing.T) {
	p, _ := rig(t, 1)
	p.Silence()
	c := dial(t, p)
	result := make(chan error, 1)
	go func() {
		_, err := ask(t, c, 1, 1)
		result <- err
	}()
	time.Sleep(20 * time.Millisecond)
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	var timeout net.Error
	if err := <-result; err == nil || errors.As(err, &timeout) && timeout.Timeout() {
		t.Errorf("Close left a connection open: %v", err)
	}
}

// TestKeepsARequestAndDeliversItLate: the request never arrives while it is kept,
// whether its connection is reset or hangs, and arrives once when it is delivered.
func TestKeepsARequestAndDeliversItLate(t *testing.T) {
	for _, hang := range []bool{false, true} {
		p, carried := rig(t, 1)
		if p.Keep(26, 1); hang {
			p.Hang(26, 1)
		}
		if _, err := p.Deliver(t.Context()); err == nil {
			t.Error("something is delivered before anything was kept")
		}
		c := dial(t, p)
		if hang {
			_ = c.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
		}
		if _, err := ask(t, c, 26, 7); err == nil {
			t.Fatal("a request that is kept was answered")
		}
		_ = c.Close()
		wantWhole(t, dial(t, p), 8)
		if frame := p.Oldest(); !bytes.Equal(frame[8:12], []byte{0, 0, 0, 7}) || !bytes.HasSuffix(frame, []byte("abc")) {
			t.Errorf("hang %t: %q is kept", hang, frame)
		}
		if n := carried.Load(); n != 1 || p.Kept() != 1 || p.Done().Kept != 1 {
			t.Fatalf("hang %t: %d requests arrived, %d kept", hang, n, p.Kept())
		}
		p.Restore()
		got, err := p.Deliver(t.Context())
		if err != nil || !bytes.Equal(got[:4], []byte{0, 0, 0, 7}) || carried.Load() != 2 || p.Kept() != 0 {
			t.Errorf("hang %t: delivered late: %v, %d arrived", hang, err, carried.Load())
		}
	}
}
