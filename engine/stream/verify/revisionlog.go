package verify

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/telling"
	"tilsyn/engine/treelog"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// LogConfig configures what is asked of the logs of revisions (decision 0028). Kafka is required.
type LogConfig struct {
	Kafka topics.Config
	// Schemas are as in VerifyConfig.
	Schemas *schemas.Store
	// Kept are checkpoints that were kept elsewhere.
	Kept []treelog.Note
	// Key has to have signed the newest checkpoints and those that were kept (default: nobody has to).
	Key treelog.PublicKey
}

// CheckedLog is what came of checking the log of one partition of violations.
type CheckedLog struct {
	// Origin is its name, Size how many entries it has.
	Origin string
	Size   int64
	LogTally
	// Begin is the offset of violations where the log begins.
	Begin int64
	// Newest is its newest checkpoint; nil where it has no entry.
	Newest *treelog.Note
	// Differences say what is wrong, a line each.
	Differences []string
}

// LogTally counts entries and revisions.
type LogTally struct {
	// Agree are entries that stand for the revisions in their places, Erased those of which nothing can
	// be found out any more. Older are the revisions that lie before the log begins.
	Agree, Erased, Older int
}

// add sums up.
func (t *LogTally) add(o LogTally) {
	t.Agree, t.Erased, t.Older = t.Agree+o.Agree, t.Erased+o.Erased, t.Older+o.Older
}

// CheckLogs sets the logs of all partitions and the revisions side by side, and checks that every
// checkpoint, those kept elsewhere too, names a root of the entries that are there. It writes
// nothing. An error is one of reading.
func CheckLogs(ctx context.Context, cfg LogConfig) ([]CheckedLog, error) {
	v, done, err := connect(ctx, VerifyConfig{Kafka: cfg.Kafka, Schemas: cfg.Schemas})
	if err != nil {
		return nil, err
	}
	defer done()
	if there, err := v.hasLogs(ctx); err != nil || !there {
		return nil, cmp.Or(err, ErrNoLog)
	}
	var checked []CheckedLog
	of := map[string]bool{}
	for part := range v.parts {
		l, err := v.readLog(ctx, part)
		if err != nil {
			return checked, fmt.Errorf("partition %d: %w", part, err)
		}
		checked = append(checked, l.check(&cfg))
		of[l.origin] = true
	}
	for i := range cfg.Kept {
		if n := &cfg.Kept[i]; !of[n.Origin] {
			checked = append(checked, CheckedLog{Origin: n.Origin, Differences: []string{
				fmt.Sprintf("a checkpoint of %d entries was kept, and there is no log of that name", n.Size)}})
		}
	}
	return checked, nil
}

// ErrNoLog says that the topics of the log are not there.
var ErrNoLog = fmt.Errorf("there is no topic %s: an older tilsyn wrote the topics of this prefix, "+
	"and keeps no log of revisions; run `tilsyn topics create` for a newer one", duty.TopicLogLeaves)

// hasLogs reports whether the topics of the logs are there.
func (v *verifier) hasLogs(ctx context.Context) (bool, error) {
	there, err := v.broker.Topics(ctx)
	if err != nil {
		return false, err
	}
	_, leaves := there[duty.TopicLogLeaves]
	_, points := there[duty.TopicLogCheckpoints]
	return leaves && points, nil
}

// originOf is the name of the log of a partition.
func (v *verifier) originOf(part int32) string {
	return treelog.OriginOf(v.cfg.Kafka.Prefix+duty.TopicViolations, part)
}

// compareLog checks the log of one partition, as part of verify.
func (v *verifier) compareLog(ctx context.Context, part int32) error {
	l, err := v.readLog(ctx, part)
	if err != nil {
		return err
	}
	c := l.check(&LogConfig{})
	v.result.Logs.add(c.LogTally)
	for _, what := range c.Differences {
		v.result.Differences++
		v.cfg.Found(telling.Difference{Of: c.Origin, What: what})
	}
	return nil
}

// logReader is the log of one partition with its revisions, as the topics have them.
type logReader struct {
	part   int32
	origin string
	// progress is what the last record of progress says, newest the newest checkpoint.
	progress stored.RevisionLog
	newest   *treelog.Note
	chunks   treelog.Chunks
	leaves   []treelog.Leaf
	// revisions are all that lie in violations; asked are those that wanted says.
	revisions []treelog.Revision
	asked     map[int64]*duty.Violation
	wanted    func(*duty.Violation) bool
}

// Markers of one transaction reach its partitions one after the other, so what is read of several
// may be of different commits: it is read on until it fits, for a while.
const (
	logTries = 12
	logPause = 250 * time.Millisecond
)

// readLog reads the log of a partition.
func (v *verifier) readLog(ctx context.Context, part int32) (*logReader, error) {
	l := &logReader{part: part, origin: v.originOf(part)}
	return l, v.read(ctx, l)
}

