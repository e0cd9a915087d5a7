package broker

import (
	"context"
	"errors"
	"slices"
	"time"

	"tilsyn/engine/duty"
)

// Partition is one partition of a topic. The topic is named without its prefix.
type Partition struct {
	Topic string
	Index int32 // partition number
}

// Header is one header of a record.
type Header struct {
	Key   string
	Value []byte
}

// Record is one committed record of a topic. Its slices are valid until the next Fetch; clone the
// record to keep it longer.
type Record struct {
	Partition
	Offset int64
	// At is the timestamp of the record in the log, in milliseconds.
	At         duty.Instant
	Key, Value []byte
	Headers    []Header
	// Fault says why the record could not be read out of its batch; nil if it could (topics.Record).
	Fault error

	// mark identifies the batch that the record came in. Stamped is true if At is the broker's time
	// (LogAppendTime) and not the producer's.
	mark    Mark
	Stamped bool
}

// Decode decodes the record as Codec.Decode does. A record with a Fault gives that error.
func (r *Record) Decode(by Codec) (any, error) {
	if r.Fault != nil {
		return nil, r.Fault
	}
	return by.Decode(r.Topic, r.Value)
}

// Clone returns a deep copy that outlives the next Fetch.
func (r *Record) Clone() Record {
	c := *r
	c.Key, c.Value, c.Headers = slices.Clone(r.Key), slices.Clone(r.Value), slices.Clone(r.Headers)
	for i := range c.Headers {
		c.Headers[i].Value = slices.Clone(c.Headers[i].Value)
	}
	return c
}

// Fetched is the answer to one Fetch: the records, in offset order within each partition, and the
// positions to continue from. Next also skips aborted records, control markers and compacted gaps,
// which are never returned. It is valid until the next Fetch.
type Fetched struct {
	Records []Record
	Next    Offsets
	// Marks identify the batch before each position in Next, for the partitions that moved.
	Marks map[Partition]Mark
	// Ready is true if more records are in memory: a Fetch from Next needs no request to a broker.
	Ready bool
}

// Mark identifies a batch of a log by its leader epoch and CRC. If the batch before a position no
// longer has the mark that was noted, the log is not the one that was read.
type Mark struct {
	Epoch int32  `json:"epoch"`
	CRC   uint32 `json:"crc"`
}

// Out is one record to write.
type Out struct {
	Partition
	Key, Value []byte
	Headers    []Header
	// At is the timestamp to write in milliseconds; zero means the time of writing.
	At duty.Instant
}

// Transaction is what one cycle makes visible, all of it or nothing.
type Transaction struct {
	// Records are not kept once Commit has returned: their slice may be used again.
	Records []Out
	// Group are the offsets to commit for the consumer group. They serve people and tools that look at
	// lag; recovery never reads them.
	Group Offsets
	// Check is called with the offsets behind the written records just before the commit. If it
	// returns an error, the transaction is aborted and Commit returns that error.
	Check func(ctx context.Context, written Offsets) error
}

// End selects one of the ends of a partition.
type End uint8

// The ends that Broker.Ends can return.
const (
	// HighWatermark is behind the last record, those of open transactions included. Ask for it to know
	// when everything written so far has been read.
	HighWatermark End = iota
	// LastStable is behind the last record whose transaction is decided (last stable offset).
	LastStable
	// LogStart is the offset of the first record that still exists.
	LogStart
)

// Broker is what the engine needs of Kafka. One value serves one goroutine.
type Broker interface {
	// Ends returns the requested end of each partition.
	Ends(ctx context.Context, parts []Partition, end End) (Offsets, error)
	// Fetch returns up to about max committed records, read from the positions in from on. If there
	// are none it returns after wait; the positions in Next may still have moved over records that are
	// not returned.
	Fetch(ctx context.Context, from Offsets, max int, wait time.Duration) (Fetched, error)
	// MarkBefore returns the mark of the batch before an offset; false if the log no longer holds that
	// batch.
	MarkBefore(ctx context.Context, p Partition, offset int64) (Mark, bool, error)
	// Topics returns the id and partition count of every topic that exists.
	Topics(ctx context.Context) (map[string]TopicState, error)
	// ProducerTimes returns the names of input topics whose records carry their producers' time.
	ProducerTimes(ctx context.Context) ([]string, error)
	// Producer returns the transactional producer of a task. Its previous owner is then fenced and the
	// transaction that it left open is ended (KIP-447, KIP-360).
	Producer(ctx context.Context, task int32) (Producer, error)
}

// Producer writes the transactions of one task.
type Producer interface {
	// Commit writes and commits one transaction. Nil means that it is certainly committed. ErrFenced
	// means that a newer owner exists and this one must stop. Any other error leaves the outcome open,
	// and the task must recover. The offsets behind the written records are returned if they are
	// known.
	Commit(ctx context.Context, t Transaction) (Offsets, error)
	// Close releases what the producer holds. It writes nothing.
	Close() error
}

// ErrFenced says that another process owns the task now: one that the group assigned it to, or one
// outside the group. Running under another group is no remedy: it would tell everything of the
// same prefix a second time (decision 0011).
var ErrFenced = errors.New("another instance has taken over this task; where the two are not of one deployment, " +
	"stop one of them or give it a --topic-prefix of its own")

// ErrForeignLog says that a topic no longer holds what was read from it: it was recreated, lost
// its tail, or belongs to another cluster. The local state reflects the old log, so it is neither
// used nor deleted.
var ErrForeignLog = errors.New("the topics are not those that the state was built from: give another --data-dir, " +
	"or remove the state directory to build it again from the topics")

// ErrTransient marks an error of the broker or the network after which the same operation may be
// retried.
var ErrTransient = errors.New("it is tried again")

// TopicState is what the brokers report about one topic.
type TopicState struct {
	// ID is the topic id; empty if the brokers have none.
	ID string
	// Partitions is the number of partitions.
	Partitions int32
	// Epochs are the leader epochs by partition (KIP-320); nil if the brokers do not report them.
	Epochs []int32
}

// EpochOf is the leader epoch of a partition; false if the brokers do not report it.
func (t *TopicState) EpochOf(index int32) (epoch int32, ok bool) {
	if int(index) >= len(t.Epochs) || t.Epochs[index] < 0 {
		return 0, false
	}
	return t.Epochs[index], true
}
