package topics

import (
	"encoding/binary"
	"fmt"
	"math"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// EmbeddedConfig configures the embedded broker. The zero value is a broker in memory on a free
// loopback port.
type EmbeddedConfig struct {
	// Dir keeps the data across restarts (`run --embedded DIR`, contract §4). Empty: in memory only.
	Dir string
	// SyncWrites makes every batch durable before it is acknowledged. Without it a crash of the
	// machine, though not of the process, may lose the newest ones.
	SyncWrites bool
	// Ports to listen on, one broker each. Default: one free port.
	Ports []int
	// Extra options of the broker, for tests (faults, SASL, TLS).
	Extra []kfake.Opt
}

// Embedded is a broker of the Kafka protocol in this process, on loopback TCP. It does not
// replicate: it is for demonstrations, tests and single machines.
type Embedded struct {
	cluster *kfake.Cluster
	dir     string
}

// StartEmbedded starts the broker; Close stops it.
func StartEmbedded(cfg EmbeddedConfig) (*Embedded, error) {
	ports := cfg.Ports
	if len(ports) == 0 {
		ports = []int{0}
	}
	opts := []kfake.Opt{
		kfake.Ports(ports...),
		kfake.ClusterID("tilsyn-embedded"),
		kfake.ListenFn(func(_, address string) (net.Listener, error) {
			_, port, err := net.SplitHostPort(address)
			if err != nil {
				return nil, err
			}
			return net.Listen("tcp", net.JoinHostPort("127.0.0.1", port))
		}),
	}
	if cfg.Dir == "" {
		e, err := startEmbedded(append(opts, cfg.Extra...))
		if err != nil {
			return nil, fmt.Errorf("the embedded broker cannot start: %w", err)
		}
		return e, nil
	}
	opts = append(opts, kfake.DataDir(cfg.Dir))
	if cfg.SyncWrites {
		opts = append(opts, kfake.SyncWrites())
	}
	e, err := startEmbeddedOn(cfg.Dir, append(opts, cfg.Extra...))
	if err != nil {
		return nil, fmt.Errorf("the embedded broker cannot start on directory %s: %w", cfg.Dir, err)
	}
	return e, nil
}

func startEmbeddedOn(dir string, opts []kfake.Opt) (*Embedded, error) {
	broken, err := brokenOff(dir)
	if err != nil {
		return nil, err
	}
	e, err := startEmbedded(opts)
	if err != nil {
		return nil, err
	}
	if broken {
		if err := e.endTransactions(); err != nil {
			e.Close()
			return nil, err
		}
	}
	e.dir = dir
	return e, nil
}

func startEmbedded(opts []kfake.Opt) (*Embedded, error) {
	cluster, err := kfake.NewCluster(opts...)
	if err != nil {
		return nil, err
	}
	e := &Embedded{cluster: cluster}
	cluster.ControlKey(int16(kmsg.Produce), func(r kmsg.Request) (kmsg.Response, error, bool) {
		e.stamp(r)
		return nil, nil, false
	})
	cluster.ControlKey(int16(kmsg.Fetch), func(r kmsg.Request) (kmsg.Response, error, bool) {
		share(r)
		return nil, nil, false
	})
	return e, nil
}

// Brokers returns the addresses for Config.Brokers.
func (e *Embedded) Brokers() []string { return e.cluster.ListenAddrs() }

// Port returns the port of the first broker.
func (e *Embedded) Port() int {
	_, port, err := net.SplitHostPort(e.cluster.ListenAddrs()[0])
	if err != nil {
		return 0
	}
	n, _ := strconv.Atoi(port)
	return n
}

// Cluster gives tests the broker's fault controls.
func (e *Embedded) Cluster() *kfake.Cluster { return e.cluster }

// Close stops the broker and writes everything to its directory, if it has one.
func (e *Embedded) Close() {
	e.cluster.Close()
	if e.dir != "" {
		// Without it the next start only looks for what a kill would have left.
		_ = os.WriteFile(filepath.Join(e.dir, embeddedClosed), nil, 0o600)
	}
}

// shareLeast is the smallest share of an answer that one partition gets, in bytes.
const shareLeast = 64 << 10

// share turns the bound of a whole answer into one of each partition. When the broker reaches the
// bound of the whole answer, it omits which transactions of the partition were aborted, and
// readers would take their records for committed.
func share(req kmsg.Request) {
	f, ok := req.(*kmsg.FetchRequest)
	if !ok {
		return
	}
	n := 0
	for i := range f.Topics {
		n += len(f.Topics[i].Partitions)
	}
	most := min(f.MaxBytes, max(f.MaxBytes/int32(max(1, n)), shareLeast))
	for i := range f.Topics {
		for j := range f.Topics[i].Partitions {
			p := &f.Topics[i].Partitions[j]
			p.PartitionMaxBytes = min(p.PartitionMaxBytes, most)
		}
	}
	f.MaxBytes = math.MaxInt32
}

// stamp implements LogAppendTime for every client in one place. The broker ignores the topic's
// setting; and if a batch itself asks for the broker's time (attribute bit 0x08), it changes the
// times without the checksum, and no reader accepts the batch. So the batch is rewritten before
// the broker sees it: every record gets the present time, and attrStamped replaces that bit.
func (e *Embedded) stamp(req kmsg.Request) {
	p, ok := req.(*kmsg.ProduceRequest)
	if !ok {
		return
	}
	now := time.Now().UnixMilli()
	for i := range p.Topics {
		t := &p.Topics[i]
		byBroker := e.appendTime(t)
		for j := range t.Partitions {
			t.Partitions[j].Records = stampBatch(t.Partitions[j].Records, byBroker, now)
		}
	}
}

// appendTime reports whether a topic is set to LogAppendTime.
func (e *Embedded) appendTime(t *kmsg.ProduceRequestTopic) bool {
	var info *kfake.TopicInfo
	if t.Topic == "" {
		info = e.cluster.TopicIDInfo(t.TopicID)
	} else {
		info = e.cluster.TopicInfo(t.Topic)
	}
	if info == nil {
		return false
	}
	kind := info.Configs[settingTimestamps]
	return kind != nil && *kind == logAppendTime
}

// stampBatch returns the batch with the broker's time, or without the bits that claim it. A
// malformed batch is left for the broker to refuse.
func stampBatch(batch []byte, byBroker bool, now int64) []byte {
	b, _, ok, err := nextBatch(batch)
	if err != nil || !ok || b.control() {
		return batch
	}
	attrs := b.attrs &^ (attrAppendTime | attrStamped)
	if byBroker {
		var build batchBuilder
		err := b.each(0, true, func(r *Record) error {
			o := Out{Key: r.Key, Value: r.Value}
			for _, h := range r.Headers {
				o.Headers = append(o.Headers, Header{string(h.Key), h.Value})
			}
			build.count = int32(r.Offset - b.base)
			build.first, build.max = now, now
			build.add(&o, now)
			return nil
		})
		if err != nil {
			// Its records cannot be told apart; the header then says when it came.
			binary.BigEndian.PutUint64(batch[batchMaxTSAt:], uint64(now))
			binary.BigEndian.PutUint16(batch[batchAttrsAt:], attrs|attrStamped)
			sealBatch(batch)
			return batch
		}
		if build.count != b.count {
			return batch
		}
		anew := build.appendBatch(nil, b.codec(), producerState{}, 0)
		copy(anew[batchProducerAt:batchCountAt], batch[batchProducerAt:batchCountAt])
		attrs = attrs&^attrCodec | attrStamped | binary.BigEndian.Uint16(anew[batchAttrsAt:])&attrCodec
		batch = anew
	}
	if attrs != b.attrs || byBroker {
		binary.BigEndian.PutUint16(batch[batchAttrsAt:], attrs)
		sealBatch(batch)
	}
	return batch
}
