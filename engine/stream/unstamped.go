package stream

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"tilsyn/engine/duty"
)

// A record of an input carries the time at which a broker had it, by which lateness
// is measured (contract §1). Somebody may set a topic to message.timestamp.type
// CreateTime while the engine runs; its records then carry whatever time their
// producers say, and a row that comes a month late looks as if it had come in time.
// Each batch says whose time it is. Without --trust-timestamps a record with its
// producer's time
//
//   - is treated like one that cannot be read: when it was known cannot be. It opens a
//     hold on its key and is a dead letter, with the reason PRODUCER_TIME. Only a
//     Resolution ends the hold: a record of the same id does not, since nothing says
//     which of the two came first. All of that follows from the log alone, so that a
//     rebuild and verify say the same;
//   - lets caught_up stand, and the engine says so, until the topic is set back: what
//     is not read yet may be of that kind as well.
//
// Who has sent such records sends them again when the topic is set back, and resolves
// the dead letters as REPLACED.

// reasonProducerTime is the reason of a dead letter for a record that carries its
// producer's time.
const reasonProducerTime = "PRODUCER_TIME"

// errProducerTime is why such a record is not taken for a fact.
var errProducerTime = errors.New("the record carries its producer's time: message.timestamp.type of the topic was not LogAppendTime when it came")

// clockAhead is how far the clock of a producer is thought to be ahead at most: its
// records hold back from so long before their time on.
const clockAhead = 2 * duty.Day

// doubtful reports whether a record carries its producer's time where that is not to
// be trusted. What the engine writes itself is stamped as it likes.
func doubtful(rec *Record, trust bool) bool {
	return !rec.stamped && !trust && rec.Topic != topicDeadLetters && rec.Topic != topicHandOver
}

// doubt makes a record with its producer's time one that cannot be read, and reports
// whether it is.
func (r *Record) doubt(trust bool) bool {
	switch {
	case !doubtful(r, trust):
		return false
	case r.Fault == nil:
		r.Fault = errProducerTime
	case !errors.Is(r.Fault, errProducerTime):
		r.Fault = fmt.Errorf("%w; nor can it be read: %w", errProducerTime, r.Fault)
	}
	return true
}

// holdOf is the hold that a record opens that cannot be read. The id is known where
// it decoded and lies under a wrong key. Of a record with its producer's time that
// does not even decode nothing says when it came, and the time may be one to come: the
// hold has no lower bound (contract §1).
func holdOf(codec Codec, rec *Record, id string) *duty.Unreadable {
	if !errors.Is(rec.Fault, errProducerTime) {
		if id == "" {
			id = codec.Salvage(rec.Topic, rec.Value)
		}
		return unreadable(rec, id)
	}
	u := unreadable(rec, "")
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

// badOf is a record that cannot be read on its way to the dead letters.
func badOf(rec *Record, hold *duty.Unreadable, cause error) *badRecord {
	bad := &badRecord{record: rec.clone(), hold: hold, err: cause.Error(), reason: reasonUnreadable}
	if errors.Is(cause, errProducerTime) {
		// A hold that others open because of the letter is measured by its time.
		bad.reason, bad.record.At = reasonProducerTime, hold.At.V
	}
	return bad
}

// doubt notes that a topic gave a record with its producer's time.
func (w *topicWatch) doubt(topic string) {
	if w.doubted == nil {
		w.doubted = map[string]bool{}
	}
	w.doubted[topic] = true
}

// askDoubted asks whether topics that gave records with their producers' time still
// take them, and reports whether none does.
func (t *Task) askDoubted(ctx context.Context) (bool, error) {
	w := &t.topics
	if len(w.doubted) == 0 {
		return true, nil
	}
	still, err := t.broker.ProducerTimes(ctx)
	if err != nil {
		return false, err
	}
	maps.DeleteFunc(w.doubted, func(topic string, _ bool) bool { return !slices.Contains(still, topic) })
	return len(w.doubted) == 0, nil
}

// unstamped says of which topics the records carry their producers' time; empty for
// none.
func (w *topicWatch) unstamped() string {
	if len(w.doubted) == 0 {
		return ""
	}
	return "records of " + strings.Join(slices.Sorted(maps.Keys(w.doubted)), ", ") + " carry the time of their producers, so that late ones cannot be told from others: " +
		"nobody is accused until message.timestamp.type of the topic is LogAppendTime again; those records are dead letters with the reason " + reasonProducerTime + ", to be sent again and resolved"
}