// read reads on until what the topics say fits together, or it is sure that it does not.
func (v *verifier) read(ctx context.Context, l *logReader) error {
	violations := broker.Partition{Topic: duty.TopicViolations, Index: l.part}
	parts := []broker.Partition{stored.CommitPartition(l.part), task.CheckpointPartition(l.part),
		task.LeavesPartition(l.part), violations}
	at := broker.Offsets{}
	for _, p := range parts {
		at[p] = 0
	}
	for try := 1; ; try++ {
		ends, err := v.broker.Ends(ctx, parts, broker.LastStable)
		if err != nil {
			return err
		}
		err = v.scan().Each(ctx, at, ends, func(rec *broker.Record) error { return atRecord(rec, v.take(l, rec)) })
		if err != nil {
			return err
		}
		l.leaves = l.chunks.Leaves(l.progress.Tree.Size())
		if l.fits() || try == logTries {
			return nil
		}
		at = ends
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(v.logPause):
		}
	}
}

// take takes in one record.
func (v *verifier) take(l *logReader, rec *broker.Record) error {
	switch rec.Topic {
	case duty.TopicTaskCommits:
		if string(rec.Key) != string(stored.CommitKey(l.part)) {
			return nil
		}
		p, err := stored.DecodeProgress(rec.Value, l.part)
		l.progress = p.Log
		return err
	case duty.TopicLogCheckpoints:
		n, err := treelog.ParseNote(rec.Value)
		l.newest = &n
		return err
	case duty.TopicLogLeaves:
		chunk, err := treelog.DecodeChunk(rec.Value)
		l.chunks.Take(chunk)
		return err
	}
	record, err := v.codec.Decode(rec.Topic, rec.Value)
	if err != nil {
		return err
	}
	told := record.(*duty.Violation)
	r := treelog.Revision{UnitID: told.UnitID, Number: told.Revision, Offset: rec.Offset}
	if r.Digest, err = treelog.DigestOf(told.ComputeDigest()); err != nil {
		return err
	}
	if told.PreviousDigest.OK {
		// One that is no digest names nobody; that the chain is broken is another difference.
		r.Previous, _ = treelog.DigestOf(told.PreviousDigest.V)
	}
	l.revisions = append(l.revisions, r)
	if l.wanted != nil && l.wanted(told) {
		if l.asked == nil {
			l.asked = map[int64]*duty.Violation{}
		}
		l.asked[rec.Offset] = told
	}
	return nil
}

// atRecord says at which record an error arose.
func atRecord(rec *broker.Record, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s partition %d offset %d: %w", rec.Topic, rec.Index, rec.Offset, err)
}

// older is how many revisions lie before the log begins. A log that no record of progress names has
// none but older ones.
func (l *logReader) older() int {
	for k := range l.revisions {
		if l.progress.Begun && l.revisions[k].Offset >= l.progress.Begin {
			return k
		}
	}
	return len(l.revisions)
}

// fits reports whether record of progress, checkpoint, leaves and revisions may be of one commit.
func (l *logReader) fits() bool {
	size, erased := l.progress.Tree.Size(), 0
	for i := range l.leaves {
		if l.leaves[i].Erased() {
			erased++
		}
	}
	return int64(len(l.leaves)) == size && int64(len(l.revisions)-l.older()+erased) >= size &&
		int64(len(l.revisions)-l.older()) <= size && (size == 0 || l.newest != nil && l.newest.Size == size)
}

// check compares everything.
func (l *logReader) check(cfg *LogConfig) CheckedLog {
	older := l.older()
	size := l.progress.Tree.Size()
	c := CheckedLog{Origin: l.origin, Size: size, LogTally: LogTally{Older: older},
		Begin: l.progress.Begin, Newest: l.newest}
	wrong := func(format string, args ...any) { c.Differences = append(c.Differences, fmt.Sprintf(format, args...)) }
	if int64(len(l.leaves)) < size {
		wrong("the entries from %d on are not in %s: the log has %d", len(l.leaves), duty.TopicLogLeaves, size)
	} else if root := treelog.RootOf(l.leaves); root != l.progress.Tree.Root() {
		wrong("the root of its %d entries is %s, and the engine made it %s: %s was changed", size, root,
			l.progress.Tree.Root(), duty.TopicLogLeaves)
	}
	if l.newest != nil {
		l.checkNote(l.newest, "the newest checkpoint", cfg.Key, wrong)
	} else if size > 0 {
		wrong("it has %d entries, and no checkpoint is in %s", size, duty.TopicLogCheckpoints)
	}
	for i := range cfg.Kept {
		if n := &cfg.Kept[i]; n.Origin == l.origin {
			l.checkNote(n, "the checkpoint that was kept", cfg.Key, wrong)
		}
	}
	found := treelog.Compare(l.leaves, l.revisions[older:])
	c.Agree, c.Erased = found.Agree, found.Erased
	for _, d := range found.Differences {
		wrong("%s", d)
	}
	return c
}

// checkNote checks one checkpoint against the entries that are there.
func (l *logReader) checkNote(n *treelog.Note, which string, key treelog.PublicKey, wrong func(string, ...any)) {
	if len(key) > 0 {
		if err := n.Check(key); err != nil {
			wrong("%s of %d entries: %v", which, n.Size, err)
		}
	}
	switch {
	case n.Origin != l.origin:
		wrong("%s is one of the log %s", which, n.Origin)
	case n.Size > int64(len(l.leaves)):
		wrong("%s is of %d entries, and %d are there: the log was cut or made anew", which, n.Size, len(l.leaves))
	default:
		if root := treelog.RootOf(l.leaves[:n.Size]); root != n.Root {
			wrong("%s of %d entries has the root %s, and those that are there have %s: "+
				"one of them was changed, or the log was made anew", which, n.Size, n.Root, root)
		}
	}
}
