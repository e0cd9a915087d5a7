package broker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"tilsyn/topics"
)

// Kafka implements Broker by package topics. Its fetchers keep buffers, so every goroutine needs
// its own Kafka.
type Kafka struct {
	client *topics.Client
	group  string // consumer group; empty for a reader that commits nothing
	// fetchers are busy as long as something that they fetched is still in memory.
	fetchers []*fetching
	most     time.Duration // longest wait for records
	answers  answers
	// learn makes the writers of fetched values known; nil where nobody can be asked.
	learn func(ctx context.Context, value []byte) error
	// fetched is what Fetch returned last, asked the positions that were requested. Both are reused.
	fetched Fetched
	asked   []topics.Position
}

// EagerWait is the shortest wait of a fetch, in effect none.
const EagerWait = time.Millisecond

// NewKafka returns a broker for one goroutine. A fetch waits at most wait for records and holds
// about answerBytes of them.
func NewKafka(c *topics.Client, group string, wait time.Duration, answerBytes int) *Kafka {
	k := &Kafka{client: c, group: group, most: wait, fetched: Fetched{Next: Offsets{}, Marks: map[Partition]Mark{}}}
	first := c.NewFetcher(topics.FetchOptions{MaxBytes: int32(answerBytes),
		MaxPartitionBytes: int32(min(answerBytes, 1<<20))})
	for range maxAnswers {
		k.fetchers = append(k.fetchers, &fetching{Fetcher: first})
		first = first.Another()
	}
	return k
}

// Learning makes every Fetch call learn with each value that it is about to return; after an error of learn
// it returns that error and nothing else. It returns k.
func (k *Kafka) Learning(learn func(ctx context.Context, value []byte) error) *Kafka {
	k.learn = learn
	return k
}

// maxAnswers is how many fetches one Kafka keeps in memory at a time.
const maxAnswers = 6

// Ends implements Broker.
func (k *Kafka) Ends(ctx context.Context, parts []Partition, end End) (Offsets, error) {
	ask := make([]topics.TopicPartition, len(parts))
	for i, p := range parts {
		ask[i] = topics.TopicPartition{Topic: p.Topic, Partition: p.Index}
	}
	at := topics.Latest
	switch end {
	case LastStable:
		at = topics.LastStable
	case LogStart:
		at = topics.Earliest
	}
	got, err := k.client.Offsets(ctx, ask, at)
	if err != nil {
		return nil, BrokerError(err)
	}
	o := make(Offsets, len(got))
	for p, n := range got {
		o[Partition{Topic: p.Topic, Index: p.Partition}] = n
	}
	return o, nil
}

// Fetch implements Broker. See answers for the order of the records.
func (k *Kafka) Fetch(ctx context.Context, from Offsets, most int, wait time.Duration) (Fetched, error) {
	got, err := k.fetch(ctx, from, most, wait)
	if k.learn == nil || err != nil {
		return got, err
	}
	for i := range got.Records {
		if err := k.learn(ctx, got.Records[i].Value); err != nil {
			return Fetched{}, err
		}
	}
	return got, nil
}

func (k *Kafka) fetch(ctx context.Context, from Offsets, most int, wait time.Duration) (Fetched, error) {
	out := &k.fetched
	clear(out.Next)
	clear(out.Marks)
	out.Records, out.Ready = nil, false
	for first := true; ; first = false {
		if err := k.answers.take(from, most, true, out); err != nil {
			return Fetched{}, BrokerError(err)
		}
		if len(out.Next) > 0 {
			return *out, nil
		}
		by := k.free()
		if by == nil && len(k.answers.turn) == 0 {
			// All fetchers are busy with partitions that are not asked for now. One is freed; what it brought
			// is fetched again when it is needed.
			by = k.fetchers[len(k.fetchers)-1]
			k.answers.giveUp(by)
		}
		if by != nil {
			k.asked = k.answers.missing(from, k.asked[:0])
			if !first || len(k.asked) < len(from) {
				wait = EagerWait
			}
			came, err := k.ask(ctx, by, wait)
			if err != nil {
				return Fetched{}, BrokerError(err)
			}
			if came {
				continue
			}
			k.idle()
		}
		// What may be older cannot be fetched now, so serve what is there.
		err := k.answers.take(from, most, false, out)
		return *out, BrokerError(err)
	}
}

// idle frees the buffers that a backlog needed, once nothing is in memory any more.
func (k *Kafka) idle() {
	if slices.ContainsFunc(k.fetchers, func(f *fetching) bool { return f.used > 0 }) {
		return
	}
	for _, f := range k.fetchers {
		f.Idle()
	}
	k.answers.mem = topics.Unpacked{}
}

// ask fetches the partitions that have nothing in memory, and reports whether anything came.
func (k *Kafka) ask(ctx context.Context, by *fetching, wait time.Duration) (bool, error) {
	slices.SortFunc(k.asked, comparePositions)
	got, err := by.FetchWithin(ctx, k.asked, max(EagerWait, min(wait, k.most)))
	if err != nil {
		return false, err
	}
	return k.answers.fill(got, k.asked, by)
}

// free returns a fetcher whose answer is used up; nil if there is none.
func (k *Kafka) free() *fetching {
	for _, f := range k.fetchers {
		if f.used == 0 {
			return f
		}
	}
	return nil
}

// MarkBefore implements Broker.
func (k *Kafka) MarkBefore(ctx context.Context, p Partition, offset int64) (Mark, bool, error) {
	m, ok, err := k.client.MarkBefore(ctx, topics.Position{Topic: p.Topic, Partition: p.Index, Offset: offset})
	return Mark{Epoch: m.LeaderEpoch, CRC: m.CRC}, ok, BrokerError(err)
}

