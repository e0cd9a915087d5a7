package topics

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// TestRoundTrip: every codec, several batches a partition, keys that choose the
// partition, nulls and headers, all read back in order.
func TestRoundTrip(t *testing.T) {
	c := cluster(t, CreateOptions{Partitions: 3, CreateTime: true})
	ctx := bounded(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 0))
	want := map[TopicPartition][]row{}
	for _, codec := range []Compression{None, Gzip, Snappy, LZ4, Zstd} {
		p := c.NewProducer(ProducerConfig{Compression: codec, MaxBatchBytes: 4000, FlushBytes: 30000})
		for i := range 300 {
			o := Out{
				Topic: Notices, Partition: ByKey, Key: fmt.Append(nil, rnd.IntN(50)),
				Value: make([]byte, rnd.IntN(600)), Timestamp: time.Now().UnixMilli() - int64(rnd.IntN(1e9)),
			}
			for j := range o.Value {
				o.Value[j] = byte('a' + rnd.IntN(3))
			}
			if i%7 == 0 {
				o.Headers = []Header{{"n", fmt.Append(nil, i)}, {"null", nil}}
			}
			tp := TopicPartition{Notices, Partition(o.Key, 3)}
			r := row{offset: int64(len(want[tp])), ts: o.Timestamp, key: string(o.Key), value: string(o.Value)}
			if o.Headers != nil {
				r.headers = map[string]string{"n": fmt.Sprint(i), "null": ""}
			}
			want[tp] = append(want[tp], r)
			if err := p.Add(ctx, o); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.Flush(ctx); err != nil {
			t.Fatal(err)
		}
		if p.Acknowledged() != 300 {
			t.Errorf("%d acknowledged", p.Acknowledged())
		}
	}
	f := c.NewFetcher(FetchOptions{MaxPartitionBytes: 3000})
	for tp, rows := range want {
		got := readTo(t, f, Position{tp.Topic, tp.Partition, 0}, int64(len(rows)))
		if fmt.Sprint(got) != fmt.Sprint(rows) {
			t.Errorf("%s: %d records read back differ from %d written", tp, len(got), len(rows))
		}
	}
	mid := want[TopicPartition{Notices, 0}][200]
	got := readTo(t, f, Position{Notices, 0, 200}, 201)
	if len(got) == 0 || got[0].offset != 200 || got[0].value != mid.value {
		t.Errorf("from the middle of a batch: %v", got[:min(1, len(got))])
	}
}

func TestAppendTimeTopic(t *testing.T) {
	c := cluster(t, CreateOptions{Partitions: 1})
	before := time.Now().UnixMilli()
	p := c.NewProducer(ProducerConfig{})
	if _, err := p.Produce(bounded(t), []Out{{Topic: Notices, Value: []byte("v"), Timestamp: 12345},
		{Topic: Violations, Value: []byte("v"), Timestamp: 12345}}); err != nil {
		t.Fatal(err)
	}
	f := c.NewFetcher(FetchOptions{})
	if got := readTo(t, f, Position{Notices, 0, 0}, 1); len(got) != 1 || !got[0].append || got[0].ts < before {
		t.Errorf("input: %+v; the broker must stamp it (contract §1, logged_at)", got)
	}
	if got := readTo(t, f, Position{Violations, 0, 0}, 1); len(got) != 1 || got[0].append || got[0].ts != 12345 {
		t.Errorf("output: %+v", got)
	}
	at, err := c.Offsets(bounded(t), []TopicPartition{{Notices, 0}}, AtTime(before))
	if err != nil || at[TopicPartition{Notices, 0}] != 0 {
		t.Errorf("by time: %v, %v", at, err)
	}
	at, err = c.Offsets(bounded(t), []TopicPartition{{Notices, 0}}, AtTime(before+1e9))
	if err != nil || at[TopicPartition{Notices, 0}] != -1 {
		t.Errorf("by a time to come: %v, %v", at, err)
	}
}

func TestManyPartitionsAtOnce(t *testing.T) {
	c := cluster(t, CreateOptions{Partitions: 6})
	ctx := bounded(t)
	parts, err := c.AllPartitions(ctx, OfClass(PersonInput)...)
	if err != nil || len(parts) != 14*6 {
		t.Fatalf("%d partitions, %v", len(parts), err)
	}
	var outs []Out
	for _, p := range parts {
		outs = append(outs, Out{Topic: p.Topic, Partition: p.Partition, Value: fmt.Append(nil, p)})
	}
	if _, err := c.NewProducer(ProducerConfig{}).Produce(ctx, outs); err != nil {
		t.Fatal(err)
	}
	// Small answers, so that no partition may starve behind the others.
	f := c.NewFetcher(FetchOptions{MaxBytes: 300, MaxPartitionBytes: 100})
	left := map[TopicPartition]bool{}
	positions := make([]Position, len(parts))
	for i, p := range parts {
		left[p], positions[i] = true, Position{p.Topic, p.Partition, 0}
	}
	for len(left) > 0 {
		got, err := f.Fetch(ctx, positions)
		if err != nil {
			t.Fatal(err)
		}
		for i := range got {
			if err := got[i].Each(func(r *Record) error {
				if string(r.Value) != got[i].TopicPartition.String() {
					return fmt.Errorf("%s holds another's record", got[i].TopicPartition)
				}
				delete(left, got[i].TopicPartition)
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestMark(t *testing.T) {
	c := cluster(t, CreateOptions{Partitions: 1})
	ctx := bounded(t)
	p := c.NewProducer(ProducerConfig{})
	for i := range 3 {
		if _, err := p.Produce(ctx,
			[]Out{{Topic: Notices, Value: fmt.Append(nil, i)}, {Topic: Notices, Value: []byte("x")}}); err != nil {
			t.Fatal(err)
		}
	}
	got, err := c.NewFetcher(FetchOptions{}).Fetch(ctx, []Position{{Notices, 0, 0}})
	if err != nil || len(got) != 1 || !got[0].HasLast {
		t.Fatal(got, err)
	}
	mark, ok, err := c.MarkBefore(ctx, Position{Notices, 0, got[0].Next})
	if err != nil || !ok || mark != got[0].Last {
		t.Errorf("%+v, %v, %v; kept %+v", mark, ok, err, got[0].Last)
	}
	inside, ok, err := c.MarkBefore(ctx, Position{Notices, 0, 3})
	if err != nil || !ok || inside.LastOffset != 3 || inside == mark {
		t.Errorf("inside a batch: %+v, %v, %v", inside, ok, err)
	}
	for _, at := range []int64{0, 100} {
		if _, ok, err := c.MarkBefore(ctx, Position{Notices, 0, at}); ok || err != nil {
			t.Errorf("offset %d: %v, %v", at, ok, err)
		}
	}
}
