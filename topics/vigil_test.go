package topics

import (
	"context"
	"net"
	"sync/atomic"
	"testing"
	"time"
)

// weather is a network that can be taken away, loudly or in silence.
type weather struct{ refuse, swallow atomic.Bool }

func (w *weather) dial(ctx context.Context, addr string) (net.Conn, error) {
	if w.refuse.Load() {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: net.ErrClosed}
	}
	c, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	return &weathered{Conn: c, w: w}, nil
}

// weathered is a connection that fails as its weather says.
type weathered struct {
	net.Conn
	w *weather
}

func (c *weathered) Write(b []byte) (int, error) {
	switch {
	case c.w.refuse.Load():
		_ = c.Close()
		return 0, net.ErrClosed
	case c.w.swallow.Load():
		return len(b), nil
	}
	return c.Conn.Write(b)
}

// A client that never gives up survives an absence longer than GiveUpAfter. It reports the absence
// within seconds, whether the brokers refuse or are silent, and calls OnWait only where that is
// wanted. When the brokers are back it goes on.
func TestKeepsOn(t *testing.T) {
	t.Parallel()
	refused := func(w *weather) *atomic.Bool { return &w.refuse }
	for name, x := range map[string]struct {
		gone   func(*weather) *atomic.Bool
		keepOn func(*Client)
		told   bool
	}{
		"refused":           {refused, (*Client).KeepOn, false},
		"silent":            {func(w *weather) *atomic.Bool { return &w.swallow }, (*Client).KeepOn, false},
		"refused, and told": {refused, (*Client).NeverGiveUp, true},
	} {
		gone := x.gone
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, told := &weather{}, atomic.Int32{}
			e := embedded(t, EmbeddedConfig{})
			c, err := Connect(bounded(t), Config{Brokers: e.Brokers(), GiveUpAfter: 2 * time.Second, dialer: w.dial,
				RequestTimeout: 4 * time.Second, // after which a silent request is sent again
				OnWait:         func(Waiting) { told.Add(1) }})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if _, err := c.Create(bounded(t), CreateOptions{Partitions: 1}); err != nil {
				t.Fatal(err)
			}
			x.keepOn(c)
			gone(w).Store(true)
			done := make(chan error, 1)
			go func() {
				_, err := c.Offsets(bounded(t), []TopicPartition{{CardEvents, 0}}, Latest)
				done <- err
			}()
			begin, found := time.Now(), Waiting{}
			for ok := false; !ok; time.Sleep(10 * time.Millisecond) {
				if found, ok = c.Trouble(); time.Since(begin) > time.Minute {
					t.Fatal("the absence is not noticed")
				}
			}
			if took := time.Since(begin); took < time.Second || took > 30*time.Second {
				t.Errorf("the absence is noticed after %s", took)
			}
			if found.Left >= 0 || found.What == "" || found.Why() == "" {
				t.Errorf("what is waited for: %+v", found)
			}
			select {
			case err := <-done:
				t.Fatalf("it gave up: %v", err)
			case <-time.After(time.Second / 2):
			}
			gone(w).Store(false)
			if err := <-done; err != nil {
				t.Fatalf("after the absence: %v", err)
			}
			if w, ok := c.Trouble(); ok {
				t.Errorf("still waiting after the absence: %s", w)
			}
			if (told.Load() > 0) != x.told {
				t.Errorf("OnWait was told %d times", told.Load())
			}
		})
	}
}

// An absence is reported once, however many requests wait, and then at growing intervals; the next
// absence is reported anew.
func TestToldAtGrowingIntervals(t *testing.T) {
	t.Parallel()
	c := &Client{}
	var at []int
	begin := time.Now()
	wait := func(from, to int) {
		rs := []*retry{c.retry("a"), c.retry("b"), c.retry("c")}
		for s := 4 * from; s <= 4*to; s++ {
			now := begin.Add(time.Duration(s) * time.Second / 4)
			for _, r := range rs {
				r.started = begin.Add(time.Duration(from) * time.Second)
				if c.vigil.fails(r, net.ErrClosed, now) {
					at = append(at, s/4)
				}
			}
		}
	}
	wait(0, 60)
	wait(600, 603)
	want := []int{0, 2, 6, 14, 30, 600, 602}
	if len(at) != len(want) {
		t.Fatalf("told at seconds %v, want %v", at, want)
	}
	for i := range want {
		if at[i] != want[i] {
			t.Fatalf("told at seconds %v, want %v", at, want)
		}
	}
}
