package topics

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"
)

// FetchOptions configure a [Fetcher]; the zero value is usable.
type FetchOptions struct {
	// MaxWait is how long a broker may hold the request if there is nothing to read. Default 250 ms.
	MaxWait time.Duration
	// MinBytes is how much data the broker waits for, at most MaxWait. Default 1.
	MinBytes int32
	// MaxBytes bounds the answer of one broker, except that its first batch always comes whole.
	// Default 16 MB.
	MaxBytes int32
	// MaxPartitionBytes bounds the share of one partition likewise. Default 1 MB.
	MaxPartitionBytes int32
	// Uncommitted also reads records of open and aborted transactions. It is for inspection only; the
	// engine never sets it.
	Uncommitted bool
}

// Fetcher reads many partitions with one request per broker. The caller keeps the positions. Its
// buffers are reused by the next Fetch, so it serves one reader at a time.
type Fetcher struct {
	c    *Client
	opt  FetchOptions
	turn int // which partition is asked for first
	// asks are the requests and answers by broker address; out is what they brought.
	asks    map[string]*fetchAsk
	out     []Fetched
	trouble *trouble
}

// trouble is the series of failing fetches; nil if the last one succeeded.
type trouble struct{ *retry }

// NewFetcher returns a fetcher. It holds no connection between calls.
func (c *Client) NewFetcher(opt FetchOptions) *Fetcher {
	if opt.MaxWait <= 0 {
		opt.MaxWait = 250 * time.Millisecond
	}
	if opt.MinBytes <= 0 {
		opt.MinBytes = 1
	}
	if opt.MaxBytes <= 0 {
		opt.MaxBytes = 16 << 20
	}
	if opt.MaxPartitionBytes <= 0 {
		opt.MaxPartitionBytes = 1 << 20
	}
	return &Fetcher{c: c, opt: opt, asks: map[string]*fetchAsk{}, trouble: &trouble{}}
}

// Another returns a fetcher with the same options for the same reader, with buffers of its own.
// The two fail and give up as one: if one got what the other was refused, there is no reason to
// give up.
func (f *Fetcher) Another() *Fetcher {
	return &Fetcher{c: f.c, opt: f.opt, asks: map[string]*fetchAsk{}, trouble: f.trouble}
}

// idleBytes is how large an answer's buffer is that Idle keeps.
const idleBytes = 64 << 10

// Idle frees the buffers that a backlog needed. What the last Fetch returned is not valid any more.
func (f *Fetcher) Idle() {
	for addr, a := range f.asks {
		if cap(a.body) > idleBytes {
			f.out = nil
			delete(f.asks, addr)
		}
	}
}

// Fetched is the result for one partition.
type Fetched struct {
	TopicPartition
	// From is the position asked for, Next where to continue. Next skips gaps, control markers,
	// aborted records and empty batches, so it may advance without a record.
	From, Next int64
	// HighWatermark is the end of the log, LastStable the last stable offset, LogStart the first
	// offset; -1 if the broker does not say.
	HighWatermark, LastStable, LogStart int64
	// Last is the mark of the batch before Next; valid if HasLast.
	Last    Mark
	HasLast bool
	// Err is an error of this partition alone: *OutOfRangeError, ErrCorrupt or a *CodeError. Next is
	// then From, or the batch that cannot be read.
	Err error

	batches []batchInfo
	failed  Code
	// first is the mark of the first batch and firstBase its base offset.
	first     Mark
	firstBase int64
}

// Each calls fn for every record from From up to Next in order of offset, without those of aborted
// transactions. What cannot be read of an input topic comes as a record with a Fault; in any other
// topic it is an error ([ErrCorrupt]). It returns fn's error, Err, or that one; Next must not be
// used then. Another goroutine than that of Fetch may call it, also for several partitions at a
// time, but not after the next Fetch.
func (p *Fetched) Each(fn func(*Record) error) error {
	for i := range p.batches {
		if err := p.batches[i].each(p.From, p.own(), fn); err != nil {
			if errors.Is(err, ErrCorrupt) {
				err = fmt.Errorf("%s: %w", p.TopicPartition, err)
			}
			return err
		}
	}
	return p.Err
}

// own reports whether only this program writes the topic, so that what cannot be read of it is
// damage and not somebody else's mistake.
func (p *Fetched) own() bool {
	s, known := Lookup(p.Topic)
	return !known || !s.Input()
}

// Records returns the most records that Each can give.
func (p *Fetched) Records() int {
	n := 0
	for i := range p.batches {
		n += int(p.batches[i].count)
	}
	return n
}

// Fetch asks the leaders of all positions once and returns what came, in no fixed order.
// Partitions without news are left out; one for which there was no room comes with LastStable
// beyond Next. After about MaxWait without news the result is empty. Unreachable brokers and moved
// leaders are asked again by the next calls, until Config.GiveUpAfter ([ErrGaveUp]). The result is
// reused by the next Fetch.
func (f *Fetcher) Fetch(ctx context.Context, positions []Position) ([]Fetched, error) {
	return f.FetchWithin(ctx, positions, f.opt.MaxWait)
}

