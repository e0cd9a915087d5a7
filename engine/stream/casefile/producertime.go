package casefile

import (
	"errors"
	"fmt"
	"reflect"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
)

// ReasonProducerTime is the reason of a dead letter for a record that carries its
// producer's time.
const ReasonProducerTime = "PRODUCER_TIME"

// ErrProducerTime is why such a record is not taken for a fact.
var ErrProducerTime = errors.New("the record carries its producer's time: message.timestamp.type of the topic was not LogAppendTime when it came")

// clockAhead is how far the clock of a producer is thought to be ahead at most: its
// records hold back from so long before their time on.
const clockAhead = 2 * duty.Day

// Doubtful reports whether a record carries its producer's time where that is not to
// be trusted. What the engine writes itself is stamped as it likes.
func Doubtful(rec *broker.Record, trust bool) bool {
	return !rec.Stamped && !trust && rec.Topic != broker.TopicDeadLetters && rec.Topic != broker.TopicHandOver
}

// Doubt makes a record with its producer's time one that cannot be read, and reports
// whether it is.
func Doubt(r *broker.Record, trust bool) bool {
	switch {
	case !Doubtful(r, trust):
		return false
	case r.Fault == nil:
		r.Fault = ErrProducerTime
	case !errors.Is(r.Fault, ErrProducerTime):
		r.Fault = fmt.Errorf("%w; nor can it be read: %w", ErrProducerTime, r.Fault)
	}
	return true
}

// HoldOf is the hold that a record opens that cannot be read. The id is known where
// it decoded and lies under a wrong key. Of a record with its producer's time that
// does not even decode nothing says when it came, and the time may be one to come: the
// hold has no lower bound (contract §1).
func HoldOf(codec broker.Codec, rec *broker.Record, id string) *duty.Unreadable {
	if !errors.Is(rec.Fault, ErrProducerTime) {
		if id == "" {
			id = codec.Salvage(rec.Topic, rec.Value)
		}
		return Unreadable(rec, id)
	}
	u := Unreadable(rec, "")
	at := duty.Beginning
	if record, err := codec.Decode(rec.Topic, rec.Value); err == nil {
		at = rec.At
		if f := reflect.ValueOf(record).Elem().FieldByName("ReceivedAt"); f.IsValid() {
			at = min(at, duty.Instant(f.Int()))
		}
	}
	// No fact is older than Earliest, and a dead letter can carry it.
	u.At = duty.Some(max(at-clockAhead, duty.Earliest))
	return u
}

// BadOf is a record that cannot be read on its way to the dead letters.
func BadOf(rec *broker.Record, hold *duty.Unreadable, cause error) *BadRecord {
	bad := &BadRecord{record: rec.Clone(), Hold: hold, err: cause.Error(), Reason: ReasonUnreadable}
	if errors.Is(cause, ErrProducerTime) {
		// A hold that others open because of the letter is measured by its time.
		bad.Reason, bad.record.At = ReasonProducerTime, hold.At.V
	}
	return bad
}
