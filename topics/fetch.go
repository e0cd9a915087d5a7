package topics

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// FetchOptions tune a [Fetcher]; the zero value is usable.
type FetchOptions struct {
	// MaxWait is how long a broker may hold the request back while there is
	// nothing to read. Default 250 ms.
	MaxWait time.Duration
	// MinBytes is how much a broker waits for, at most MaxWait. Default 1.
	MinBytes int32
	// MaxBytes bounds one broker's answer, but for the first batch of it,
	// which comes whole. Default 16 MB.
	MaxBytes int32
	// MaxPartitionBytes bounds one partition's share likewise. Default 1 MB.
	MaxPartitionBytes int32
	// Uncommitted also reads records of open and aborted transactions. For
	// inspection only; the engine never does.
	Uncommitted bool
}

// Fetcher reads many partitions with one request per broker. Positions are the
// caller's. Its buffers are used again by the next Fetch, so it serves one
// reader at a time.
type Fetcher struct {
	c    *Client
	opt  FetchOptions
	turn int
	// bufs are the answers by broker address.
	bufs    map[string]*fetchBuffer
	trouble *retry
}

type fetchBuffer struct{ frame, body []byte }

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
	return &Fetcher{c: c, opt: opt, bufs: map[string]*fetchBuffer{}}
}

// Fetched is what came of one partition.
type Fetched struct {
	TopicPartition
	// From is the position asked for, Next where to go on. Next advances over
	// gaps, control markers, aborted records and empty batches, so it may
	// advance without a record.
	From, Next int64
	// HighWatermark is the end of the log, LastStable the end of what no open
	// transaction holds back, LogStart its first offset; -1 where the broker
	// does not say.
	HighWatermark, LastStable, LogStart int64
	// Last is the mark of the batch before Next; only if HasLast.
	Last    Mark
	HasLast bool
	// Err is an error of this partition alone: *OutOfRangeError, ErrCorrupt or
	// a *CodeError. Next is then From, or the batch that cannot be read.
	Err error

	batches []batchInfo
	failed  Code
	// first is the mark of the first batch and firstBase its base offset.
	first     Mark
	firstBase int64
}

// Each calls fn for every record from From up to Next in order of offset, but
// for records of aborted transactions. It returns fn's error, Err, or that of a
// batch that cannot be decoded; then Next must not be used. It may be called by
// another goroutine than Fetch's, also for several partitions at a time, but
// not beyond the next Fetch.
func (p *Fetched) Each(fn func(*Record) error) error {
	for i := range p.batches {
		if err := p.batches[i].each(p.From, fn); err != nil {
			if errors.Is(err, ErrCorrupt) {
				err = fmt.Errorf("%s: %w", p.TopicPartition, err)
			}
			return err
		}
	}
	return p.Err
}

// Records is the number of records that Each will at most give.
func (p *Fetched) Records() int {
	n := 0
	for i := range p.batches {
		n += int(p.batches[i].count)
	}
	return n
}

// Fetch asks the leaders of all positions once and returns what came, in no
// fixed order, without partitions where there was nothing new. It returns no
// element after about MaxWait. Brokers that do not answer and leaders that
// moved are asked again, by the next calls, until Config.GiveUpAfter; the error
// is then [ErrGaveUp].
func (f *Fetcher) Fetch(ctx context.Context, positions []Position) ([]Fetched, error) {
	if len(positions) == 0 {
		return nil, nil
	}
	plans, failure := f.plan(ctx, positions)
	var (
		wg  sync.WaitGroup
		mu  sync.Mutex
		out []Fetched
	)
	for _, p := range plans {
		wg.Add(1)
		go func() {
			defer wg.Done()
			got, err := f.ask(ctx, p)
			mu.Lock()
			defer mu.Unlock()
			out = append(out, got...)
			if err != nil {
				failure = err
			}
		}()
	}
	wg.Wait()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	kept := out[:0]
	for i := range out {
		if code := out[i].failed; code != codeNone {
			f.c.meta.forget(f.c.Full(out[i].Topic))
			failure = &CodeError{Code: code, Op: "Fetch", Topic: out[i].Topic, Partition: out[i].Partition}
			continue
		}
		kept = append(kept, out[i])
	}
	return kept, f.pause(ctx, failure)
}

// pause waits after a failure that may pass, and gives up in the end.
func (f *Fetcher) pause(ctx context.Context, failure error) error {
	if failure == nil {
		f.trouble = nil
		return nil
	}
	if f.trouble == nil {
		f.trouble = f.c.retry("answers to Fetch")
	}
	return f.trouble.wait(ctx, failure)
}

// fetchPlan is one request.
type fetchPlan struct {
	addr   string
	topics []fetchTopic
}

type fetchTopic struct {
	full       string
	partitions []fetchPartition
}

type fetchPartition struct {
	Position
	epoch int32
}

// plan sorts the positions by leader and topic. The order turns with every
// call, since a broker fills its answer in the order of the request.
func (f *Fetcher) plan(ctx context.Context, positions []Position) (map[string]*fetchPlan, error) {
	f.turn++
	plans := map[string]*fetchPlan{}
	var failure error
	for i := range positions {
		p := positions[(i+f.turn)%len(positions)]
		full := f.c.Full(p.Topic)
		addr, meta, err := f.c.meta.leader(ctx, full, p.Partition)
		if err != nil {
			failure = err
			continue
		}
		plan := plans[addr]
		if plan == nil {
			plan = &fetchPlan{addr: addr}
			plans[addr] = plan
		}
		t := plan.topic(full)
		t.partitions = append(t.partitions, fetchPartition{p, meta.epoch})
	}
	for addr := range plans {
		if f.bufs[addr] == nil {
			f.bufs[addr] = &fetchBuffer{}
		}
	}
	return plans, failure
}

func (p *fetchPlan) topic(full string) *fetchTopic {
	for i := range p.topics {
		if p.topics[i].full == full {
			return &p.topics[i]
		}
	}
	p.topics = append(p.topics, fetchTopic{full: full})
	return &p.topics[len(p.topics)-1]
}

// ask sends one request and reads its answer.
func (f *Fetcher) ask(ctx context.Context, plan *fetchPlan) ([]Fetched, error) {
	buf := f.bufs[plan.addr]
	var out []Fetched
	ctx, cancel := context.WithTimeout(ctx, f.opt.MaxWait+f.c.cfg.RequestTimeout)
	defer cancel()
	cn, err := f.c.pool.get(ctx, plan.addr)
	if err == nil {
		buf.frame = f.opt.request(cn.newFrame(buf.frame), plan)
		buf.body, err = cn.callRaw(ctx, fetchKey, fetchVersion, buf.frame, buf.body)
		if err == nil {
			out, err = f.opt.response(buf.body, plan)
		}
		var code *CodeError
		if err == nil || errors.As(err, &code) {
			f.c.pool.put(cn)
		} else {
			f.c.pool.drop(cn)
		}
	}
	if err != nil {
		for i := range plan.topics {
			f.c.meta.forget(plan.topics[i].full)
		}
		return nil, fmt.Errorf("%s: %w", plan.addr, err)
	}
	return out, nil
}
