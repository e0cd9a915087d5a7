package topics

import (
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"net"
	"runtime"
	"sync"
	"testing"

	"github.com/segmentio/kafka-go/protocol"
)

// recorder is a network that counts requests. Once it replays, it gives every
// request the last answer that a broker gave to one of its kind, so that a
// measurement holds this package's work and nothing of a broker's.
type recorder struct {
	mu      sync.Mutex
	counts  map[protocol.ApiKey]int
	answers map[protocol.ApiKey][]byte
	replays bool
}

func newRecorder() *recorder {
	return &recorder{counts: map[protocol.ApiKey]int{}, answers: map[protocol.ApiKey][]byte{}}
}

func (r *recorder) dial(ctx context.Context, addr string) (net.Conn, error) {
	c, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	return &recorded{Conn: c, r: r}, nil
}

// recorded is a connection of a recorder: one request at a time.
type recorded struct {
	net.Conn
	r      *recorder
	key    protocol.ApiKey
	answer []byte // what was read of the answer, or is left to read of a replayed one
	again  bool
}

func (c *recorded) Write(b []byte) (int, error) {
	c.r.mu.Lock()
	defer c.r.mu.Unlock()
	c.key = protocol.ApiKey(binary.BigEndian.Uint16(b[4:]))
	c.r.counts[c.key]++
	kept, again := c.r.answers[c.key]
	if c.again = again && c.r.replays; c.again {
		c.answer = append(c.answer[:0], kept...)
		copy(c.answer[4:8], b[8:12])
		return len(b), nil
	}
	c.answer = c.answer[:0]
	return c.Conn.Write(b)
}

func (c *recorded) Read(b []byte) (int, error) {
	if c.again {
		n := copy(b, c.answer)
		c.answer = append(c.answer[:0], c.answer[n:]...)
		return n, nil
	}
	n, err := c.Conn.Read(b)
	c.answer = append(c.answer, b[:n]...)
	if len(c.answer) > 4 && len(c.answer) == 4+int(binary.BigEndian.Uint32(c.answer)) {
		c.r.mu.Lock()
		c.r.answers[c.key] = append([]byte(nil), c.answer...)
		c.r.mu.Unlock()
	}
	return n, err
}

// recordedCluster is a client of an embedded broker over a recorder.
func recordedCluster(t testing.TB, r *recorder, opt CreateOptions) *Client {
	t.Helper()
	c, err := Connect(bounded(t), Config{Brokers: embedded(t, EmbeddedConfig{}).Brokers(), Prefix: "t.", dialer: r.dial})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	if _, err := c.Create(bounded(t), opt); err != nil {
		t.Fatal(err)
	}
	return c
}

// transact is a transaction as a task's cycle makes it: violations, outcomes and
// notices of some persons, the commit record, the group's offsets.
func transact(t testing.TB, w *TxnWriter, outs []Out, positions []Position) {
	t.Helper()
	ctx := context.Background()
	if err := w.Begin(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Produce(ctx, outs); err != nil {
		t.Fatal(err)
	}
	if err := w.SendOffsets(ctx, GroupOffsets{Group: "t.g", Generation: -1, Positions: positions}); err != nil {
		t.Fatal(err)
	}
	if err := w.Commit(ctx); err != nil {
		t.Fatal(err)
	}
}

// cycleOuts are the records of such a transaction, about 300 KB.
func cycleOuts() ([]Out, []Position) {
	var outs []Out
	value := make([]byte, 900)
	for i := range 100 {
		key := fmt.Appendf(nil, "person-%06d", i)
		for _, topic := range []string{Violations, Outcomes, Notices} {
			outs = append(outs, Out{Topic: topic, Key: key, Value: value, Timestamp: int64(i + 1),
				Headers: []Header{{"schema", []byte("tilsyn")}, {"unit", key}}})
		}
	}
	outs = append(outs, Out{Topic: TaskCommits, Key: []byte("0"), Value: value})
	var positions []Position
	for _, s := range []string{CardAssignments, CardEvents, GroupChanges, Notices} {
		positions = append(positions, Position{s, 0, 1})
	}
	return outs, positions
}

// BenchmarkProduce is what this package does for one transaction of a cycle,
// without the broker.
func BenchmarkProduce(b *testing.B) {
	r := newRecorder()
	c := recordedCluster(b, r, CreateOptions{Partitions: 1, CreateTime: true})
	w := c.NewTxnWriter(TxnConfig{TransactionalID: c.TransactionalID("g", 0)})
	if err := w.Init(bounded(b)); err != nil {
		b.Fatal(err)
	}
	outs, positions := cycleOuts()
	transact(b, w, outs, positions)
	r.mu.Lock()
	r.replays = true
	r.mu.Unlock()
	b.ReportAllocs()
	for b.Loop() {
		transact(b, w, outs, positions)
	}
}

// TestProduceUsesItsMemoryAgain: a transaction of 300 KB makes next to no garbage.
func TestProduceUsesItsMemoryAgain(t *testing.T) {
	r := newRecorder()
	c := recordedCluster(t, r, CreateOptions{Partitions: 1, CreateTime: true})
	w := c.NewTxnWriter(TxnConfig{TransactionalID: c.TransactionalID("g", 0)})
	if err := w.Init(bounded(t)); err != nil {
		t.Fatal(err)
	}
	outs, positions := cycleOuts()
	transact(t, w, outs, positions)
	r.mu.Lock()
	r.replays = true
	r.mu.Unlock()
	const rounds = 20
	var before, after runtime.MemStats
	transact(t, w, outs, positions)
	runtime.ReadMemStats(&before)
	for range rounds {
		transact(t, w, outs, positions)
	}
	runtime.ReadMemStats(&after)
	if per := (after.TotalAlloc - before.TotalAlloc) / rounds; per > 150_000 {
		t.Errorf("%d bytes of garbage a transaction", per)
	}
}

// TestRequestsOfATransaction: a transaction takes one request of each kind, also
// with several partitions and batches.
func TestRequestsOfATransaction(t *testing.T) {
	r := newRecorder()
	c := recordedCluster(t, r, CreateOptions{Partitions: 1, CreateTime: true})
	w := c.NewTxnWriter(TxnConfig{TransactionalID: c.TransactionalID("g", 0)})
	if err := w.Init(bounded(t)); err != nil {
		t.Fatal(err)
	}
	outs, positions := cycleOuts()
	transact(t, w, outs, positions)
	r.mu.Lock()
	clear(r.counts)
	r.mu.Unlock()
	transact(t, w, outs, positions)
	want := map[protocol.ApiKey]int{protocol.AddPartitionsToTxn: 1, protocol.Produce: 1,
		protocol.AddOffsetsToTxn: 1, protocol.TxnOffsetCommit: 1, protocol.EndTxn: 1}
	if !maps.Equal(r.counts, want) {
		t.Errorf("requests: %v", r.counts)
	}
}
