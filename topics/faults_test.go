package topics

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/segmentio/kafka-go/protocol"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// wire is a network that loses requests or their answers.
type wire struct {
	mu sync.Mutex
	// lose says of a request about to be sent whether it is lost, or its answer
	// after the broker has done the work.
	lose func(key protocol.ApiKey) (request, answer bool)
	lost int
}

func (w *wire) dial(ctx context.Context, addr string) (net.Conn, error) {
	c, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	return &lossy{Conn: c, w: w}, nil
}

// lossy is a connection that loses the requests or answers that its wire says.
type lossy struct {
	net.Conn
	w    *wire
	deaf bool
}

func (l *lossy) Write(b []byte) (int, error) {
	if len(b) < 8 {
		return l.Conn.Write(b)
	}
	l.w.mu.Lock()
	request, answer := false, false
	if l.w.lose != nil {
		request, answer = l.w.lose(protocol.ApiKey(binary.BigEndian.Uint16(b[4:])))
	}
	if request || answer {
		l.w.lost++
	}
	l.w.mu.Unlock()
	if request {
		_ = l.Conn.Close()
		return 0, io.ErrClosedPipe
	}
	l.deaf = answer
	return l.Conn.Write(b)
}

func (l *lossy) Read(b []byte) (int, error) {
	n, err := l.Conn.Read(b) // the answer comes once the work is done
	if l.deaf {
		_ = l.Conn.Close()
		return 0, io.ErrUnexpectedEOF
	}
	return n, err
}

// lossyCluster is a client over a network that loses things.
func lossyCluster(t *testing.T, w *wire, brokers []string) *Client {
	t.Helper()
	cfg := Config{Brokers: brokers, Prefix: fmt.Sprintf("l%x.", anyPrefix()),
		GiveUpAfter: 20 * time.Second, dialer: w.dial}
	c, err := Connect(bounded(t), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	if _, err := c.Create(bounded(t), CreateOptions{Partitions: 2, CreateTime: true}); err != nil {
		t.Fatal(err)
	}
	return c
}

func testBrokers(t *testing.T) []string {
	t.Helper()
	if real := realBrokers(); real != nil {
		return real
	}
	return embedded(t, EmbeddedConfig{}).Brokers()
}

// TestLossyNetwork: whatever request or answer is lost, every transaction and
// every record of the plain producer is there once, in order.
func TestLossyNetwork(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 0))
	w := &wire{}
	c := lossyCluster(t, w, testBrokers(t))
	ctx := bounded(t)
	// It sends no heartbeats, and a slow machine needs longer than the default.
	m := c.NewMember(MemberConfig{Group: c.Prefix() + "g", InstanceID: "i", SessionTimeout: 5 * time.Minute})
	w.mu.Lock()
	w.lose = func(protocol.ApiKey) (bool, bool) { n := rnd.IntN(20); return n == 0, n == 1 }
	w.mu.Unlock()
	a, err := m.Join(ctx)
	if err != nil {
		t.Fatal(err)
	}
	tw := c.NewTxnWriter(TxnConfig{TransactionalID: c.TransactionalID("g", 0)})
	if err := tw.Init(ctx); err != nil {
		t.Fatal(err)
	}
	p := c.NewProducer(ProducerConfig{})
	want := map[string][]string{}
	for i := range 60 {
		v := fmt.Sprint(i)
		begin(t, tw)
		produce(t, tw, Out{Topic: Violations, Value: []byte(v)}, Out{Topic: TaskCommits, Key: []byte("0"), Value: []byte(v)})
		if err := tw.SendOffsets(ctx, a.Offsets([]Position{{CardEvents, 0, int64(i)}})); err != nil {
			t.Fatal(err)
		}
		if i%7 == 5 {
			if err := tw.Abort(ctx); err != nil {
				t.Fatal(err)
			}
		} else {
			if err := tw.Commit(ctx); err != nil {
				t.Fatal(err)
			}
			want[Violations] = append(want[Violations], v)
		}
		if _, err := p.Produce(ctx, []Out{{Topic: Notices, Value: []byte(v)}}); err != nil {
			t.Fatal(err)
		}
		want[Notices] = append(want[Notices], v)
	}
	for _, topic := range []string{Violations, Notices} {
		var got []string
		for _, r := range readTo(t, c.NewFetcher(FetchOptions{}), Position{topic, 0, 0}, stableEnd(t, c, topic, 0)) {
			got = append(got, r.value)
		}
		if !slices.Equal(got, want[topic]) {
			t.Errorf("%s: read %v", topic, got)
		}
	}
	if w.lost < 20 {
		t.Errorf("only %d losses", w.lost)
	}
}

