package task

import (
	"context"
	"slices"

	"github.com/cespare/xxhash/v2"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/centres"
	"tilsyn/engine/stream/deadletter"
	"tilsyn/engine/stream/recalls"
)

// The task of partition 0 writes the topic recalls, for the whole prefix (contract-case 8,
// decision 0029). How recalls stand follows from logs that everybody can read, and a reader that
// belongs to the instance says it (package recalls); the task only compares that with what lies on
// the topic, and writes what is another one. It does so in its own transactions, so that of two
// owners at most one writes.

// Recalls says how the recalls of the prefix stand; [recalls.Reader] implements it.
type Recalls interface {
	// Ask says for which clock and under which policies a word is wanted.
	Ask(at duty.Instant, policies []duty.ActivePolicy)
	// Word returns the newest word, nil if there is none.
	Word() *recalls.Word
	// Ends returns where the logs end that recalls follow from.
	Ends(ctx context.Context, b broker.Broker) (broker.Offsets, error)
	// Unusable returns the acknowledgements that nobody can use, and Sent says that the first n of them are on the
	// dead letters for certain.
	Unusable() []*deadletter.Record
	Sent(n int)
}

// recalling is what the writing task knows of the recalls.
type recalling struct {
	published
	// need is what must have been read before anything is written: whatever a predecessor may have
	// known. since is the clock of the last commit, before which nothing is said again.
	need  broker.Offsets
	since duty.Instant
	// word is the word of which everything is written.
	word *recalls.Word
	// lines are the lines of data quality that were last told.
	lines []duty.DataQuality
	// letters are the places of the acknowledgements that are on the dead letters, sent how many of those that the
	// reader has are there once the cycle before is committed.
	letters map[centres.LetterPlace]bool
	sent    int
}

// writesRecalls reports whether this task writes the recalls.
func (t *Task) writesRecalls() bool { return t.recalls != nil && Speaks(t.at.Task) }

// readRecalls reads what lies on the topic, and notes what must be read before more is written. It
// comes after the predecessor is fenced.
func (r *recovery) readRecalls(ctx context.Context) (err error) {
	t := r.t
	t.recalling = recalling{since: r.last.Clock}
	if !t.writesRecalls() {
		return nil
	}
	if t.recalling.need, err = t.recalls.Ends(ctx, t.broker); err != nil {
		return err
	}
	if t.recalling.letters, err = t.lettersOf(ctx, duty.TopicAcknowledgements); err != nil {
		return err
	}
	t.recalling.published, err = t.readPublished(ctx, duty.TopicRecalls, func(record any) (saidAs, bool) {
		v, ok := record.(*duty.Recall)
		if !ok {
			return saidAs{}, false
		}
		return saidOfRecall(v), true
	})
	return err
}

// saidOfRecall is a hash of the canonical form.
func saidOfRecall(v *duty.Recall) saidAs { return saidAs{hash: xxhash.Sum64(v.AppendCanonical(nil))} }

// recallsAtOnce is how many recalls one cycle writes.
const recallsAtOnce = 1000

// tellRecalls writes the recalls that stand otherwise than the topic says, and tells what about them
// is overdue.
func (t *Task) tellRecalls() error {
	if !t.writesRecalls() {
		return nil
	}
	w := &t.recalling
	t.tellUnusable()
	t.recalls.Ask(t.at.Clock, t.picture.Policies)
	word := t.recalls.Word()
	if word == nil || word == w.word || word.At < w.since || !word.Read.Reached(w.need) {
		return nil
	}
	open, waits, written := int64(0), int64(0), 0
	var lines []duty.DataQuality
	for i, l := range word.Lines {
		waits += int64(l.Waits)
		if l.Overdue.OK {
			lines = append(lines, l.Overdue.V)
		}
		if !l.Recall.ClosedAt.OK {
			open++
		}
		if w.word != nil && i < len(w.word.Lines) && w.word.Lines[i] == l {
			continue
		}
		wrote, err := t.publishOther(&w.published, l.Recall.CauseID, saidOfRecall(&l.Recall), &l.Recall)
		if err != nil {
			return err
		}
		if wrote {
			written++
			t.stats.Recalls.Add(1)
		}
		if written == recallsAtOnce {
			return nil // the next cycle goes on
		}
	}
	t.stats.RecallsOpen.Store(open)
	t.stats.RecallsOverdue.Store(waits)
	if err := t.tellRecallLines(append(lines, word.Invalid...), word.At); err != nil {
		return err
	}
	w.word = word
	return nil
}

// lettersOf returns the places of the records of a topic that this task sent to the dead letters.
func (t *Task) lettersOf(ctx context.Context, topic string) (map[centres.LetterPlace]bool, error) {
	places := map[centres.LetterPlace]bool{}
	own := []broker.Partition{{Topic: duty.TopicDeadLetters, Index: t.at.Task}}
	err := t.scan().All(ctx, own, func(rec *broker.Record) error {
		if place, ok := centres.PlaceOf(rec); ok && place.Topic == topic {
			places[place] = true
		}
		return nil
	})
	return places, err
}

// tellUnusable sends acknowledgements that nobody can use to the dead letters, each once: the ones of the cycle
// before are there now, since this one would not have begun without its commit.
func (t *Task) tellUnusable() {
	w := &t.recalling
	t.recalls.Sent(w.sent)
	w.sent = 0
	for _, b := range t.recalls.Unusable() {
		if !t.cycle.room() {
			return // the next cycle goes on
		}
		place := centres.LetterPlace{Topic: b.Hold.Topic, Pos: b.Hold.Pos.V}
		if !w.letters[place] {
			w.letters[place] = true
			t.tellBad(b)
		}
		w.sent++
	}
}

// tellRecallLines tells the lines of data quality about recalls that have changed.
func (t *Task) tellRecallLines(list []duty.DataQuality, at duty.Instant) error {
	w := &t.recalling
	list = list[:min(len(list), maxCentreLines)]
	if w.word != nil && slices.EqualFunc(w.lines, list, sameQuality) {
		return nil
	}
	w.lines = list
	return t.tellLinesOf(casefile.RecallsKey, list, at)
}

// ofRecalls reports whether a line is one about recalls.
func ofRecalls(q *duty.DataQuality) bool {
	return q.Code == duty.DataQualityCodeRecallOverdue || q.Code == duty.DataQualityCodeAcknowledgementInvalid
}
