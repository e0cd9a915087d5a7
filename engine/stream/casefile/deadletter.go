package casefile

import (
	"strconv"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/schemas"
)

// ReasonUnreadable is the reason of a dead letter where the record could not be read
// (contract §1). A fact that can be read and makes no sense is the core's to judge: it is
// kept with the facts, held and named FACT_INVALID there.
const ReasonUnreadable = "UNREADABLE"

// Unreadable is what remains of a record that could not be read: the hold that
// it opens. The id is known where the record decoded and lies under a wrong key.
func Unreadable(rec *broker.Record, id string) *duty.Unreadable {
	u := &duty.Unreadable{
		Topic: rec.Topic, At: duty.Some(rec.At),
		Pos: duty.Some(duty.Position{Partition: rec.Index, Offset: rec.Offset}),
	}
	if UsableKey(rec.Key) {
		u.Key = string(rec.Key)
	}
	if len(id) <= duty.MaxKeyBytes {
		u.ID = id
	}
	return u
}

// DeadLetter is the output for a record that could not be read: its bytes and
// headers under its key, and where they came from (contract §3). It keeps the
// time of the original, since a hold is measured by it.
func DeadLetter(bad *BadRecord, task int32) broker.Out {
	rec := &bad.record
	headers := make([]broker.Header, 0, len(rec.Headers)+5)
	headers = append(headers, rec.Headers...)
	add := func(k, v string) { headers = append(headers, broker.Header{Key: k, Value: []byte(v)}) }
	add("reason", bad.Reason)
	add("topic", rec.Topic)
	add("partition", strconv.Itoa(int(rec.Index)))
	add("offset", strconv.FormatInt(rec.Offset, 10))
	add("error", bad.err)
	return broker.Out{Partition: broker.Partition{Topic: broker.TopicDeadLetters, Index: task}, Key: rec.Key, Value: rec.Value, Headers: headers, At: rec.At}
}

// FaultOfKey says which field of a record is no usable key; "key" where it is not the
// record's own.
func FaultOfKey(rec *broker.Record, record any) duty.Fault {
	field := "key"
	if own, _ := schemas.Key(record); own == string(rec.Key) {
		field = schemas.KeyField(record)
	}
	return duty.FaultOfKey(field, string(rec.Key))
}

// BadRecord is a record on its way to the dead letters.
type BadRecord struct {
	record broker.Record
	Hold   *duty.Unreadable
	err    string
	// Reason is that of the dead letter.
	Reason string
}

// HeadersOf are the headers of a record, by name.
func HeadersOf(rec *broker.Record) map[string]string {
	h := make(map[string]string, len(rec.Headers))
	for _, x := range rec.Headers {
		h[x.Key] = string(x.Value)
	}
	return h
}
