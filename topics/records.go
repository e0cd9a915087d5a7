package topics

import "fmt"

// TopicPartition identifies a partition; the topic is without prefix.
type TopicPartition struct {
	Topic     string
	Partition int32
}

// String returns a form for messages.
func (t TopicPartition) String() string { return fmt.Sprintf("%s[%d]", t.Topic, t.Partition) }

// Position is the next offset to read of a partition.
type Position struct {
	Topic     string
	Partition int32
	Offset    int64
}

// TopicPartition returns the partition of the position.
func (p Position) TopicPartition() TopicPartition { return TopicPartition{p.Topic, p.Partition} }

// Header is one record header. A nil Value is a null.
type Header struct {
	Key   string
	Value []byte
}

// Out is a record to write.
type Out struct {
	// Topic is without prefix.
	Topic string
	// Partition is a number or [ByKey].
	Partition int32
	// Key and Value; nil is null (a null value is a tombstone).
	Key, Value []byte
	Headers    []Header
	// Timestamp is in ms UTC; 0 means the time of the call. A topic with LogAppendTime replaces it.
	Timestamp int64
}

// Produced says where the records of one partition went.
type Produced struct {
	TopicPartition
	// First is the offset of the first record, Next the one after the last. In a transaction other
	// offsets (control markers) may follow.
	First, Next int64
	// Records is the number of records.
	Records int
}

// Record is one record that was read. Key, Value and Headers are slices of reused buffers, valid
// until the callback returns.
type Record struct {
	Offset int64
	// Timestamp is in ms UTC. With AppendTime it is the broker's time of the append (`logged_at`,
	// contract §1), otherwise the producer's.
	Timestamp  int64
	AppendTime bool
	// Key and Value; nil is null.
	Key, Value []byte
	Headers    []RecordHeader
	// Fault says why the record could not be read; nil if it could. Either it is larger than
	// MaxRecordBytes: then it has no Value, and its key only if that could be usable. Or it stands for
	// everything unreadable in its batch, at the batch's last offset, and has neither. Only records of
	// input topics have one. The text holds nothing of the record.
	Fault error
	// LeaderEpoch and BatchCRC identify the batch that the record came in
	// (design, "Recovery").
	LeaderEpoch int32
	BatchCRC    uint32
}

// RecordHeader is a header that was read, valid as long as its record.
type RecordHeader struct {
	Key, Value []byte
}

// Header returns the value of the last header of that name; nil if there is none.
func (r *Record) Header(name string) []byte {
	for i := len(r.Headers) - 1; i >= 0; i-- {
		if string(r.Headers[i].Key) == name {
			return r.Headers[i].Value
		}
	}
	return nil
}

// Mark identifies the batch before a position: if the batch found there later
// has another mark, the log is not the one that was read (design, "Recovery").
type Mark struct {
	// LastOffset is the last offset that the batch covers.
	LastOffset  int64
	LeaderEpoch int32
	CRC         uint32
}
