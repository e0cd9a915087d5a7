package topics

import "fmt"

// TopicPartition names one partition; the topic is without prefix.
type TopicPartition struct {
	Topic     string
	Partition int32
}

// String is for messages.
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
	// Key and Value: nil is null (a null value is a tombstone).
	Key, Value []byte
	Headers    []Header
	// Timestamp is in ms UTC; 0 takes the time of the call. A topic with
	// LogAppendTime replaces it.
	Timestamp int64
}

// Produced says where records of one partition went.
type Produced struct {
	TopicPartition
	// First is the offset of the first record and Next that after the last
	// one. In a transaction other offsets (control markers) may follow.
	First, Next int64
	// Records is the number of records.
	Records int
}

// Record is one record that was read. Key, Value and Headers are slices of
// buffers that are used again: they are valid until the callback returns.
type Record struct {
	Offset int64
	// Timestamp is in ms UTC; with AppendTime it is the broker's time of the
	// append (`logged_at`, contract §1), otherwise the producer's.
	Timestamp  int64
	AppendTime bool
	// Key and Value: nil is null.
	Key, Value []byte
	Headers    []RecordHeader
	// Fault is why the record could not be read, nil for one that could: it is larger
	// than MaxRecordBytes, and has its key if that is no longer than a usable one and
	// no Value; or it stands for all that cannot be read of its batch, at the batch's
	// last offset, and has neither. Only records of input topics have one. Its text
	// holds nothing of the record.
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

// Header returns the value of the last header of that name, nil where absent.
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
