package stream

import (
	"strconv"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
)

// reasonUnreadable is the reason of a dead letter where the record could not be read
// (contract §1). A fact that can be read and makes no sense is the core's to judge: it is
// kept with the facts, held and named FACT_INVALID there.
const reasonUnreadable = "UNREADABLE"

// unreadable is what remains of a record that could not be read: the hold that
// it opens. The id is known where the record decoded and lies under a wrong key.
func unreadable(rec *Record, id string) *duty.Unreadable {
	u := &duty.Unreadable{
		Topic: rec.Topic, At: duty.Some(rec.At),
		Pos: duty.Some(duty.Position{Partition: rec.Index, Offset: rec.Offset}),
	}
	if usableKey(rec.Key) {
		u.Key = string(rec.Key)
	}
	if len(id) <= duty.MaxKeyBytes {
		u.ID = id
	}
	return u
}

// deadLetter is the output for a record that could not be read: its bytes and
// headers under its key, and where they came from (contract §3). It keeps the
// time of the original, since a hold is measured by it.
func deadLetter(bad *badRecord, task int32) Out {
	rec := &bad.record
	headers := make([]Header, 0, len(rec.Headers)+5)
	headers = append(headers, rec.Headers...)
	add := func(k, v string) { headers = append(headers, Header{Key: k, Value: []byte(v)}) }
	add("reason", bad.reason)
	add("topic", rec.Topic)
	add("partition", strconv.Itoa(int(rec.Index)))
	add("offset", strconv.FormatInt(rec.Offset, 10))
	add("error", bad.err)
	return Out{Partition: Partition{Topic: topicDeadLetters, Index: task}, Key: rec.Key, Value: rec.Value, Headers: headers, At: rec.At}
}

// keyFault says which field of a record is no usable key; "key" where it is not the
// record's own.
func keyFault(rec *Record, record any) duty.Fault {
	field := "key"
	if own, _ := schemas.Key(record); own == string(rec.Key) {
		field = schemas.KeyField(record)
	}
	return duty.FaultOfKey(field, string(rec.Key))
}

// badRecord is a record on its way to the dead letters.
type badRecord struct {
	record Record
	hold   *duty.Unreadable
	err    string
	// reason is that of the dead letter.
	reason string
}

// headersOf are the headers of a record, by name.
func headersOf(rec *Record) map[string]string {
	h := make(map[string]string, len(rec.Headers))
	for _, x := range rec.Headers {
		h[x.Key] = string(x.Value)
	}
	return h
}
