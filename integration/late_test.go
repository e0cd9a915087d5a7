package integration

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"tilsyn/integration/kafkaproc"
	"tilsyn/integration/netfault"
	"tilsyn/topics"
)

// API keys of the requests of a transaction.
const (
	keyProduce          = 0
	keyInitProducerID   = 22
	keyAddPartitions    = 24
	keyAddOffsets       = 25
	keyEndTxn           = 26
	keyTxnOffsetCommit  = 28
	lateRequestTimeout  = 2 * time.Second
	lateGroup           = "late"
	lateTopicPartitions = 3
)

// lateRig is a writer of transactions behind a network that can keep its requests.
type lateRig struct {
	t       *testing.T
	proxy   *netfault.Proxy
	address string
	client  *topics.Client
	w       *topics.TxnWriter
}

// newLateRig starts a broker behind a proxy.
func newLateRig(t *testing.T, settings ...string) *lateRig {
	t.Helper()
	p, err := netfault.Listen(1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	c := kafkaproc.ClusterForTest(t, kafkaproc.ClusterConfig{Nodes: 1, Proxies: []string{p.Address()}, Settings: settings})
	p.To(c.Behind(0))
	return &lateRig{t: t, proxy: p, address: p.Address()}
}

// fresh is the rig of one test, with topics and a transactional id of its own.
func (r *lateRig) fresh(t *testing.T) *lateRig {
	t.Helper()
	c, err := topics.Connect(t.Context(), topics.Config{Brokers: []string{r.address},
		Prefix: fmt.Sprintf("l%x.", rand.Uint32()), RequestTimeout: lateRequestTimeout})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	if _, err := c.Create(t.Context(), topics.CreateOptions{Partitions: lateTopicPartitions}); err != nil {
		t.Fatal(err)
	}
	out := &lateRig{t: t, proxy: r.proxy, address: r.address, client: c,
		w: c.NewTxnWriter(topics.TxnConfig{TransactionalID: c.TransactionalID("g", 1), Last: topics.TaskCommits})}
	if err := out.w.Init(t.Context()); err != nil {
		t.Fatal(err)
	}
	return out
}

func (r *lateRig) begin() {
	r.t.Helper()
	if err := r.w.Begin(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
}

func (r *lateRig) produce(topic string, values ...string) {
	r.t.Helper()
	outs := make([]topics.Out, len(values))
	for i, v := range values {
		outs[i] = topics.Out{Topic: topic, Partition: 1, Key: []byte("k"), Value: []byte(v)}
	}
	if _, err := r.w.Produce(r.t.Context(), outs); err != nil {
		r.t.Fatal(err)
	}
}

func (r *lateRig) sendOffset(n int64) {
	r.t.Helper()
	g := topics.GroupOffsets{Group: r.group(), Generation: -1,
		Positions: []topics.Position{{Topic: topics.CardEvents, Partition: 1, Offset: n}}}
	if err := r.w.SendOffsets(r.t.Context(), g); err != nil {
		r.t.Fatal(err)
	}
}

func (r *lateRig) group() string { return r.client.Prefix() + lateGroup }

func (r *lateRig) commit() {
	r.t.Helper()
	if err := r.w.Commit(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
}

// arrives lets the request that was kept arrive, and gives the broker time to do
// whatever it does because of it.
func (r *lateRig) arrives() {
	r.t.Helper()
	if _, err := r.proxy.Deliver(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond)
}

// read is what a read_committed reader gets of a topic, once nothing is open on it.
func (r *lateRig) read(topic string) (values []string) {
	r.t.Helper()
	part := topics.TopicPartition{Topic: topic, Partition: 1}
	end := r.stableEnd(topic)
	f := r.client.NewFetcher(topics.FetchOptions{})
	for at := int64(0); at < end; {
		got, err := f.Fetch(r.t.Context(), []topics.Position{{Topic: topic, Partition: 1, Offset: at}})
		if err != nil {
			r.t.Fatal(err)
		}
		for i := range got {
			err := got[i].Each(func(rec *topics.Record) error { values = append(values, string(rec.Value)); return nil })
			if err != nil {
				r.t.Fatal(part, err)
			}
			at = got[i].Next
		}
	}
	return values
}

// stableEnd waits until no transaction is open on a topic, and returns its end.
func (r *lateRig) stableEnd(topic string) int64 {
	r.t.Helper()
	part := []topics.TopicPartition{{Topic: topic, Partition: 1}}
	for range 100 {
		stable, err1 := r.client.Offsets(r.t.Context(), part, topics.LastStable)
		end, err2 := r.client.Offsets(r.t.Context(), part, topics.Latest)
		if err := errors.Join(err1, err2); err != nil {
			r.t.Fatal(err)
		}
		if stable[part[0]] == end[part[0]] {
			return end[part[0]]
		}
		time.Sleep(50 * time.Millisecond)
	}
	r.t.Fatalf("a transaction stays open on %s", topic)
	return 0
}

func (r *lateRig) want(topic string, values ...string) {
	r.t.Helper()
	if got := r.read(topic); !slices.Equal(got, values) {
		r.t.Errorf("read_committed gives %q of %s, want %q", got, topic, values)
	}
}

// TestLateRequestsOfATransaction: a request of a transaction whose answer was lost
// is repeated, and its first copy arrives in the middle of the next transaction,
// or between the two. Whichever request it is, the next transaction is whole.
func TestLateRequestsOfATransaction(t *testing.T) {
	rig := newLateRig(t)
	keep := map[string]func(key int16, n int){"reset": rig.proxy.Keep, "hanging": rig.proxy.Hang}
	for _, c := range []struct {
		name string
		key  int16
	}{
		{"Produce", keyProduce}, {"AddPartitionsToTxn", keyAddPartitions}, {"AddOffsetsToTxn", keyAddOffsets},
		{"TxnOffsetCommit", keyTxnOffsetCommit}, {"EndTxn", keyEndTxn},
	} {
		for how, lose := range keep {
			for _, when := range []string{"between", "within"} {
				t.Run(strings.Join([]string{c.name, how, when}, "/"), func(t *testing.T) {
					r := rig.fresh(t)
					r.begin()
					lose(c.key, 1)
					r.produce(topics.Violations, "first")
					r.produce(topics.TaskCommits, "first")
					r.sendOffset(10)
					r.commit()
					if rig.proxy.Kept() != 1 {
						t.Fatal("no answer was lost; the test proves nothing")
					}
					if when == "between" {
						r.arrives()
					}
					r.begin()
					r.produce(topics.Violations, "second a")
					r.sendOffset(20)
					if when == "within" {
						r.arrives()
					}
					r.produce(topics.Violations, "second b")
					r.produce(topics.TaskCommits, "second")
					r.commit()
					r.want(topics.Violations, "first", "second a", "second b")
					r.want(topics.TaskCommits, "first", "second")
					r.wantOffset(20)
				})
			}
		}
	}
}

// wantOffset waits until the group's offset is the one wanted, and no other a
// moment later.
func (r *lateRig) wantOffset(want int64) {
	r.t.Helper()
	part := topics.TopicPartition{Topic: topics.CardEvents, Partition: 1}
	got := int64(-1)
	for range 40 {
		now, err := r.client.Committed(r.t.Context(), r.group(), []topics.TopicPartition{part})
		if err != nil {
			r.t.Fatal(err)
		}
		if got = now[part]; got == want {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	r.t.Errorf("the group's offset is %d, want %d", got, want)
}

// TestLateInitProducerID: the request that takes a transactional id over, arriving
// late, takes it over from its own sender. The transaction that is open is taken
// back whole and its writer is told that it is fenced.
func TestLateInitProducerID(t *testing.T) {
	rig := newLateRig(t)
	r := rig.fresh(t)
	r.proxy.Keep(keyInitProducerID, 1)
	if err := r.w.Init(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.begin()
	r.produce(topics.Violations, "taken back")
	r.arrives()
	if err := r.w.Commit(t.Context()); !errors.Is(err, topics.ErrFenced) {
		t.Errorf("Commit: %v, want fenced", err)
	}
	r.want(topics.Violations)
	if err := r.w.Init(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.begin()
	r.produce(topics.Violations, "whole")
	r.commit()
	r.want(topics.Violations, "whole")
}

// TestLateRenewal: the request that renews the epoch after a lost answer gets lost
// itself and arrives late.
func TestLateRenewal(t *testing.T) {
	r := newLateRig(t).fresh(t)
	r.begin()
	r.proxy.Keep(keyEndTxn, 1)
	r.produce(topics.Violations, "first")
	r.commit()
	r.proxy.Keep(keyInitProducerID, 1)
	r.begin()
	if n := r.proxy.Kept(); n != 2 {
		t.Fatalf("%d requests are kept, want EndTxn and the one that renews", n)
	}
	r.produce(topics.Violations, "second a")
	r.arrives() // EndTxn
	r.produce(topics.Violations, "second b")
	r.commit()
	r.want(topics.Violations, "first", "second a", "second b")
	r.begin()
	r.produce(topics.Violations, "third a")
	r.arrives() // may fence, and then all of it is taken back
	_, err := r.w.Produce(t.Context(), []topics.Out{{Topic: topics.Violations, Partition: 1, Value: []byte("third b")}})
	if err == nil {
		err = r.w.Commit(t.Context())
	} else if errors.Is(err, topics.ErrAbortable) {
		err = errors.Join(err, r.w.Abort(t.Context()))
	}
	want := []string{"first", "second a", "second b"}
	if err == nil {
		want = append(want, "third a", "third b")
	} else if !errors.Is(err, topics.ErrFenced) && !errors.Is(err, topics.ErrAbortable) {
		t.Errorf("the third transaction ends with %v", err)
	}
	r.want(topics.Violations, want...)
}

// TestTakeoverWhileCommitting: while an owner commits, a successor takes over. The
// old owner learns that it was fenced, or that it must abort, and never that
// something is wrong for good: the coordinator may answer with an error without a
// name at that moment.
func TestTakeoverWhileCommitting(t *testing.T) {
	r := newLateRig(t).fresh(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("moments of taking over from seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	id := r.client.TransactionalID("race", 0)
	told := map[string]int{}
	for range 250 {
		old := r.client.NewTxnWriter(topics.TxnConfig{TransactionalID: id})
		heir := r.client.NewTxnWriter(topics.TxnConfig{TransactionalID: id})
		if err := old.Init(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := old.Begin(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := old.Produce(t.Context(),
			[]topics.Out{{Topic: topics.Violations, Partition: 1, Value: []byte("v")}}); err != nil {
			t.Fatal(err)
		}
		taken := make(chan error, 1)
		go func() { taken <- heir.Init(t.Context()) }()
		time.Sleep(time.Duration(random.IntN(3000)) * time.Microsecond)
		err := old.Commit(t.Context())
		switch {
		case err == nil:
			told["committed"]++
		case errors.Is(err, topics.ErrFatal):
			t.Errorf("the old owner ends for good: %v", err)
		case errors.Is(err, topics.ErrFenced):
			told["fenced"]++
		default:
			told[err.Error()]++
		}
		if err := <-taken; err != nil {
			t.Fatalf("the successor: %v", err)
		}
	}
	t.Log(told)
}
