package topics

import (
	"math"
	"testing"
)

// A transactional id whose epochs are used up gets a new producer id, and
// writing goes on under it.
func TestEpochsAreUsedUp(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("asks for 32,767 epochs")
	}
	c := connect(t, embedded(t, EmbeddedConfig{}))
	ctx := bounded(t)
	if _, err := c.Create(ctx, CreateOptions{Partitions: 1}); err != nil {
		t.Fatal(err)
	}
	w := c.NewTxnWriter(TxnConfig{TransactionalID: "worn"})
	ids := map[int64]bool{}
	for n := 0; len(ids) < 2; n++ {
		if n > math.MaxInt16+2 {
			t.Fatal("the producer id does not change")
		}
		if err := w.Init(ctx); err != nil {
			t.Fatal(err)
		}
		id, _ := w.Epoch()
		ids[id] = true
	}
	begin(t, w)
	produce(t, w, Out{Topic: Violations, Partition: 0, Value: []byte("v")})
	if err := w.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	if end := stableEnd(t, c, Violations, 0); end != 2 {
		t.Errorf("the log ends at %d, want a record and a marker", end)
	}
}

// The coordinators of transactions and groups move in the middle of each of
// many transactions: all are committed once.
func TestCoordinatorMoves(t *testing.T) {
	t.Parallel()
	e := embedded(t, EmbeddedConfig{Ports: []int{0, 0, 0}})
	c := connect(t, e)
	ctx := bounded(t)
	if _, err := c.Create(ctx, CreateOptions{Partitions: 1}); err != nil {
		t.Fatal(err)
	}
	w := c.NewTxnWriter(TxnConfig{TransactionalID: "moving"})
	if err := w.Init(ctx); err != nil {
		t.Fatal(err)
	}
	const rounds = 20
	for n := range rounds {
		begin(t, w)
		e.Cluster().RehashCoordinators()
		produce(t, w, Out{Topic: Violations, Partition: 0, Value: []byte{byte(n)}})
		e.Cluster().RehashCoordinators()
		if err := w.SendOffsets(ctx, GroupOffsets{Group: "g", Generation: -1,
			Positions: []Position{{CardEvents, 0, int64(n)}}}); err != nil {
			t.Fatal(err)
		}
		e.Cluster().RehashCoordinators()
		if err := w.Commit(ctx); err != nil {
			t.Fatal(err)
		}
	}
	end := stableEnd(t, c, Violations, 0)
	rows := readTo(t, c.NewFetcher(FetchOptions{}), Position{Violations, 0, 0}, end)
	if len(rows) != rounds {
		t.Fatalf("%d records, want %d", len(rows), rounds)
	}
	for n, r := range rows {
		if r.value != string(rune(n)) {
			t.Errorf("record %d is %q", n, r.value)
		}
	}
}
