package topics

import (
	"fmt"
	"testing"
)

// TestLast: the newest committed record is found behind any number of aborted
// ones, and a partition without one says so.
func TestLast(t *testing.T) {
	c := cluster(t, CreateOptions{Partitions: 2})
	ctx := bounded(t)
	tp := TopicPartition{TaskCommits, 1}
	if _, ok, err := c.Last(ctx, tp, settled(t, c, TaskCommits, 1)); ok || err != nil {
		t.Fatalf("of nothing: %v, %v", ok, err)
	}
	w := c.NewTxnWriter(TxnConfig{TransactionalID: c.TransactionalID("g", 1)})
	if err := w.Init(ctx); err != nil {
		t.Fatal(err)
	}
	write := func(n int, commit bool) {
		begin(t, w)
		var outs []Out
		for i := range n {
			outs = append(outs, Out{Topic: TaskCommits, Partition: 1, Key: []byte("1"),
				Value: fmt.Appendf(nil, "%v-%d", commit, i), Headers: []Header{{"h", []byte("x")}}})
		}
		produce(t, w, outs...)
		end := w.Abort
		if commit {
			end = w.Commit
		}
		if err := end(ctx); err != nil {
			t.Fatal(err)
		}
	}
	for _, behind := range []int{0, 1, 40, 700} {
		write(3, true)
		if behind > 0 {
			write(behind, false)
		}
		end := settled(t, c, TaskCommits, 1)
		r, ok, err := c.Last(ctx, tp, end)
		if err != nil || !ok || string(r.Value) != "true-2" || string(r.Header("h")) != "x" {
			t.Errorf("%d aborted behind: %q, %v, %v", behind, r.Value, ok, err)
		}
		before, ok, err := c.Last(ctx, tp, r.Offset)
		if err != nil || !ok || string(before.Value) != "true-1" {
			t.Errorf("below the last: %q, %v, %v", before.Value, ok, err)
		}
	}
}
