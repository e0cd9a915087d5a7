package topics

import (
	"slices"
	"testing"
)

// TestSameOffsets: a log can be copied without some of its records, so that all others lie at the offsets that
// they had, with their times, and who reads what is committed is given nothing in the places of those left out
// (decision 0046). What is left out here is one record, several in a row, the first, and the last ones.
func TestSameOffsets(t *testing.T) {
	c := cluster(t, CreateOptions{Partitions: 1, CreateTime: true})
	ctx := bounded(t)
	kept, end := []int64{1, 2, 4, 5, 9, 10, 11, 30}, int64(34)
	p := TopicPartition{CardEvents, 0}
	w := c.NewTxnWriter(TxnConfig{TransactionalID: c.TransactionalID("copy", 0)})
	if err := w.Init(ctx); err != nil {
		t.Fatal(err)
	}
	at := int64(0)
	for _, offset := range kept {
		if offset > at {
			if err := w.Skip(ctx, p, at, offset); err != nil {
				t.Fatal(err)
			}
		}
		out := Out{Topic: p.Topic, Partition: p.Partition, Key: []byte("P-1"), Value: []byte{byte(offset)},
			Timestamp: 1_700_000_000_000 + offset}
		where, err := c.NewProducer(ProducerConfig{}).Produce(ctx, []Out{out})
		if err != nil {
			t.Fatal(err)
		}
		if at = where[0].Next; at != offset+1 {
			t.Fatalf("the record of offset %d lies at %d", offset, at-1)
		}
	}
	if err := w.Skip(ctx, p, at, end); err != nil {
		t.Fatal(err)
	}
	if got := stableEnd(t, c, p.Topic, p.Partition); got != end {
		t.Fatalf("the copy ends at %d, not at %d", got, end)
	}
	var offsets []int64
	for _, r := range readTo(t, c.NewFetcher(FetchOptions{}), Position{Topic: p.Topic, Partition: p.Partition}, end) {
		offsets = append(offsets, r.offset)
		if r.ts != 1_700_000_000_000+r.offset || len(r.value) != 1 || int64(r.value[0]) != r.offset {
			t.Errorf("offset %d: time %d, value %q", r.offset, r.ts, r.value)
		}
	}
	if !slices.Equal(offsets, kept) {
		t.Errorf("read at %v, kept were %v", offsets, kept)
	}
}
