package centres

import (
	"slices"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/deadletter"
	"tilsyn/engine/stream/register"
	"tilsyn/engine/stream/wire"
)

// takeIdentity takes in a link or an assignment. A record that cannot be read or is misplaced is left
// to the task of its partition.
func (r *CentreReader) takeIdentity(rec *broker.Record) {
	r.per[rec.Partition] = max(rec.At, r.per[rec.Partition])
	t := Touch{At: rec.Partition, Offset: rec.Offset, Known: rec.At, Passive: true, Identity: true}
	if rec.Topic == duty.TopicCardAssignments {
		if r.fileAssignment(r.register, rec) {
			if last, ok := r.assigned[rec.Partition]; ok {
				t.Offset, t.Known = max(t.Offset, last.Offset), max(t.Known, last.Known)
			}
			r.assigned[rec.Partition] = t
		}
		return
	}
	if l := r.fileLink(r.register, rec); l != nil {
		t.Person = l.PersonID
		r.touches = append(r.touches, t)
	}
}

// refuse notes a record that could not be used, so that the next start tries again.
func (r *CentreReader) refuse(rec *broker.Record) {
	r.refusals++
	switch {
	case r.keep == nil:
	case r.refusals <= maxRefused:
		r.refused[rec.Partition] = append(r.refused[rec.Partition], rec.Offset)
	case r.refusals == maxRefused+1:
		r.keep.cfg.Log.Warn().Int("records", maxRefused).
			Msg("too many identity links and card assignments cannot be read: " +
				"the register of links and cards is not kept, and the next start reads their topics from the beginning")
	}
}

// fileAssignment adds an assignment to a register; false if the record cannot be used.
func (r *CentreReader) fileAssignment(to *register.Register, rec *broker.Record) bool {
	a := &r.row // its strings are those of the record
	err := r.codec.DecodeAssignment(rec.Value, a)
	if err != nil || deadletter.Doubtful(rec, r.trust) ||
		casefile.CheckKey(wire.View(rec.Key), rec.Index, casefile.About{Person: a.PersonID}, r.partitionOf) != nil {
		r.refuse(rec)
		return false
	}
	to.Assign(a, rec.At, duty.Position{Partition: rec.Index, Offset: rec.Offset})
	return true
}

// fileLink adds a link to a register and returns it; nil if the record cannot be used.
func (r *CentreReader) fileLink(to *register.Register, rec *broker.Record) *duty.IdentityLink {
	record, err := r.codec.Decode(rec.Topic, rec.Value)
	l, ok := record.(*duty.IdentityLink)
	if err != nil || !ok || deadletter.Doubtful(rec, r.trust) ||
		casefile.CheckKey(wire.View(rec.Key), rec.Index, casefile.AboutRecord(record), r.partitionOf) != nil {
		r.refuse(rec)
		return nil
	}
	to.Link(l)
	return l
}

// holdsIdentities reports whether a partition holds links or assignments.
func holdsIdentities(p broker.Partition) bool { return slices.Contains(broker.IdentityTopics, p.Topic) }
