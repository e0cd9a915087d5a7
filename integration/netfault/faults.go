package netfault

import (
	"math/rand/v2"
	"sync"
	"time"
)

// Done counts what a proxy has done.
type Done struct {
	// Passed are answers passed on whole.
	Passed int
	// Delayed are answers that were held back.
	Delayed int
	// Cut are answers that ended in the middle, Lost those that a client never
	// saw although the broker gave them.
	Cut, Lost int
	// Refused are connections closed at once.
	Refused int
	// Kept are requests that were taken out, delivered since or not.
	Kept int
}

// faults are what is on. The zero value passes everything on.
type faults struct {
	mu     sync.Mutex
	random *rand.Rand
	// wake is closed and made anew when something changes.
	wake chan struct{}

	delay, jitter time.Duration
	// rate is how many bytes of answers a connection passes on in a second; 0 is
	// no limit.
	rate      int
	cuts      int
	cutBefore int
	lose      map[int16]int
	// keep says how many requests are still to be kept, by API key; kept are those
	// that are.
	keep   map[int16]int
	hang   bool
	kept   [][]byte
	silent bool
	refuse bool
	done   Done
}

func (f *faults) change(how func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	how()
	close(f.wake)
	f.wake = make(chan struct{})
}

// Delay holds every answer back by at least d and at most d+jitter.
func (p *Proxy) Delay(d, jitter time.Duration) {
	p.faults.change(func() { p.faults.delay, p.faults.jitter = d, jitter })
}

// Throttle passes on at most so many bytes of answers a second on each
// connection, until Restore.
func (p *Proxy) Throttle(bytes int) {
	p.faults.change(func() { p.faults.rate = bytes })
}

// Cut ends the next n answers of more than eight bytes in the middle: at a byte
// that the seed chooses, but before byte limit where that is not 0. The
// connection is reset.
func (p *Proxy) Cut(n, limit int) {
	p.faults.change(func() { p.faults.cuts, p.faults.cutBefore = n, limit })
}

// Lose lets the next n requests with this API key through and resets the
// connection in place of the answer: what was asked for is done, and the client
// does not know it. API keys are those of the Kafka protocol, such as 26 for
// EndTxn.
func (p *Proxy) Lose(apiKey int16, n int) {
	p.faults.change(func() { p.faults.lose[apiKey] = n })
}

// Silence passes nothing on in either direction until Restore; connections stay
// open and new ones are taken.
func (p *Proxy) Silence() { p.faults.change(func() { p.faults.silent = true }) }

// Refuse resets all connections, and new ones at once, until Restore.
func (p *Proxy) Refuse() {
	p.faults.change(func() { p.faults.refuse = true })
	p.reset()
}

// Restore ends every fault. What was held back is passed on, but for requests that
// are kept: they wait for [Proxy.Deliver].
func (p *Proxy) Restore() {
	f := &p.faults
	f.change(func() {
		f.delay, f.jitter, f.rate, f.cuts, f.cutBefore, f.silent, f.refuse = 0, 0, 0, 0, 0, false, false
		clear(f.lose)
		clear(f.keep)
	})
}

// Done returns what the proxy has done so far.
func (p *Proxy) Done() Done {
	p.faults.mu.Lock()
	defer p.faults.mu.Unlock()
	return p.faults.done
}

// audible waits while nothing may be passed on; false: the connection ended.
func (f *faults) audible(gone <-chan struct{}) bool {
	for {
		f.mu.Lock()
		silent, wake := f.silent, f.wake
		f.mu.Unlock()
		if !silent {
			return true
		}
		select {
		case <-wake:
		case <-gone:
			return false
		}
	}
}

// speed returns how many bytes a second may be passed on; 0 means no limit.
func (f *faults) speed() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.rate
}

// verdict is what happens to one answer: passed on after a wait, lost, or cut
// after so many bytes (-1: not cut).
type verdict struct {
	wait time.Duration
	lost bool
	cut  int
}

// judge decides about an answer of so many bytes, its length word included, to a
// request with this API key.
func (f *faults) judge(apiKey int16, size int) verdict {
	f.mu.Lock()
	defer f.mu.Unlock()
	v := verdict{wait: f.delay, cut: -1}
	if f.jitter > 0 {
		v.wait += time.Duration(f.random.Int64N(int64(f.jitter) + 1))
	}
	if v.wait > 0 {
		f.done.Delayed++
	}
	switch {
	case f.lose[apiKey] > 0:
		f.lose[apiKey]--
		f.done.Lost++
		v.lost = true
	case f.cuts > 0 && size > smallest:
		f.cuts--
		f.done.Cut++
		end := size
		if f.cutBefore > 0 {
			end = min(end, f.cutBefore)
		}
		v.cut = 1 + f.random.IntN(max(1, end-1))
	default:
		f.done.Passed++
	}
	return v
}

// smallest is the size of an answer that has only length and correlation id.
const smallest = 8

// refuses reports whether a new connection is to be closed, and counts it.
func (f *faults) refuses() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.refuse {
		f.done.Refused++
	}
	return f.refuse
}
