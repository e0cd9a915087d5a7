package task

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"time"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/watching"
	"tilsyn/state"
	"tilsyn/topics"
)

// One task owns the watch of the whole prefix (package watching). It keeps what all tasks forward,
// looks whenever a mark is reached, and writes what it sees in the same cycle: to coverage for the
// tasks, to incidents for people, to data-quality what is doubtful. Verdicts take what the watch
// says from coverage alone, the owner's own too, so that no two tasks can disagree
// (decision 0027).

// owner is the watch, in the task that owns it.
type owner struct {
	*watching.Owner
	// looked is when it last looked, by Config.Wall; facts and policies are those of that look.
	looked   time.Time
	facts    *duty.Centres
	policies []duty.ActivePolicy
	// upkeep is what people have not done for the centres.
	upkeep upkeep
	// lines are the lines of data quality that were last told.
	lines []duty.DataQuality
	told  bool
	// kept is the buffer for a record that is kept in the state.
	kept []byte
}

// owns reports whether this task owns the watch.
func (t *Task) owns() bool { return t.at.Task == watching.OwnerTask }

// coverage is the partition that the owner writes to.
var coverage = broker.Partition{Topic: duty.TopicCoverage}

// watchShelves is how many keys of the store what was forwarded is spread over. It lies aside, where no
// walk over persons comes.
const watchShelves = 256

// watchShelf is the key of the store under which a forwarded record is kept.
func watchShelf(offset int64) string {
	return casefile.WatchKey + ":" + strconv.FormatInt(offset%watchShelves, 10)
}

// receiveForwarded takes in what a task forwarded to the owner, and keeps it in the state.
func (t *Task) receiveForwarded(rec *broker.Record) error {
	if !t.owns() {
		return fmt.Errorf("task %d does not own the watch: %w", t.at.Task, broker.ErrForeignLog)
	}
	if err := watching.Decode(rec.Value, &t.watch); err != nil {
		return err
	}
	w := &t.watch
	w.kept = append(binary.BigEndian.AppendUint64(w.kept[:0], uint64(rec.Offset)), rec.Value...)
	t.cycle.batch.AddFact(watchShelf(rec.Offset), state.Aside, w.kept)
	return nil
}

// loadWatch takes up from the state what was forwarded. The order in which it came matters.
func (t *Task) loadWatch() error {
	t.watch = owner{Owner: watching.NewOwner(), upkeep: newUpkeep()}
	if !t.owns() {
		return nil
	}
	var all [][]byte
	for i := range int64(watchShelves) {
		kept, err := t.store.Person(watchShelf(i), state.Aside)
		if err != nil {
			return err
		}
		for _, b := range kept.Facts {
			all = append(all, slices.Clone(b))
		}
	}
	slices.SortFunc(all, slices.Compare)
	for _, b := range all {
		if len(b) < 8 {
			return fmt.Errorf("task %d: what was forwarded to the watch is cut short: %w", t.at.Task, state.ErrCorrupt)
		}
		if err := watching.Decode(b[8:], &t.watch); err != nil {
			return fmt.Errorf("task %d: what was forwarded to the watch: %w", t.at.Task, err)
		}
	}
	return nil
}

// readSaid reads what the owner and its predecessors have said: a rebuild says nothing new. Both
// topics are small, and read whole at every start.
func (r *recovery) readSaid(ctx context.Context) error {
	t := r.t
	if !t.owns() {
		return nil
	}
	parts := append(t.incidentPartitions(), coverage)
	starts, err := t.broker.Ends(ctx, parts, broker.LogStart)
	if err != nil {
		return err
	}
	ends, err := t.broker.Ends(ctx, parts, broker.LastStable)
	if err != nil {
		return err
	}
	return t.scan().Each(ctx, starts, ends, func(rec *broker.Record) error {
		if rec.Topic == duty.TopicCoverage {
			t.watch.Heard(rec.Key, rec.Value)
			return nil
		}
		record, err := rec.Decode(t.codec)
		if v, ok := record.(*duty.Incident); err == nil && ok && v.Origin == duty.OriginAutomatic {
			t.watch.HeardIncident(v)
		}
		return nil
	})
}

// incidentPartitions are the partitions of the topic incidents, in order.
func (t *Task) incidentPartitions() []broker.Partition {
	return slices.DeleteFunc(t.centres.Partitions(),
		func(p broker.Partition) bool { return p.Topic != duty.TopicIncidents })
}

