package stream

import (
	"slices"

	"tilsyn/engine/duty"
)

// takeJoin takes in a link or an assignment. One that cannot be read, or lies
// where it does not belong, is the business of the task of its partition.
func (r *CentreReader) takeJoin(rec *Record) {
	r.per[rec.Partition] = max(rec.At, r.per[rec.Partition])
	t := touch{at: rec.Partition, offset: rec.Offset, known: rec.At, quiet: true, joins: true}
	if rec.Topic == topicCardAssignments {
		if r.fileAssignment(r.joins, rec) {
			t.known = max(t.known, r.assigned[rec.Partition].known)
			r.assigned[rec.Partition] = t
		}
		return
	}
	if l := r.fileLink(r.joins, rec); l != nil {
		t.person = l.PersonID
		r.touches = append(r.touches, t)
	}
}

// fileAssignment adds an assignment to a register; false for a record that is
// none.
func (r *CentreReader) fileAssignment(to *register, rec *Record) bool {
	a := &r.row // its strings are those of the record
	err := r.codec.DecodeAssignment(rec.Value, a)
	if err != nil || checkKey(rec, about{id: a.ID, person: a.PersonID}, r.partitionOf) != nil {
		return false
	}
	to.assign(a, rec.At, duty.Position{Partition: rec.Index, Offset: rec.Offset})
	return true
}

// fileLink adds a link to a register and returns it; nil for a record that is
// none.
func (r *CentreReader) fileLink(to *register, rec *Record) *duty.IdentityLink {
	record, err := r.codec.Decode(rec.Topic, rec.Value)
	if err != nil || checkKey(rec, aboutRecord(record), r.partitionOf) != nil {
		return nil
	}
	l, ok := record.(*duty.IdentityLink)
	if !ok {
		return nil
	}
	to.link(l)
	return l
}

// isJoin reports whether a partition is of links or assignments.
func isJoin(p Partition) bool { return slices.Contains(joinTopics, p.Topic) }