// TestUnknownOutcome: as long as EndTxn gets no answer, Commit returns ErrOutcomeUnknown;
// repeated, it finds out.
func TestUnknownOutcome(t *testing.T) {
	t.Parallel()
	w := &wire{}
	c := lossyCluster(t, w, testBrokers(t))
	ctx := bounded(t)
	tw := c.NewTxnWriter(TxnConfig{TransactionalID: c.TransactionalID("g", 0)})
	if err := tw.Init(ctx); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"request", "answer"} {
		begin(t, tw)
		produce(t, tw, Out{Topic: Violations, Value: []byte(name)})
		w.mu.Lock()
		w.lose = func(k protocol.ApiKey) (bool, bool) {
			return k == protocol.EndTxn && name == "request", k == protocol.EndTxn
		}
		w.mu.Unlock()
		patient := c.cfg.GiveUpAfter
		c.cfg.GiveUpAfter = 300 * time.Millisecond
		err := tw.Commit(ctx)
		c.cfg.GiveUpAfter = patient
		if !errors.Is(err, ErrOutcomeUnknown) || !errors.Is(err, ErrGaveUp) {
			t.Fatalf("%s lost: %v", name, err)
		}
		if err := tw.Begin(ctx); err == nil {
			t.Error("a new transaction before the outcome is known")
		}
		w.mu.Lock()
		w.lose = nil
		w.mu.Unlock()
		if err := tw.Commit(ctx); err != nil {
			t.Fatalf("repeated after lost %s: %v", name, err)
		}
	}
	got := readTo(t, c.NewFetcher(FetchOptions{}), Position{Violations, 0, 0}, stableEnd(t, c, Violations, 0))
	if len(got) != 2 || got[0].value != "request" || got[1].value != "answer" {
		t.Errorf("read %+v", got)
	}
}

// TestPassingCodes: error codes of a coordinator or leader that is not ready yet are waited out.
func TestPassingCodes(t *testing.T) {
	e := embedded(t, EmbeddedConfig{})
	c := connect(t, e)
	ctx := bounded(t)
	if _, err := c.Create(ctx, CreateOptions{Partitions: 1}); err != nil {
		t.Fatal(err)
	}
	codes := []Code{codeCoordinatorLoading, codeCoordinatorNotAvailable, codeNotCoordinator, codeConcurrentTransactions}
	next := func() int16 { c := codes[0]; codes = append(codes[1:], c); return int16(c) }
	e.Cluster().ControlKey(int16(kmsg.InitProducerID), func(r kmsg.Request) (kmsg.Response, error, bool) {
		res := r.ResponseKind().(*kmsg.InitProducerIDResponse)
		res.ErrorCode = next()
		return res, nil, true
	})
	e.Cluster().ControlKey(int16(kmsg.EndTxn), func(r kmsg.Request) (kmsg.Response, error, bool) {
		res := r.ResponseKind().(*kmsg.EndTxnResponse)
		res.ErrorCode = next()
		return res, nil, true
	})
	e.Cluster().ControlKey(int16(kmsg.FindCoordinator), func(r kmsg.Request) (kmsg.Response, error, bool) {
		res := r.ResponseKind().(*kmsg.FindCoordinatorResponse)
		res.ErrorCode = int16(codeCoordinatorNotAvailable)
		return res, nil, true
	})
	e.Cluster().ControlKey(int16(kmsg.AddPartitionsToTxn), func(r kmsg.Request) (kmsg.Response, error, bool) {
		req := r.(*kmsg.AddPartitionsToTxnRequest)
		res := r.ResponseKind().(*kmsg.AddPartitionsToTxnResponse)
		for _, t := range req.Topics {
			rt := kmsg.NewAddPartitionsToTxnResponseTopic()
			rt.Topic = t.Topic
			for _, p := range t.Partitions {
				rp := kmsg.NewAddPartitionsToTxnResponseTopicPartition()
				rp.Partition, rp.ErrorCode = p, int16(codeConcurrentTransactions)
				rt.Partitions = append(rt.Partitions, rp)
			}
			res.Topics = append(res.Topics, rt)
		}
		return res, nil, true
	})
	w := c.NewTxnWriter(TxnConfig{TransactionalID: "x"})
	if err := w.Init(ctx); err != nil {
		t.Fatal(err)
	}
	begin(t, w)
	produce(t, w, Out{Topic: Violations, Value: []byte("v")})
	if err := w.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	if got := readTo(t, c.NewFetcher(FetchOptions{}), Position{Violations, 0, 0},
		stableEnd(t, c, Violations, 0)); len(got) != 1 {
		t.Errorf("read %+v", got)
	}
}