// speak lets the owner look at the clock of a mark that was reached, and writes what it sees.
func (t *Task) speak(reached duty.Instant) error {
	w := &t.watch
	if !t.owns() || reached == duty.Beginning || reached < w.Through() {
		return nil
	}
	w.Follow(&t.picture.Watch)
	changed := w.Changed() || w.facts != t.picture.Plain ||
		!slices.EqualFunc(w.policies, t.picture.Policies, func(a, b duty.ActivePolicy) bool {
			return a.From == b.From && a.Policy.Digest == b.Policy.Digest
		})
	// A virtual clock reaches marks all the time.
	soon := t.wall().Sub(w.looked) < t.limits.MarkEvery && !t.watermark.ReadAll()
	if !changed && reached == w.Through() || soon && t.clock.Virtual() {
		return nil
	}
	word := w.Look(reached, t.picture.Policies, t.picture.InForce(reached).Policy, t.picture.Plain)
	t.stats.Looks.Add(1)
	w.looked, w.facts, w.policies = t.wall(), t.picture.Plain, t.picture.Policies
	t.cycle.move()
	for i := range word.Said {
		t.cycle.write(broker.Out{Partition: coverage, Key: word.Said[i].Key, Value: word.Said[i].Value})
	}
	if err := t.publishIncidents(word.Incidents); err != nil {
		return err
	}
	return t.tellWatch(append(word.Quality, w.upkeep.look(t.picture, reached)...), reached)
}

// publishIncidents writes automatic incidents, for people. Nobody reads them back (W-32).
func (t *Task) publishIncidents(list []duty.Incident) error {
	if len(list) == 0 {
		return nil
	}
	parts := t.incidentPartitions()
	for i := range list {
		v := &list[i]
		value, err := t.codec.EncodeTold(duty.TopicIncidents, v)
		if err != nil {
			return fmt.Errorf("task %d: encode an incident: %w", t.at.Task, err)
		}
		to := parts[topics.Partition([]byte(v.CentreID), int32(len(parts)))]
		t.cycle.write(broker.Out{Partition: to, Key: []byte(v.CentreID), Value: value})
	}
	return nil
}

// tellWatch tells the lines of data quality of the watch that have changed.
func (t *Task) tellWatch(list []duty.DataQuality, at duty.Instant) error {
	w := &t.watch
	list = list[:min(len(list), maxCentreLines)]
	if w.told && slices.EqualFunc(w.lines, list, sameQuality) {
		return nil
	}
	w.lines, w.told = list, true
	return t.tellLinesOf(casefile.WatchKey, list, at)
}

// sameQuality reports whether two lines say the same.
func sameQuality(a, b duty.DataQuality) bool {
	return a.ID == b.ID && a.To == b.To && slices.Equal(a.Detail, b.Detail)
}

// tellLinesOf tells which lines of data quality hold that are kept under a key of no person.
func (t *Task) tellLinesOf(key string, list []duty.DataQuality, at duty.Instant) error {
	if len(list) == 0 { // make no entry in the store if there never were any lines
		if n, err := t.roster.find([]byte(key)); err != nil || n == noResident {
			return err
		}
	}
	var now []sideLine
	for i := range list {
		now = append(now, lineOfQuality(&list[i]))
	}
	who, err := t.person(key)
	if err != nil {
		return err
	}
	if err := t.tellLines(who, "", now, at, nil); err != nil {
		return err
	}
	t.forget(who)
	return nil
}

// ofWatch reports whether a line is one of the watch.
func ofWatch(q *duty.DataQuality) bool {
	switch q.Code {
	case duty.DataQualityCodeHeartbeatLost, duty.DataQualityCodeSeqGap, duty.DataQualityCodeSeqReset,
		duty.DataQualityCodeUnknownSource, duty.DataQualityCodeMarkerMissing,
		duty.DataQualityCodeReconciliationMissing:
		return true
	case duty.DataQualityCodeClockOffset:
		return len(q.Detail) == 0
	case duty.DataQualityCodeConflictingFact:
		return len(q.Detail) == 2 && q.Detail[0].Name == "first" && q.Detail[1].Name == "second"
	}
	return false
}

// uncovered says why caught_up stands still because of the watch; empty if it does not.
func (t *Task) uncovered() string {
	if t.picture == nil {
		return ""
	}
	_, through, why := t.picture.Covered()
	switch {
	case why != "":
		return why
	case through < t.at.CaughtUp:
		return "the watch has not said yet, on the topic coverage, what it sees up to where this task has judged; " +
			"the task of partition 0 says it once all tasks have read everything"
	}
	return ""
}

// covered returns the clocks over which what the watch says holds.
func (t *Task) covered() (since, through duty.Instant) {
	if t.picture == nil {
		return duty.Forever, duty.Beginning
	}
	since, through, _ = t.picture.Covered()
	return since, through
}

// forwards reports whether this cycle has read something for the owner of the watch that is not
// written yet.
func (t *Task) forwards() bool { return !t.forward.sheet.Empty() || len(t.forward.persons) > 0 }