// Topics implements Broker.
func (k *Kafka) Topics(ctx context.Context) (map[string]TopicState, error) {
	got, err := k.client.Topics(ctx)
	out := make(map[string]TopicState, len(got))
	for name, t := range got {
		out[name] = TopicState{ID: t.ID, Partitions: t.Partitions, Epochs: t.Epochs}
	}
	return out, BrokerError(err)
}

// ProducerTimes implements Broker.
func (k *Kafka) ProducerTimes(ctx context.Context) ([]string, error) {
	names, err := k.client.ProducerTimes(ctx)
	return names, BrokerError(err)
}

// comparePositions orders positions by topic and partition.
func comparePositions(a, b topics.Position) int {
	return ComparePartitions(Partition{Topic: a.Topic, Index: a.Partition}, Partition{Topic: b.Topic, Index: b.Partition})
}

// Producer implements Broker.
func (k *Kafka) Producer(ctx context.Context, task int32) (Producer, error) {
	w := k.client.NewTxnWriter(topics.TxnConfig{TransactionalID: k.client.TransactionalID(k.group, task),
		Last: topics.TaskCommits})
	if err := w.Init(ctx); err != nil {
		return nil, BrokerError(err)
	}
	return &kafkaProducer{k: k, w: w}, nil
}

// kafkaProducer implements Producer by a topics.TxnWriter.
type kafkaProducer struct {
	k *Kafka
	w *topics.TxnWriter
	// outs, headers and group hold the last transaction; they are reused.
	outs    []topics.Out
	headers []topics.Header
	group   []topics.Position
}

// Close implements Producer. The successor ends a transaction that is still open.
func (p *kafkaProducer) Close() error { return nil }

// Commit implements Producer.
func (p *kafkaProducer) Commit(ctx context.Context, t Transaction) (Offsets, error) {
	if err := p.w.Begin(ctx); err != nil {
		return nil, BrokerError(err)
	}
	where, err := p.w.Produce(ctx, p.records(t.Records))
	p.forget()
	if err != nil {
		return nil, p.abort(ctx, err)
	}
	// The group's offsets are for people and tools only; the transactional id of the task decides who
	// may write. They are sent without generation and member, since otherwise a rebalance would fail
	// transactions in flight, even of tasks that stay.
	if err := p.w.SendOffsets(ctx,
		topics.GroupOffsets{Group: p.k.group, Generation: -1, Positions: p.positions(t.Group)}); err != nil {
		return nil, p.abort(ctx, err)
	}
	next := make(Offsets, len(where))
	for _, w := range where {
		next[Partition{Topic: w.Topic, Index: w.Partition}] = w.Next
	}
	if t.Check != nil {
		if err := t.Check(ctx, next); err != nil {
			_ = p.w.Abort(ctx) // if not, the next owner's start does it
			return nil, err
		}
	}
	if err := p.end(ctx); err != nil {
		return nil, BrokerError(err)
	}
	return next, nil
}

// end repeats the commit until its outcome is known. Repeating it has no further effect.
func (p *kafkaProducer) end(ctx context.Context) error {
	for {
		err := p.w.Commit(ctx)
		if !errors.Is(err, topics.ErrOutcomeUnknown) || errors.Is(err, topics.ErrGaveUp) || ctx.Err() != nil {
			return err
		}
	}
}

// abort rolls the transaction back if that is possible; if not, the next owner does it at its
// start. It returns the cause.
func (p *kafkaProducer) abort(ctx context.Context, cause error) error {
	if errors.Is(cause, topics.ErrAbortable) {
		_ = p.w.Abort(ctx)
	}
	return BrokerError(cause)
}

// records converts the records of a transaction to those of package topics.
func (p *kafkaProducer) records(records []Out) []topics.Out {
	p.outs = slices.Grow(p.outs, len(records))
	for i := range records {
		r := &records[i]
		from := len(p.headers)
		for _, h := range r.Headers {
			p.headers = append(p.headers, topics.Header{Key: h.Key, Value: h.Value})
		}
		p.outs = append(p.outs, topics.Out{Topic: r.Topic, Partition: r.Index, Key: r.Key, Value: r.Value,
			Timestamp: int64(r.At),
			Headers:   p.headers[from:len(p.headers):len(p.headers)]})
	}
	return p.outs
}

// outsKept is for how many records the slices are kept for reuse.
const outsKept = 4096

// forget drops the references to what was written.
func (p *kafkaProducer) forget() {
	if cap(p.outs) > outsKept || cap(p.headers) > 4*outsKept {
		p.outs, p.headers = nil, nil
	}
	clear(p.outs)
	clear(p.headers)
	p.outs, p.headers = p.outs[:0], p.headers[:0]
}

// positions returns the offsets to commit, sorted by topic and partition.
func (p *kafkaProducer) positions(group Offsets) []topics.Position {
	p.group = p.group[:0]
	for part, n := range group {
		p.group = append(p.group, topics.Position{Topic: part.Topic, Partition: part.Index, Offset: n})
	}
	slices.SortFunc(p.group, comparePositions)
	return p.group
}

// BrokerError wraps the errors that the engine acts on: topics.ErrFenced becomes ErrFenced as
// well.
func BrokerError(err error) error {
	if errors.Is(err, topics.ErrFenced) {
		return fmt.Errorf("%w: %w", ErrFenced, err)
	}
	return err
}
