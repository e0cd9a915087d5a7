package topics

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
)

// TestAbortedInFullAnswers: records of an aborted transaction are not returned, however small the
// largest answer of the embedded broker is.
func TestAbortedInFullAnswers(t *testing.T) {
	c := connect(t, embedded(t, EmbeddedConfig{}))
	ctx := bounded(t)
	if _, err := c.Create(ctx, CreateOptions{Partitions: 1}); err != nil {
		t.Fatal(err)
	}
	w, p := c.NewTxnWriter(TxnConfig{TransactionalID: "task"}), c.NewProducer(ProducerConfig{})
	if err := w.Init(ctx); err != nil {
		t.Fatal(err)
	}
	pad := bytes.Repeat([]byte("x"), 300)
	var want []string
	for n := range 30 {
		for _, topic := range []string{Notices, Holds} {
			text := fmt.Sprint(topic, n)
			begin(t, w)
			produce(t, w, Out{Topic: topic, Key: []byte("k"), Value: slices.Concat([]byte("aborted"), pad)})
			if err := p.Add(ctx, Out{Topic: topic, Key: []byte(text), Value: pad}); err != nil {
				t.Fatal(err)
			}
			if err := p.Flush(ctx); err != nil {
				t.Fatal(err)
			}
			if err := w.Abort(ctx); err != nil {
				t.Fatal(err)
			}
			want = append(want, text)
		}
	}
	slices.Sort(want)
	for _, most := range []int32{100, 700, 1500, 4000, 1 << 20} {
		f := c.NewFetcher(FetchOptions{MaxBytes: most, MaxPartitionBytes: most})
		at, ends := map[string]int64{Notices: 0, Holds: 0}, map[string]int64{}
		for topic := range at {
			ends[topic] = endOf(t, c, topic, 0, LastStable)
		}
		var got []string
		for at[Notices] < ends[Notices] || at[Holds] < ends[Holds] {
			answer, err := f.Fetch(ctx, []Position{{Notices, 0, at[Notices]}, {Holds, 0, at[Holds]}})
			if err != nil {
				t.Fatal(err)
			}
			for i := range answer {
				if err := answer[i].Each(func(r *Record) error { got = append(got, string(r.Key)); return nil }); err != nil {
					t.Fatal(err)
				}
				at[answer[i].Topic] = answer[i].Next
			}
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("at most %d bytes: %d records show, want %d", most, len(got), len(want))
		}
	}
}

// TestAnIdleFetcher: a fetcher that has nothing to do gives back the memory of a large answer, keeps that of a
// small one, and goes on as before.
func TestAnIdleFetcher(t *testing.T) {
	c := connect(t, embedded(t, EmbeddedConfig{}))
	ctx := bounded(t)
	if _, err := c.Create(ctx, CreateOptions{Partitions: 1}); err != nil {
		t.Fatal(err)
	}
	p := c.NewProducer(ProducerConfig{})
	fetch := func(f *Fetcher, from int64, size int) {
		t.Helper()
		if err := p.Add(ctx, Out{Topic: Notices, Key: []byte("k"), Value: bytes.Repeat([]byte("x"), size)}); err != nil {
			t.Fatal(err)
		}
		if err := p.Flush(ctx); err != nil {
			t.Fatal(err)
		}
		if got, err := f.Fetch(ctx, []Position{{Notices, 0, from}}); err != nil || len(got) != 1 || got[0].Next != from+1 {
			t.Fatalf("from %d on: %+v, %v", from, got, err)
		}
	}
	f := c.NewFetcher(FetchOptions{})
	held := func() int { return len(f.asks) }
	fetch(f, 0, 100)
	f.Idle()
	if held() != 1 {
		t.Error("the memory of a small answer is given back")
	}
	fetch(f, 1, 2*idleBytes)
	f.Idle()
	if held() != 0 {
		t.Error("the memory of a large answer is kept")
	}
	fetch(f, 2, 100)
}
