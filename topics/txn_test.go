package topics

import (
	"errors"
	"fmt"
	"testing"
)

func begin(t *testing.T, w *TxnWriter) {
	t.Helper()
	if err := w.Begin(bounded(t)); err != nil {
		t.Fatal(err)
	}
}

func produce(t *testing.T, w *TxnWriter, outs ...Out) []Produced {
	t.Helper()
	where, err := w.Produce(bounded(t), outs)
	if err != nil {
		t.Fatal(err)
	}
	return where
}

func TestTransactions(t *testing.T) {
	c := cluster(t, CreateOptions{Partitions: 3})
	ctx := bounded(t)
	w := c.NewTxnWriter(TxnConfig{TransactionalID: c.TransactionalID("g", 1), Compression: LZ4})
	if err := w.Init(ctx); err != nil {
		t.Fatal(err)
	}
	rec := func(v string) Out {
		return Out{Topic: Violations, Partition: 1, Key: []byte("k"), Value: []byte(v),
			Headers: []Header{{"schema", []byte("s")}}}
	}
	begin(t, w)
	produce(t, w, rec("a"))
	if err := w.Abort(ctx); err != nil {
		t.Fatal(err)
	}
	begin(t, w)
	where := produce(t, w, rec("b"), rec("c"), Out{Topic: TaskCommits, Partition: 1, Key: []byte("1"), Value: []byte("x")})
	if len(where) != 2 || where[0].Records != 2 || where[0].Next != where[0].First+2 {
		t.Fatalf("produced %+v", where)
	}
	if stable, end := endOf(t, c, Violations, 1, LastStable), endOf(t, c, Violations, 1, Latest); stable >= end {
		t.Errorf("an open transaction does not hold the last stable offset back: %d, end %d", stable, end)
	}
	if err := w.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	end := stableEnd(t, c, Violations, 1)
	got := readTo(t, c.NewFetcher(FetchOptions{}), Position{Violations, 1, 0}, end)
	if len(got) != 2 || got[0].value != "b" || got[1].value != "c" || got[0].headers["schema"] != "s" ||
		got[0].offset != where[0].First {
		t.Errorf("read_committed gave %+v", got)
	}
	all := readTo(t, c.NewFetcher(FetchOptions{Uncommitted: true}), Position{Violations, 1, 0}, end)
	if len(all) != 3 {
		t.Errorf("read_uncommitted gave %d records, want 3", len(all))
	}
}

func TestFencing(t *testing.T) {
	c := cluster(t, CreateOptions{Partitions: 2})
	ctx := bounded(t)
	id := c.TransactionalID("g", 0)
	old, heir := c.NewTxnWriter(TxnConfig{TransactionalID: id}), c.NewTxnWriter(TxnConfig{TransactionalID: id})
	if err := old.Init(ctx); err != nil {
		t.Fatal(err)
	}
	begin(t, old)
	produce(t, old, Out{Topic: Violations, Partition: 0, Value: []byte("zombie")})
	if err := heir.Init(ctx); err != nil {
		t.Fatal(err)
	}
	if stable, end := endOf(t, c, Violations, 0, LastStable), endOf(t, c, Violations, 0, Latest); stable != end {
		t.Errorf("the predecessor's transaction is still open: %d of %d", stable, end)
	}
	if err := old.Commit(ctx); !errors.Is(err, ErrFenced) {
		t.Errorf("the zombie's commit gave %v", err)
	}
	begin(t, heir)
	produce(t, heir, Out{Topic: Violations, Partition: 0, Value: []byte("heir")})
	if err := heir.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	got := readTo(t, c.NewFetcher(FetchOptions{}), Position{Violations, 0, 0}, stableEnd(t, c, Violations, 0))
	if len(got) != 1 || got[0].value != "heir" {
		t.Errorf("read %+v", got)
	}
}

func TestManyTransactions(t *testing.T) {
	c := cluster(t, CreateOptions{Partitions: 2})
	ctx := bounded(t)
	w := c.NewTxnWriter(TxnConfig{TransactionalID: c.TransactionalID("many", 0)})
	if err := w.Init(ctx); err != nil {
		t.Fatal(err)
	}
	var want []string
	for i := range 40 {
		begin(t, w)
		v := fmt.Sprint(i)
		produce(t, w, Out{Topic: Violations, Partition: 0, Value: []byte(v)},
			Out{Topic: Violations, Partition: 1, Value: []byte(v)})
		var err error
		if i%5 == 3 {
			err = w.Abort(ctx)
		} else {
			want = append(want, v)
			err = w.Commit(ctx)
		}
		if err != nil {
			t.Fatal(i, err)
		}
	}
	for p := range int32(2) {
		got := readTo(t, c.NewFetcher(FetchOptions{}), Position{Violations, p, 0}, stableEnd(t, c, Violations, p))
		var values []string
		for _, r := range got {
			values = append(values, r.value)
		}
		if fmt.Sprint(values) != fmt.Sprint(want) {
			t.Errorf("partition %d: read %v, want %v", p, values, want)
		}
	}
}
