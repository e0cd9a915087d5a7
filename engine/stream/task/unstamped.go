package task

import (
	"context"
	"maps"
	"slices"
	"strings"

	"tilsyn/engine/stream/casefile"
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
	still, err := t.Broker.ProducerTimes(ctx)
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
		"nobody is accused until message.timestamp.type of the topic is LogAppendTime again; those records are dead letters with the reason " + casefile.ReasonProducerTime + ", to be sent again and resolved"
}
