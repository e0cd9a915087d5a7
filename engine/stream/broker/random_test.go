package broker

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"tilsyn/engine/stream/seeds"
	"tilsyn/topics"
)

// fetchRun is a reader of some partitions of a broker while they are written.
type fetchRun struct {
	t     *testing.T
	rnd   *rand.Rand
	parts []Partition
	plain []*topics.Producer
	txn   *topics.TxnWriter
	// open is what a transaction holds that is not ended.
	open []topics.Out
	// said are the records that were committed, got those that were served by
	// offset, from is where the reader is.
	said map[Partition]map[string]bool
	got  map[Partition]map[int64]string
	from Offsets
	n    int
}

func newFetchRun(t *testing.T, seed uint64, c *topics.Client) *fetchRun {
	f := &fetchRun{t: t, rnd: rand.New(rand.NewPCG(seed, 5)), said: map[Partition]map[string]bool{},
		got: map[Partition]map[int64]string{}, from: Offsets{}}
	for _, topic := range PersonTopics[:2+f.rnd.IntN(7)] {
		p := Partition{Topic: topic}
		f.parts = append(f.parts, p)
		f.said[p], f.got[p], f.from[p] = map[string]bool{}, map[int64]string{}, 0
	}
	for codec := topics.None; codec <= topics.Zstd; codec++ {
		f.plain = append(f.plain, c.NewProducer(topics.ProducerConfig{Compression: codec}))
	}
	f.txn = c.NewTxnWriter(topics.TxnConfig{TransactionalID: c.TransactionalID("x", 0)})
	f.must(f.txn.Init(context.Background()))
	return f
}

func (f *fetchRun) must(err error) {
	if err != nil {
		f.t.Helper()
		f.t.Fatal(err)
	}
}

func (f *fetchRun) some() Partition { return f.parts[f.rnd.IntN(len(f.parts))] }

func (f *fetchRun) record(p Partition) topics.Out {
	f.n++
	text := fmt.Sprintf("%v %06d ", p, f.n)
	value := append([]byte(text), bytes.Repeat([]byte{byte('a' + f.n%26)}, f.rnd.IntN(1200))...)
	if f.rnd.IntN(60) == 0 {
		value = append(value, bytes.Repeat([]byte(text), 2000)...) // larger than every limit
	}
	return topics.Out{Topic: p.Topic, Key: []byte("k"), Value: value,
		Timestamp: int64(seeds.Start) + int64(len(f.said[p])*10+f.rnd.IntN(40))}
}

// write writes a batch, or begins or ends a transaction.
func (f *fetchRun) write() {
	ctx := context.Background()
	switch n := f.rnd.IntN(8); {
	case n == 0 && f.open == nil:
		f.must(f.txn.Begin(ctx))
		for range 1 + f.rnd.IntN(5) {
			f.open = append(f.open, f.record(f.some()))
		}
		_, err := f.txn.Produce(ctx, f.open)
		f.must(err)
	case n == 1 && f.open != nil:
		f.end(f.rnd.IntN(2) == 0)
	case n > 1:
		by, p := f.plain[f.rnd.IntN(len(f.plain))], f.some()
		for range 1 + f.rnd.IntN(12) {
			out := f.record(p)
			f.said[p][string(out.Value)] = true
			f.must(by.Add(ctx, out))
		}
		f.must(by.Flush(ctx))
	}
}

func (f *fetchRun) end(commit bool) {
	end := f.txn.Abort
	if commit {
		end = f.txn.Commit
		for i := range f.open {
			f.said[Partition{Topic: f.open[i].Topic}][string(f.open[i].Value)] = true
		}
	}
	f.must(end(context.Background()))
	f.open = nil
}

// read fetches once and looks at what is served.
func (f *fetchRun) read(k *Kafka) {
	x, err := k.Fetch(context.Background(), f.from, 1+f.rnd.IntN(30), time.Millisecond)
	f.must(err)
	at := f.from.Clone()
	for _, r := range x.Records {
		p := r.Partition
		if r.Offset < at[p] {
			f.t.Fatalf("%v: offset %d comes after %d", p, r.Offset, at[p])
		}
		at[p] = r.Offset + 1
		if old, again := f.got[p][r.Offset]; again && old != string(r.Value) || !again && !f.said[p][string(r.Value)] {
			f.t.Fatalf("%v offset %d says %.60q, which was not committed there", p, r.Offset, r.Value)
		}
		f.got[p][r.Offset] = string(r.Value)
	}
	for p, n := range at {
		if n > f.from[p] && x.Next[p] < n {
			f.t.Fatalf("%v is served up to %d and goes on at %d", p, n, x.Next[p])
		}
	}
	for p, n := range x.Next {
		f.from[p] = n
	}
}

// besides reads again, from the start, what was read of a partition.
func (f *fetchRun) besides(k *Kafka) {
	p, n := f.some(), 0
	want := 0
	for offset := range f.got[p] {
		if offset < f.from[p] {
			want++
		}
	}
	s := Scan{From: k, Most: 1 + f.rnd.IntN(50), Wait: time.Millisecond}
	f.must(s.Each(context.Background(), Offsets{p: 0}, Offsets{p: f.from[p]}, func(r *Record) error {
		if n++; f.got[p][r.Offset] != string(r.Value) {
			f.t.Fatalf("%v offset %d of %d says %.50q in a scan, %.50q before", p, r.Offset, f.from[p],
				r.Value, f.got[p][r.Offset])
		}
		return nil
	}))
	if n != want {
		f.t.Fatalf("a scan of %v to %d gives %d records, want %d", p, f.from[p], n, want)
	}
}

func (f *fetchRun) done() bool {
	for _, p := range f.parts {
		if len(f.got[p]) != len(f.said[p]) {
			return false
		}
	}
	return true
}

// TestFetchServesEverythingOnce: whatever is written while it reads (batches of any codec,
// transactions that stay open for a while or are aborted) and whatever else is fetched, every
// committed record is served once, in order and unchanged. That holds after the reader went back,
// too.
func TestFetchServesEverythingOnce(t *testing.T) {
	ctx := context.Background()
	e, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	seeds.ForEach(t, 6, func(t *testing.T, seed uint64) {
		c, err := topics.Connect(ctx, topics.Config{Brokers: e.Brokers(), Prefix: fmt.Sprintf("f%d.", seed)})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := c.Create(ctx, topics.CreateOptions{Partitions: 1, CreateTime: true}); err != nil {
			t.Fatal(err)
		}
		f := newFetchRun(t, seed, c)
		k := NewKafka(c, "g", time.Millisecond, 2<<10<<f.rnd.IntN(5))
		for range 100 * len(f.parts) {
			f.write()
		}
		for range 250 {
			if f.rnd.IntN(3) > 0 {
				f.write()
			}
			f.read(k)
			if f.rnd.IntN(40) == 0 { // a recovery
				p := f.some()
				f.from[p] = f.rnd.Int64N(f.from[p] + 1)
			}
			if f.rnd.IntN(10) == 0 {
				f.besides(k)
			}
		}
		if f.open != nil {
			f.end(false)
		}
		for n := 0; !f.done(); n++ {
			if n == 20_000 {
				t.Fatalf("not everything comes: at %v", f.from)
			}
			f.read(k)
		}
	})
}
