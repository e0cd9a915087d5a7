package deadletter

import (
	"strconv"
	"strings"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
)

// ReasonUnreadable is the reason of a dead letter whose record could not be read (contract §1). A
// fact that can be read but makes no sense is left to the core, which holds it and reports
// FACT_INVALID.
const ReasonUnreadable = "UNREADABLE"

// Unreadable returns the hold that an unreadable record opens. id is known if the record decoded
// but lies under a wrong key; otherwise it may be empty.
func Unreadable(rec *broker.Record, id string) *duty.Unreadable {
	u := &duty.Unreadable{
		Topic: rec.Topic, At: duty.Some(rec.At),
		Pos: duty.Some(duty.Position{Partition: rec.Index, Offset: rec.Offset}),
	}
	if key := string(rec.Key); duty.UsableKey(key) {
		u.Key = key
	}
	if len(id) <= duty.MaxKeyBytes {
		u.ID = id
	}
	return u
}

// maxErrorBytes bounds the error header, in bytes, so that the letter of a record that just fits
// into its topic fits into dead-letters.
const maxErrorBytes = 512

// Out returns the record for the dead letters: its key, value and headers, with headers
// that say where it came from and why it failed (contract §3). It keeps the timestamp of the
// original, by which a hold is measured.
func (bad *Record) Out(task int32) broker.Out {
	rec := &bad.record
	headers := make([]broker.Header, 0, len(rec.Headers)+5)
	headers = append(headers, rec.Headers...)
	add := func(k, v string) { headers = append(headers, broker.Header{Key: k, Value: []byte(v)}) }
	add("reason", bad.Reason)
	add("topic", rec.Topic)
	add("partition", strconv.Itoa(int(rec.Index)))
	add("offset", strconv.FormatInt(rec.Offset, 10))
	add("error", strings.ToValidUTF8(bad.err[:min(len(bad.err), maxErrorBytes)], ""))
	return broker.Out{Partition: broker.Partition{Topic: duty.TopicDeadLetters, Index: task}, Key: rec.Key,
		Value: rec.Value, Headers: headers, At: rec.At}
}

// Record is a record on its way to the dead letters.
type Record struct {
	// record is a copy of the record, Hold the hold that it opens, err what is wrong with it.
	record broker.Record
	Hold   *duty.Unreadable
	err    string
	// Reason is the reason header of the dead letter.
	Reason string
}

// Size is how many bytes of memory it takes, roughly.
func (bad *Record) Size() int { return len(bad.record.Key) + len(bad.record.Value) + 1<<10 }

// HeadersOf returns the headers of a record by name; the last of one name counts.
func HeadersOf(rec *broker.Record) map[string]string {
	h := make(map[string]string, len(rec.Headers))
	for _, x := range rec.Headers {
		h[x.Key] = string(x.Value)
	}
	return h
}