// TestFencingCodes: a fenced producer gets ErrFenced, whichever request finds it out.
func TestFencingCodes(t *testing.T) {
	c := cluster(t, CreateOptions{Partitions: 1})
	ctx := bounded(t)
	id := c.TransactionalID("g", 0)
	zombie, heir := c.NewTxnWriter(TxnConfig{TransactionalID: id}), c.NewTxnWriter(TxnConfig{TransactionalID: id})
	v := Out{Topic: Violations, Value: []byte("v")}
	for name, act := range map[string]func() error{
		"first record": func() error { _, err := zombie.Produce(ctx, []Out{v}); return err },
		"offsets": func() error {
			return zombie.SendOffsets(ctx,
				GroupOffsets{Group: c.Prefix() + "g", Generation: -1, Positions: []Position{{Notices, 0, 1}}})
		},
	} {
		if err := zombie.Init(ctx); err != nil {
			t.Fatal(err)
		}
		begin(t, zombie)
		if err := heir.Init(ctx); err != nil {
			t.Fatal(err)
		}
		if err := act(); !errors.Is(err, ErrFenced) {
			t.Errorf("%s: %v", name, err)
		}
		if err := zombie.Begin(ctx); err == nil {
			t.Errorf("%s: a fenced writer goes on without Init", name)
		}
	}
	if err := zombie.Init(ctx); err != nil {
		t.Fatal(err)
	}
	begin(t, zombie)
	produce(t, zombie, v)
	if err := heir.Init(ctx); err != nil {
		t.Fatal(err)
	}
	// A broker may notice first that the transaction is over.
	_, err := zombie.Produce(ctx, []Out{v})
	if errors.Is(err, ErrAbortable) {
		err = zombie.Abort(ctx)
	}
	if !errors.Is(err, ErrFenced) {
		t.Errorf("second record: %v", err)
	}
}

// TestLeadersMove: produce and fetch follow their partitions from broker to
// broker.
func TestLeadersMove(t *testing.T) {
	t.Parallel()
	e := embedded(t, EmbeddedConfig{Ports: []int{0, 0, 0}})
	c := connect(t, e)
	ctx := bounded(t)
	if _, err := c.Create(ctx, CreateOptions{Partitions: 2}); err != nil {
		t.Fatal(err)
	}
	p := c.NewProducer(ProducerConfig{})
	f := c.NewFetcher(FetchOptions{MaxWait: 20 * time.Millisecond})
	var want, got []string
	at := Position{Notices, 1, 0}
	for i := range 60 {
		if err := e.Cluster().MoveTopicPartition(c.Full(Notices), 1, int32(i%3)); err != nil {
			t.Fatal(err)
		}
		v := fmt.Sprint(i)
		want = append(want, v)
		if _, err := p.Produce(ctx, []Out{{Topic: Notices, Partition: 1, Value: []byte(v)},
			{Topic: Notices, Partition: 0, Value: []byte(v)}}); err != nil {
			t.Fatal(err)
		}
		if i%2 == 0 {
			continue
		}
		if err := e.Cluster().MoveTopicPartition(c.Full(Notices), 1, int32(i*7%3)); err != nil {
			t.Fatal(err)
		}
		for len(got) < len(want) {
			parts, err := f.Fetch(ctx, []Position{at})
			if err != nil {
				t.Fatal(err)
			}
			for j := range parts {
				if err := parts[j].Each(func(r *Record) error { got = append(got, string(r.Value)); return nil }); err != nil {
					t.Fatal(err)
				}
				at.Offset = parts[j].Next
			}
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("read %v", got)
	}
	if end := endOf(t, c, Notices, 0, Latest); end != 60 {
		t.Errorf("the other partition has %d records", end)
	}
}

// TestFetchersGiveUpAsOne: GiveUpAfter counts from the last success of any fetcher of one reader,
// so that an old failure of one does not make the next failure the last.
func TestFetchersGiveUpAsOne(t *testing.T) {
	t.Parallel()
	w := &wire{}
	c := lossyCluster(t, w, testBrokers(t))
	lose := func(yes bool) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.lose = func(k protocol.ApiKey) (bool, bool) { return yes && k == protocol.Fetch, false }
	}
	f := c.NewFetcher(FetchOptions{MaxWait: time.Millisecond})
	g := f.Another()
	// A new topic is not led at once, and a record shows that both have found who leads it.
	led := []Out{{Topic: Notices, Value: []byte("led")}}
	if _, err := c.NewProducer(ProducerConfig{}).Produce(bounded(t), led); err != nil {
		t.Fatal(err)
	}
	for _, by := range []*Fetcher{f, g} {
		readTo(t, by, Position{Topic: Notices}, 1)
	}
	at := []Position{{Topic: Notices, Offset: 1}}
	c.cfg.GiveUpAfter = 300 * time.Millisecond
	for _, x := range []struct {
		by   *Fetcher
		lost bool
	}{{f, true}, {g, false}, {f, true}} {
		lose(x.lost)
		if _, err := x.by.Fetch(bounded(t), at); err != nil {
			t.Fatalf("lost %t: %v", x.lost, err)
		}
		time.Sleep(c.cfg.GiveUpAfter + 50*time.Millisecond)
	}
	if _, err := f.Fetch(bounded(t), at); !errors.Is(err, ErrGaveUp) {
		t.Errorf("failing for too long ends with %v", err)
	}
}
