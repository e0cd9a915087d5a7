package task

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/watching"
	"tilsyn/engine/stream/wire"
	"tilsyn/engine/watch"
)

// One task owns the watch of the whole prefix (watching.OwnerTask). Every task forwards to it what
// it needs: the rows that the task reads, the inconsistent pairs of its persons (pairs.go), and the
// times of day at which units fall due. This is part of the transaction of the cycle that reads them,
// so that a commit that shows them read has forwarded them too, and a mark that waits for such
// commits (watermark/hops.go) has everything. While catching up with the last commit nothing is
// forwarded: the predecessor did it in the same transactions.

// forwarding is what a task forwards, and what it knows for that.
type forwarding struct {
	sheet watching.Sheet
	// rules are those of the policies known, key is what they were made of.
	rules *rules
	key   string
	// newest is when the newest row was known.
	newest duty.Instant
	// persons are those whose pairs have to be looked for before the cycle ends.
	persons []*person
	// weighed are the pairs that were found before of persons whose facts are mixed with those of others, kept those of
	// everybody else.
	weighed weighed
	kept    keptPairs
	// weighings counts how often pairs were looked for, rowsWeighed among how many rows, and near how often among those
	// near new facts alone.
	weighings, rowsWeighed, near int
	// due are the times of day that were forwarded since the start, in minutes.
	due [24*60 + 1]bool
	// silent is true while catching up with the last commit.
	silent bool
	// row is the buffer for a row.
	row watch.Row
}

// newForwarding returns what nothing is known of yet.
func newForwarding() forwarding { return forwarding{rules: newRules(nil), newest: duty.Beginning} }

// reset begins a cycle.
func (f *forwarding) reset() {
	f.sheet.Reset()
	f.persons = f.persons[:0]
}

// forwardRow forwards a readable row that the task has read under its own key, unless it makes no
// sense: then it has not arrived (W-18).
func (f *forwarding) forwardRow(e *duty.CardEvent, known duty.Instant) {
	if duty.RowMakesSense(e) {
		f.forwardSensible(e, known)
	}
}

// forwardSensible is forwardRow for a row of which it is known that it makes sense.
func (f *forwarding) forwardSensible(e *duty.CardEvent, known duty.Instant) {
	f.row = watch.Row{
		ID: e.ID, Version: e.Version, DeviceID: e.DeviceID, CentreID: e.CentreID, Epoch: e.SourceEpoch, Seq: e.SourceSeq,
		OccurredAt: e.OccurredAt, ReceivedAt: e.ReceivedAt, Known: known,
	}
	f.sheet.Row(&f.row)
}

// forwardRead forwards what the owner needs of a fact that was just read.
func (t *Task) forwardRead(f *stored.Fact, live bool) {
	if !live {
		return
	}
	switch v := f.Record.(type) {
	case *duty.CardEvent:
		t.forward.forwardRow(v, f.Known)
	case *duty.ObligationChange:
		t.forwardDue(v)
	}
}

// forwardDue forwards the time of day at which slots of a schedule fall due, once after every start;
// the ends of night and day are known to the owner.
func (t *Task) forwardDue(o *duty.ObligationChange) {
	if !o.Schedule.OK {
		return
	}
	if at, ok := o.Schedule.V.DueMinute(); ok && !t.forward.due[at] {
		t.forward.due[at] = true
		t.forward.sheet.Due(at)
	}
}

// sendForwarded looks for the pairs that may have changed, and adds everything to be forwarded to
// the transaction.
func (t *Task) sendForwarded() error {
	if err := t.forwardPairs(); err != nil || t.forward.sheet.Empty() {
		return err
	}
	to := broker.Partition{Topic: duty.TopicHandOver, Index: watching.OwnerTask}
	for _, record := range t.forward.sheet.Records() {
		t.cycle.write(broker.Out{Partition: to, Value: record})
	}
	t.cycle.move()
	return nil
}

// useRules takes over the policies under which rows are in turn, and reports whether they are others
// than before. Where a row may now be judged differently, nothing is known of any person's passages.
func (t *Task) useRules(active []duty.ActivePolicy) bool {
	var policies []*duty.Policy
	var digests []string
	for i := range active {
		if p := active[i].Policy; !slices.Contains(digests, p.Digest) {
			policies, digests = append(policies, p), append(digests, p.Digest)
		}
	}
	slices.SortFunc(policies, func(a, b *duty.Policy) int { return cmp.Compare(a.Digest, b.Digest) })
	slices.Sort(digests)
	var w wire.Writer
	w.Texts(digests)
	key := strconv.FormatUint(wire.Hash(&w), 36)
	if key == t.forward.key {
		return false
	}
	if t.forward.key != "" {
		t.roster.forgetEnds()
	}
	t.forward.rules, t.forward.key, t.forward.weighed, t.forward.kept = newRules(policies), key, weighed{}, nil
	return true
}

// adoptPolicies begins a walk that looks for the pairs of everybody if the policies are others than
// those under which pairs were forwarded.
func (t *Task) adoptPolicies() {
	t.useRules(t.picture.Policies)
	if t.at.Paired == t.forward.key {
		return
	}
	t.at.Paired = t.forward.key
	if t.at.Seq > 0 { // else there is nobody yet
		t.at.AddWatch(stored.Sweep{})
		t.cycle.move()
	}
}

// beginForwarding begins a walk that forwards everything which an older program has read without
// forwarding it, when its state is rebuilt for this one. A walk that was under way begins again if
// the state is not that of the last commit.
func (t *Task) beginForwarding(last *stored.Progress) {
	older := last.Seq > 0 && last.Layout != stored.StateLayout
	if older {
		t.at.AddWatch(stored.Sweep{Rows: true})
		return
	}
	walks := func(list []stored.Sweep) (some, rows bool) {
		for i := range list {
			some, rows = some || list[i].Watch, rows || list[i].Watch && list[i].Rows
		}
		return some, rows
	}
	kept := t.at.Seq > 0
	some, rows := walks(last.Sweeps)
	if kept && t.at.Seq < last.Seq {
		was, wasRows := walks(t.at.Sweeps)
		if was || some || t.at.Paired != last.Paired {
			// A walk of which the state has not everything: it begins anew, and trusts no header.
			t.at.Sweeps = slices.DeleteFunc(t.at.Sweeps, func(s stored.Sweep) bool { return s.Watch })
			t.at.AddWatch(stored.Sweep{Rows: rows || wasRows, Doubt: true})
		}
		for i := range t.at.Sweeps {
			t.at.Sweeps[i].Doubt = t.at.Sweeps[i].Doubt || t.at.Sweeps[i].Cards
		}
	} else if some && !kept {
		t.at.AddWatch(stored.Sweep{Rows: rows})
	}
	t.at.Paired = last.Paired
}

// ownRow reports whether a row that is filed under a key was read under that key by this task.
func (t *Task) ownRow(key string, f *stored.Fact, e *duty.CardEvent) bool {
	if f.Pos.Partition != t.at.Task {
		return false
	}
	card, parked := strings.CutPrefix(key, casefile.ParkedKey)
	return parked && !e.PersonID.OK && e.CardID == card || !parked && e.PersonID.OK && e.PersonID.V == key
}