// FetchWithin is Fetch with another MaxWait.
func (f *Fetcher) FetchWithin(ctx context.Context, positions []Position, wait time.Duration) ([]Fetched, error) {
	f.out = f.out[:0]
	if len(positions) == 0 {
		return nil, nil
	}
	failure := f.plan(ctx, positions)
	f.all(ctx, wait)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	for _, a := range f.asks {
		if a.err != nil {
			failure = a.err
			continue
		}
		for i := range a.out {
			g := &a.out[i]
			if g.failed != codeNone {
				f.c.meta.forget(f.c.Full(g.Topic))
				failure = &CodeError{Code: g.failed, Op: "Fetch", Topic: g.Topic, Partition: g.Partition}
				continue
			}
			g.Err = f.c.named(g.Err, nil)
			f.out = append(f.out, *g)
		}
	}
	return f.out, f.pause(ctx, failure)
}

// all sends the planned requests and waits for their answers.
func (f *Fetcher) all(ctx context.Context, wait time.Duration) {
	var wg sync.WaitGroup
	for _, a := range f.asks {
		if a.out, a.err = a.out[:0], nil; len(a.topics) == 0 {
			continue
		}
		if len(f.asks) == 1 {
			f.ask(ctx, a, wait)
			continue
		}
		wg.Go(func() { f.ask(ctx, a, wait) })
	}
	wg.Wait()
}

// pause waits after a failure that may pass, and finally gives up.
func (f *Fetcher) pause(ctx context.Context, failure error) error {
	if failure == nil {
		if f.trouble.retry != nil {
			f.trouble.done()
			f.trouble.retry = nil
		}
		return nil
	}
	if f.trouble.retry == nil {
		f.trouble.retry = f.c.retry("answers to Fetch")
	}
	return f.trouble.wait(ctx, failure)
}

// fetchAsk is the request to one broker and its answer. Its memory is reused.
type fetchAsk struct {
	addr   string // of the broker
	topics []fetchTopic

	frame, body []byte
	batches     []batchInfo
	out         []Fetched
	err         error
}

// fetchTopic are the partitions asked for of a topic.
type fetchTopic struct {
	full       string // name with prefix
	partitions []fetchPartition
}

// fetchPartition is a position with the leader epoch that is known.
type fetchPartition struct {
	Position
	epoch int32 // -1 where it is not known
}

// plan groups the positions by leader and topic. The order rotates with every call, since a broker
// fills its answer in the order of the request.
func (f *Fetcher) plan(ctx context.Context, positions []Position) error {
	f.turn++
	for _, a := range f.asks {
		a.topics = a.topics[:0]
	}
	var failure error
	for i := range positions {
		p := positions[(i+f.turn)%len(positions)]
		full := f.c.Full(p.Topic)
		addr, meta, err := f.c.meta.leader(ctx, full, p.Partition)
		if err != nil {
			failure = err
			continue
		}
		a := f.asks[addr]
		if a == nil {
			a = &fetchAsk{addr: addr}
			f.asks[addr] = a
		}
		t := a.topic(full)
		t.partitions = append(t.partitions, fetchPartition{p, meta.epoch})
	}
	// Forget brokers that no longer lead anything.
	maps.DeleteFunc(f.asks, func(_ string, a *fetchAsk) bool { return len(a.topics) == 0 })
	return failure
}

// topic returns the entry of a topic, adding it if needed.
func (a *fetchAsk) topic(full string) *fetchTopic {
	for i := range a.topics {
		if a.topics[i].full == full {
			return &a.topics[i]
		}
	}
	n := len(a.topics)
	if n < cap(a.topics) {
		a.topics = a.topics[:n+1]
		a.topics[n] = fetchTopic{full: full, partitions: a.topics[n].partitions[:0]}
	} else {
		a.topics = append(a.topics, fetchTopic{full: full})
	}
	return &a.topics[n]
}

// ask sends one request and reads its answer.
func (f *Fetcher) ask(ctx context.Context, a *fetchAsk, wait time.Duration) {
	r := f.c.retryFor("an answer to Fetch", wait)
	defer r.done()
	ctx, cancel := context.WithTimeout(ctx, wait+f.c.cfg.RequestTimeout)
	defer cancel()
	cn, err := f.c.pool.get(ctx, a.addr)
	if err == nil {
		a.frame = f.opt.request(cn.newFrame(a.frame), a, wait)
		a.body, err = cn.callRaw(ctx, fetchKey, fetchVersion, a.frame, a.body)
		if err == nil {
			err = f.opt.response(a)
		}
		var code *CodeError
		if err == nil || errors.As(err, &code) {
			f.c.pool.put(cn)
		} else {
			f.c.pool.drop(cn)
		}
	}
	if err != nil {
		for i := range a.topics {
			f.c.meta.forget(a.topics[i].full)
		}
		a.err = fmt.Errorf("%s: %w", a.addr, err)
	}
}
