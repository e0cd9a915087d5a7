package console

import (
	"context"
	"runtime"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// How much readers may ask for, so that the engine beside them is not slowed. Whoever asks for more is told to come
// again (429); nothing that the engine does waits for any of this.
const (
	// perSecond and burst bound one reader, in requests; a dear one counts as several.
	perSecond = 20
	burst     = 60
	// mostUnderWay is how many requests of one reader are taken in and not answered to the last byte yet, mostAtAll
	// how many of all: each holds its form or its answer in memory, however slowly it is sent or read.
	mostUnderWay = 16
	mostAtAll    = 128
	// mostReaders is how many readers are remembered; those with nothing under way are forgotten beyond that.
	mostReaders = 10_000
	// longest is how long an answer may take; half of it may be waiting for a seat.
	longest = 10 * time.Second
	// mostForm is how large what is sent in may be, in bytes.
	mostForm = 64 << 10
)

// limits bound requests.
type limits struct {
	// seats are for requests that are being worked on: half of the cores, so that the engine has the others.
	seats chan struct{}

	mu      sync.Mutex
	readers map[string]*reader
	all     int
}

// reader is one who asks.
type reader struct {
	rate     *rate.Limiter
	underWay int
}

func newLimits() *limits {
	return &limits{seats: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2)), readers: map[string]*reader{}}
}

// come takes a request in; false where the reader has asked too often, or has too much under way. left must be
// called once it is answered.
func (l *limits) come(name string) (left func(), ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.readers[name]
	if r == nil {
		l.forget()
		r = &reader{rate: rate.NewLimiter(perSecond, burst)}
		l.readers[name] = r
	}
	if r.underWay >= mostUnderWay || l.all >= mostAtAll || !r.rate.Allow() {
		return nil, false
	}
	r.underWay, l.all = r.underWay+1, l.all+1
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		r.underWay, l.all = r.underWay-1, l.all-1
	}, true
}

// forget makes room for another reader; the lock is held.
func (l *limits) forget() {
	if len(l.readers) < mostReaders {
		return
	}
	for name, r := range l.readers {
		if r.underWay == 0 {
			delete(l.readers, name)
		}
	}
}

// charge makes a reader pay for an answer that was as dear as so many requests: they wait until that is paid off.
func (l *limits) charge(name string, requests int) {
	l.mu.Lock()
	r := l.readers[name]
	l.mu.Unlock()
	if r == nil {
		return
	}
	for ; requests > 0; requests -= burst {
		r.rate.ReserveN(time.Now(), min(requests, burst))
	}
}

// sit takes a seat; false where there is none for too long, or ctx ends.
func (l *limits) sit(ctx context.Context) (leave func(), ok bool) {
	t := time.NewTimer(longest / 2)
	defer t.Stop()
	select {
	case l.seats <- struct{}{}:
		return func() { <-l.seats }, true
	case <-t.C:
	case <-ctx.Done():
	}
	return nil, false
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
