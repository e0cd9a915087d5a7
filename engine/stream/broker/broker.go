package broker

import (
	"context"
	"errors"
	"slices"
	"time"

	"tilsyn/engine/duty"
)

// Partition is one partition of a topic, named without prefix.
type Partition struct {
	Topic string
	Index int32
}

// Header is one header of a record.
type Header struct {
	Key   string
	Value []byte
}

// Record is one committed record of a topic. Its slices are valid until the next
// Fetch; who keeps them clones.
type Record struct {
	Partition
	Offset int64
	// At is the timestamp of the record in the log, in milliseconds.
	At         duty.Instant
	Key, Value []byte
	Headers    []Header
	// Fault is why the record could not be read out of its batch, nil for one that
	// could (topics.Record).
	Fault error

	// mark is that of the batch that the record came in, stamped whether At is the
	// broker's time and not the producer's.
	mark    Mark
	Stamped bool
}

// Decode returns the plain type of the record, as Codec.Decode does.
func (r *Record) Decode(by Codec) (any, error) {
	if r.Fault != nil {
		return nil, r.Fault
	}
	return by.Decode(r.Topic, r.Value)
}

// Clone returns a record that the reader may keep.
func (r *Record) Clone() Record {
	c := *r
	c.Key, c.Value, c.Headers = slices.Clone(r.Key), slices.Clone(r.Value), slices.Clone(r.Headers)
	for i := range c.Headers {
		c.Headers[i].Value = slices.Clone(c.Headers[i].Value)
	}
	return c
}

// Fetched is one answer to a read: records in offset order per partition, and
// where to go on. Next also moves over aborted records, control markers and
// compacted gaps, which are never handed out. It is valid until the next Fetch.
type Fetched struct {
	Records []Record
	Next    Offsets
	// Marks are those of the batches before Next, where something was read.
	Marks map[Partition]Mark
	// Ready is true where more is at hand: the next Fetch from Next on asks no
	// broker.
	Ready bool
}

// Mark identifies a batch of a log. Where the batch before a position has
// another mark than it had, the log is not the one that was read.
type Mark struct {
	Epoch int32  `json:"epoch"`
	CRC   uint32 `json:"crc"`
}

// Out is one record to write.
type Out struct {
	Partition
	Key, Value []byte
	Headers    []Header
	// At is the timestamp to write; zero takes the time of writing.
	At duty.Instant
}

// Transaction is what one cycle makes visible, all or nothing.
type Transaction struct {
	Records []Out
	// Group are the positions to commit for the consumer group; for people and
	// tools that look at lag, no recovery reads them.
	Group Offsets
	// Check is asked with the offsets behind what was written, before the
	// transaction is ended; its error takes all of it back and is Commit's.
	Check func(ctx context.Context, written Offsets) error
}

// End says which end of a partition is meant, or its start.
type End uint8

// Ends of a partition.
const (
	// HighWatermark is behind the last record, open transactions included: who
	// wants to know that everything was read asks for this one.
	HighWatermark End = iota
	// LastStable is behind the last record whose transaction is decided.
	LastStable
	// LogStart is the first record that is still there.
	LogStart
)

// Broker is what the engine needs of Kafka. A value serves one goroutine.
type Broker interface {
	// Ends returns the asked end of each partition.
	Ends(ctx context.Context, parts []Partition, end End) (Offsets, error)
	// Fetch returns up to about max records from the positions on, read
	// committed. Without any it returns after wait with the positions unchanged
	// or moved over what is not handed out.
	Fetch(ctx context.Context, from Offsets, max int, wait time.Duration) (Fetched, error)
	// MarkBefore returns the mark of the batch before an offset; false where the
	// log does not hold it.
	MarkBefore(ctx context.Context, p Partition, offset int64) (Mark, bool, error)
	// Topics returns what the brokers say of the topics that exist.
	Topics(ctx context.Context) (map[string]TopicState, error)
	// ProducerTimes names the input topics whose records carry their producers' time.
	ProducerTimes(ctx context.Context) ([]string, error)
	// Producer returns a transactional producer for a task after it has fenced
	// the predecessor and ended its transaction (KIP-447, KIP-360).
	Producer(ctx context.Context, task int32) (Producer, error)
}

// Producer writes the transactions of one task.
type Producer interface {
	// Commit makes one transaction visible. Nil: definitely committed.
	// ErrFenced: a newer owner exists, this one must stop. Every other error
	// leaves open whether it was committed, and the task must recover. The
	// offsets behind the written records are returned where they are known.
	Commit(ctx context.Context, t Transaction) (Offsets, error)
	// Close gives up what the producer holds; it writes nothing.
	Close() error
}

// ErrFenced says that another process owns the task now: one that the group gave
// it to, or that does not ask the group. Another group is no way out: it would tell
// everything of the same prefix a second time (decision 0011).
var ErrFenced = errors.New("another instance has taken over this task; where the two are not of one deployment, stop one of them or give it a --topic-prefix of its own")

// ErrForeignLog says that a topic does not hold what was read from it before:
// it was made anew, lost its end, or is that of another cluster. The local state
// says what that other log said, so it is neither used nor thrown away.
var ErrForeignLog = errors.New("the topics are not those that the state was built from: give another --data-dir, or remove the state directory to build it again from the topics")

// ErrTransient marks an error of the broker or the network after which the
// same thing may be tried again.
var ErrTransient = errors.New("it is tried again")

// TopicState is what the brokers say of one topic.
type TopicState struct {
	// ID is what they call it; empty where they give none.
	ID string
	// Partitions is how many it has.
	Partitions int32
}
