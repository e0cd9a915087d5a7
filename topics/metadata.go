package topics

import (
	"context"
	"errors"
	"net"
	"slices"
	"strconv"
	"sync"

	kmeta "github.com/segmentio/kafka-go/protocol/metadata"
)

// metadata is what is known of brokers and leaders. Topic names in it are full.
type metadata struct {
	c *Client

	// one refresh at a time
	refreshing sync.Mutex

	mu         sync.Mutex
	brokers    map[int32]string // addresses by node id
	controller int32            // node id
	cluster    string           // id
	topics     map[string]topicMeta
	wanted     map[string]bool // topics that were ever asked for
	version    int             // counts the refreshes
}

// topicMeta is what is known of a topic.
type topicMeta struct {
	code       Code
	partitions []partitionMeta
}

// partitionMeta is what is known of a partition: its leader and leader epoch.
type partitionMeta struct {
	code   Code
	leader int32 // node id, -1 for none
	epoch  int32 // of the leader
}

func (m *metadata) init(c *Client) {
	m.c = c
	m.brokers = map[int32]string{}
	m.topics = map[string]topicMeta{}
	m.wanted = map[string]bool{}
}

// refresh asks brokers in turn until one answers.
func (m *metadata) refresh(ctx context.Context) error {
	m.mu.Lock()
	seen := m.version
	m.mu.Unlock()
	m.refreshing.Lock()
	defer m.refreshing.Unlock()
	m.mu.Lock()
	if m.version != seen {
		m.mu.Unlock()
		return nil // somebody else has just done it
	}
	names := make([]string, 0, len(m.wanted))
	for n := range m.wanted {
		names = append(names, n)
	}
	addrs := make([]string, 0, len(m.brokers))
	for _, a := range m.brokers {
		addrs = append(addrs, a)
	}
	m.mu.Unlock()
	slices.Sort(names)
	for _, a := range m.c.cfg.Brokers {
		if !slices.Contains(addrs, a) {
			addrs = append(addrs, a)
		}
	}
	var failed error
	for _, a := range addrs {
		err := m.c.once(ctx, fixed(a), func(ctx context.Context, cn *conn) error { return m.load(ctx, cn, names) })
		if err == nil {
			return nil
		}
		if failed == nil || !errors.Is(failed, ErrFatal) {
			failed = err
		}
	}
	return failed
}

// load asks one broker for the metadata of topics.
func (m *metadata) load(ctx context.Context, cn *conn, names []string) error {
	// An empty list asks for no topic, null for all of them.
	msg, err := cn.call(ctx, &kmeta.Request{TopicNames: names})
	if err != nil {
		return err
	}
	res, ok := msg.(*kmeta.Response)
	if !ok || len(res.Brokers) == 0 {
		return errors.New("the broker knows of no broker yet")
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.brokers)
	for _, b := range res.Brokers {
		m.brokers[b.NodeID] = net.JoinHostPort(b.Host, strconv.Itoa(int(b.Port)))
	}
	m.controller, m.cluster = res.ControllerID, res.ClusterID
	for _, t := range res.Topics {
		tm := topicMeta{code: Code(t.ErrorCode)}
		for _, p := range t.Partitions {
			for int(p.PartitionIndex) >= len(tm.partitions) && p.PartitionIndex < maxPartitions {
				tm.partitions = append(tm.partitions, partitionMeta{code: codeLeaderNotAvailable, leader: -1})
			}
			if p.PartitionIndex >= 0 && p.PartitionIndex < maxPartitions {
				tm.partitions[p.PartitionIndex] = partitionMeta{Code(p.ErrorCode), p.LeaderID, p.LeaderEpoch}
			}
		}
		m.topics[t.Name] = tm
	}
	m.version++
	return nil
}

// maxPartitions bounds how much a broken answer can make us allocate.
const maxPartitions = 1 << 16

// topic returns what is known of a topic, asking once if nothing is.
func (m *metadata) topic(ctx context.Context, full string) (topicMeta, error) {
	m.mu.Lock()
	t, ok := m.topics[full]
	m.wanted[full] = true
	m.mu.Unlock()
	if !ok {
		if err := m.refresh(ctx); err != nil {
			return t, err
		}
		m.mu.Lock()
		t, ok = m.topics[full]
		m.mu.Unlock()
		if !ok {
			// A refresh that began before the topic was wanted.
			return t, &CodeError{Code: codeLeaderNotAvailable, Op: "Metadata", Topic: m.c.short(full), Partition: -1}
		}
	}
	if t.code != codeNone {
		m.forget(full)
		return t, &CodeError{Code: t.code, Op: "Metadata", Topic: m.c.short(full), Partition: -1}
	}
	return t, nil
}

// leader returns the broker that leads a partition.
func (m *metadata) leader(ctx context.Context, full string, partition int32) (string, partitionMeta, error) {
	t, err := m.topic(ctx, full)
	if err != nil {
		return "", partitionMeta{}, err
	}
	if partition < 0 || int(partition) >= len(t.partitions) {
		// It may be new, or the broker that answered lags behind.
		m.forget(full)
		return "", partitionMeta{}, &CodeError{Code: codeUnknownTopic, Op: "Metadata", Topic: m.c.short(full),
			Partition: partition}
	}
	p := t.partitions[partition]
	m.mu.Lock()
	addr, ok := m.brokers[p.leader]
	m.mu.Unlock()
	if !ok {
		m.forget(full)
		return "", p, &CodeError{Code: codeLeaderNotAvailable, Op: "Metadata", Topic: m.c.short(full), Partition: partition}
	}
	return addr, p, nil
}

// forget makes the next use of the topic ask again.
func (m *metadata) forget(full string) {
	m.mu.Lock()
	delete(m.topics, full)
	m.mu.Unlock()
}

// outgrown forgets a topic that was known with fewer partitions.
func (m *metadata) outgrown(full string, partitions int32) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if t, ok := m.topics[full]; ok && len(t.partitions) < int(partitions) {
		delete(m.topics, full)
	}
}

// want makes the next refresh ask for these topics too.
func (m *metadata) want(full []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, f := range full {
		m.wanted[f] = true
	}
}

// broker returns the address of a node.
func (m *metadata) broker(node int32) (string, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, ok := m.brokers[node]
	return a, ok
}

// fixed is a target that does not change.
type fixed string

func (f fixed) addr(context.Context) (string, error) { return string(f), nil }
func (f fixed) forget()                              {}

// controller is the broker that creates topics and changes settings.
type controller struct{ c *Client }

func (t controller) addr(ctx context.Context) (string, error) {
	t.c.meta.mu.Lock()
	a, ok := t.c.meta.brokers[t.c.meta.controller]
	t.c.meta.mu.Unlock()
	if ok {
		return a, nil
	}
	if err := t.c.meta.refresh(ctx); err != nil {
		return "", err
	}
	if a, ok = t.c.meta.broker(t.c.meta.controllerID()); !ok {
		return "", &CodeError{Code: codeNotController, Op: "Metadata", Partition: -1}
	}
	return a, nil
}

func (t controller) forget() {
	t.c.meta.mu.Lock()
	t.c.meta.controller = -1
	t.c.meta.mu.Unlock()
}

func (m *metadata) controllerID() int32 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.controller
}
