package deadletter

import (
	"errors"
	"fmt"
	"reflect"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
)

// ReasonProducerTime is the reason of a dead letter whose record carries its producer's time.
const ReasonProducerTime = "PRODUCER_TIME"

// ErrProducerTime says why a record with its producer's time is not taken for a fact.
var ErrProducerTime = errors.New("the record carries its producer's time: " +
	"message.timestamp.type of the topic was not LogAppendTime when it came")

// clockAhead is how far a producer's clock is assumed to be ahead at most. The hold of such a
// record begins that much before its time.
const clockAhead = 2 * duty.Day

// Doubtful reports whether a record carries its producer's time although that is not trusted.
// Topics that the engine itself writes are exempt: it sets their timestamps on purpose.
func Doubtful(rec *broker.Record, trust bool) bool {
	return !rec.Stamped && !trust && rec.Topic != duty.TopicDeadLetters && rec.Topic != duty.TopicHandOver &&
		rec.Topic != duty.TopicCoverage
}

// Doubt marks a doubtful record as unreadable, and reports whether it was doubtful.
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

// HoldOf returns the hold that an unreadable record opens; id is known if it decoded but lies
// under a wrong key. If the record carries its producer's time and does not decode, nothing says
// when it came, and its time may lie in the future: the hold then has no lower bound (contract
// §1).
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
	// A hold begins at Earliest at the soonest: no fact is older, and a dead letter can carry it as
	// its timestamp.
	u.At = duty.Some(max(at-clockAhead, duty.Earliest))
	return u
}

// Of returns an unreadable record as it goes to the dead letters.
func Of(rec *broker.Record, hold *duty.Unreadable, cause error) *Record {
	bad := &Record{record: rec.Clone(), Hold: hold, err: cause.Error(), Reason: ReasonUnreadable}
	if errors.Is(cause, ErrProducerTime) {
		// Other tasks that open a hold because of this letter measure it by the letter's timestamp.
		bad.Reason, bad.record.At = ReasonProducerTime, hold.At.V
	}
	return bad
}
