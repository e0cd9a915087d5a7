package topics

import (
	"slices"
	"sync"
	"testing"

	"github.com/segmentio/kafka-go/protocol"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// TestLostAnswerRenewsTheEpoch: after the answer to any request of a transaction
// was lost, the next one has another epoch, and only then.
func TestLostAnswerRenewsTheEpoch(t *testing.T) {
	w := &wire{}
	c := lossyCluster(t, w, testBrokers(t))
	ctx := bounded(t)
	tw := c.NewTxnWriter(TxnConfig{TransactionalID: c.TransactionalID("g", 0)})
	if err := tw.Init(ctx); err != nil {
		t.Fatal(err)
	}
	whole := func() {
		begin(t, tw)
		produce(t, tw, Out{Topic: Violations, Value: []byte("v")})
		if err := tw.SendOffsets(ctx, GroupOffsets{Group: c.Prefix() + "g", Generation: -1,
			Positions: []Position{{Notices, 0, 1}}}); err != nil {
			t.Fatal(err)
		}
		if err := tw.Commit(ctx); err != nil {
			t.Fatal(err)
		}
	}
	whole()
	for _, key := range []protocol.ApiKey{protocol.Produce, protocol.AddPartitionsToTxn, protocol.AddOffsetsToTxn,
		protocol.TxnOffsetCommit, protocol.EndTxn} {
		id, before := tw.Epoch()
		whole()
		if id2, same := tw.Epoch(); id2 != id || same != before {
			t.Errorf("%s: the epoch changes from %d to %d without a lost answer", key, before, same)
		}
		once := true
		w.mu.Lock()
		w.lose = func(k protocol.ApiKey) (request, answer bool) {
			lose := once && k == key
			once = once && !lose
			return false, lose
		}
		w.mu.Unlock()
		whole()
		whole()
		if id2, after := tw.Epoch(); id2 == id && after != before+1 {
			t.Errorf("%s: epoch %d after a lost answer, before it %d", key, after, before)
		}
	}
}

// TestLastIsSentLast: the records of the topic that is to be last are sent when
// all others are acknowledged, over several brokers and batches.
func TestLastIsSentLast(t *testing.T) {
	e := embedded(t, EmbeddedConfig{Ports: []int{0, 0, 0}})
	c := connect(t, e)
	if _, err := c.Create(bounded(t), CreateOptions{Partitions: 3}); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var order []string
	e.Cluster().ControlKey(int16(kmsg.Produce), func(r kmsg.Request) (kmsg.Response, error, bool) {
		e.Cluster().KeepControl()
		mu.Lock()
		defer mu.Unlock()
		for _, topic := range r.(*kmsg.ProduceRequest).Topics {
			order = append(order, c.short(topic.Topic))
		}
		return nil, nil, false
	})
	w := c.NewTxnWriter(TxnConfig{TransactionalID: "x", Last: TaskCommits, MaxBatchBytes: 100})
	if err := w.Init(bounded(t)); err != nil {
		t.Fatal(err)
	}
	begin(t, w)
	outs := []Out{{Topic: TaskCommits, Value: make([]byte, 40)}}
	for p := range int32(3) {
		for range 4 {
			outs = append(outs, Out{Topic: Violations, Partition: p, Value: make([]byte, 40)},
				Out{Topic: HandOver, Partition: p, Value: make([]byte, 40)})
		}
	}
	produce(t, w, outs...)
	if err := w.Commit(bounded(t)); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	// Four times two topics before it, where one broker happens to lead all their partitions.
	if n := len(order); n < 9 || slices.Index(order, TaskCommits) != n-1 {
		t.Errorf("sent in the order %v", order)
	}
}
