package task

import (
	"context"
	"maps"
	"slices"
	"strings"

	"tilsyn/engine/stream/deadletter"
)

// An input record carries the time at which a broker received it, by which lateness is measured
// (contract §1). Somebody may set a topic to message.timestamp.type CreateTime while the engine
// runs. Its records then carry whatever time their producers say, and a row that comes a month
// late looks as if it had come in time. Each batch says whose time it carries. Without
// --trust-timestamps a record with its producer's time
//
//   - is treated like one that cannot be read, since nobody can tell when it was known. It
//     opens a hold on its key and is a dead letter with the reason PRODUCER_TIME. Only a
//     Resolution ends the hold; another record with the same id does not, since nothing says
//     which of the two came first. All of this follows from the log alone, so that a rebuild
//     and verify say the same;
//   - makes caught_up stand still, and the engine says so, until the topic is set back, since
//     records not yet read may be of that kind as well.
//
// Once the topic is set back, whoever sent such records sends them again, and resolves the dead
// letters as REPLACED.

// doubt notes that a topic delivered a record with its producer's time.
func (w *topicWatch) doubt(topic string) {
	if w.doubted == nil {
		w.doubted = map[string]bool{}
	}
	w.doubted[topic] = true
}

// askDoubted asks whether topics that delivered records with their producers' times still
// accept them, and reports whether none does.
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

// unstamped says which topics' records carry their producers' times; empty for none.
func (w *topicWatch) unstamped() string {
	if len(w.doubted) == 0 {
		return ""
	}
	return "records of " + strings.Join(slices.Sorted(maps.Keys(w.doubted)), ", ") +
		" carry the time of their producers, so that late ones cannot be told from others: " +
		"nobody is accused until message.timestamp.type of the topic is LogAppendTime again; " +
		"those records are dead letters with the reason " + deadletter.ReasonProducerTime + ", to be sent again and resolved"
}
