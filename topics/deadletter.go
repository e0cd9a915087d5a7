package topics

import (
	"strconv"
	"strings"
)

// DeadLetter is a record that could not be read (contract §1, §3).
type DeadLetter struct {
	// Reason is its code, e.g. UNREADABLE.
	Reason string
	// Topic (without prefix), Partition and Offset say where the record was.
	Topic     string
	Partition int32
	Offset    int64
	// Error says what was wrong with it, without any of its values.
	Error string
	// Key and Value are the original bytes.
	Key, Value []byte
	// Timestamp is that of the original record, in ms UTC.
	Timestamp int64
}

// maxErrorBytes bounds the error header, in bytes.
const maxErrorBytes = 512

// Out returns the record for dead-letters: the original key and bytes, and the headers `reason`,
// `topic`, `partition`, `offset` and `error`. For a topic with the common partition count it goes
// to the partition of the record, so that the task that read it owns both; others go by their key.
func (d DeadLetter) Out() Out {
	partition := ByKey
	if s, ok := Lookup(d.Topic); ok && s.Common() {
		partition = d.Partition
	}
	text := d.Error
	if len(text) > maxErrorBytes {
		text = strings.ToValidUTF8(text[:maxErrorBytes], "")
	}
	return Out{
		Topic: DeadLetters, Partition: partition, Key: d.Key, Value: d.Value, Timestamp: d.Timestamp,
		Headers: []Header{
			{"reason", []byte(d.Reason)},
			{"topic", []byte(d.Topic)},
			{"partition", strconv.AppendInt(nil, int64(d.Partition), 10)},
			{"offset", strconv.AppendInt(nil, d.Offset, 10)},
			{"error", []byte(text)},
		},
	}
}

// ReadDeadLetter reverses [DeadLetter.Out]; ok is false if a header is missing or not a number.
// The slices are those of the record.
func ReadDeadLetter(r *Record) (d DeadLetter, ok bool) {
	partition, err1 := strconv.ParseInt(string(r.Header("partition")), 10, 32)
	offset, err2 := strconv.ParseInt(string(r.Header("offset")), 10, 64)
	d = DeadLetter{
		Reason: string(r.Header("reason")), Topic: string(r.Header("topic")), Partition: int32(partition),
		Offset: offset, Error: string(r.Header("error")), Key: r.Key, Value: r.Value, Timestamp: r.Timestamp,
	}
	return d, err1 == nil && err2 == nil && d.Reason != "" && d.Topic != ""
}
