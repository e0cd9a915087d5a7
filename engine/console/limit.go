package console

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// How much readers may ask for, so that the engine beside them is not slowed.
const (
	// mostTogether is how many requests are answered at one time; others are asked to come again.
	mostTogether = 8
	// perSecond and burst bound one reader.
	perSecond = 20
	burst     = 60
	// mostReaders is how many readers are remembered; they are forgotten all at once beyond that.
	mostReaders = 10_000
	// longest is how long an answer may take.
	longest = 10 * time.Second
	// mostForm is how large what is sent in may be, in bytes.
	mostForm = 64 << 10
)

// limits bound requests.
type limits struct {
	seats chan struct{}

	mu      sync.Mutex
	readers map[string]*rate.Limiter
}

func newLimits() *limits {
	return &limits{seats: make(chan struct{}, mostTogether), readers: map[string]*rate.Limiter{}}
}

// enter takes a seat; false where there is none, or where the reader has asked too often.
func (l *limits) enter(reader string) (leave func(), ok bool) {
	l.mu.Lock()
	r := l.readers[reader]
	if r == nil {
		if len(l.readers) >= mostReaders {
			l.readers = map[string]*rate.Limiter{}
		}
		r = rate.NewLimiter(perSecond, burst)
		l.readers[reader] = r
	}
	l.mu.Unlock()
	if !r.Allow() {
		return nil, false
	}
	t := time.NewTimer(time.Second)
	defer t.Stop()
	select {
	case l.seats <- struct{}{}:
		return func() { <-l.seats }, true
	case <-t.C:
		return nil, false
	}
}

// drain waits until nobody has a seat any more.
func (l *limits) drain() {
	for range cap(l.seats) {
		l.seats <- struct{}{}
	}
	for range cap(l.seats) {
		<-l.seats
	}
}
