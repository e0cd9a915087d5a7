package stream

import (
	"fmt"
	"math"

	"tilsyn/engine/duty"
)

// fact is one record of an input topic as the engine keeps it.
type fact struct {
	topic string
	known duty.Instant
	pos   duty.Position
	// value are the bytes of the record as they were read, valid until the next
	// fetch; nil where they could not be read.
	value []byte
	// stored is the form in which the state keeps it, from when it is filed.
	stored []byte
	// record is what they say; nil where they could not be read.
	record any
	// bad describes a record that could not be read.
	bad *duty.Unreadable
}

// topicCodes are the numbers that stand for topics in the state. They are written
// on disk: a number never changes and is never given to another topic; a new topic
// takes the next free one. The numbers from packedRow on have other meanings.
var topicCodes = map[string]byte{
	topicCardEvents:         rowCode,
	topicManualEntries:      1,
	"notices":               2,
	"obligation-changes":    3,
	"group-changes":         4,
	"permissions":           5,
	"holds":                 6,
	"departure-assessments": 7,
	"convictions":           8,
	topicIdentityLinks:      9,
	topicCardAssignments:    10,
	topicHandlings:          11,
}

// topicsByCode is the inverse of topicCodes.
var topicsByCode = func() map[byte]string {
	out := make(map[byte]string, len(topicCodes))
	for topic, code := range topicCodes {
		out[code] = topic
	}
	return out
}()

// badTopic marks a stored record that could not be read.
const badTopic = 0xff

// appendTo appends the stored form of a fact that is filed under a person.
func (f *fact) appendTo(b []byte, person string, forms *shapes) ([]byte, error) {
	if e, ok := f.record.(*duty.CardEvent); ok && e.PersonID.V == person {
		if b, ok := forms.packRow(b, e, f.known, f.pos.Offset); ok {
			return b, nil
		}
	}
	w := writer{b: b}
	if f.bad != nil {
		w.byte(badTopic)
		w.string(f.bad.Topic)
		w.string(f.bad.Key)
		w.string(f.bad.ID)
		w.optInstant(f.bad.At)
		w.int(int64(f.pos.Partition))
		w.int(f.pos.Offset)
		return w.b, nil
	}
	code, ok := topicCodes[f.topic]
	if !ok {
		return nil, fmt.Errorf("topic %s is not keyed by person", f.topic)
	}
	w.byte(code)
	w.int(int64(f.known))
	w.int(int64(f.pos.Partition))
	w.int(f.pos.Offset)
	w.b = append(w.b, f.value...)
	return w.b, nil
}

// decodeFact reads the stored form.
func (t *Task) decodeFact(b []byte, person string) (fact, error) {
	if len(b) > 0 && b[0] == packedRow {
		var k duty.Known[duty.CardEvent]
		if err := t.shapes.unpackRow(b, person, t.at.Task, wholeRow, &k); err != nil {
			return fact{}, err
		}
		return fact{topic: topicCardEvents, known: k.At, pos: k.Pos.V, record: &k.Fact}, nil
	}
	r := reader{b: b}
	code := r.byte()
	if code == badTopic {
		u := duty.Unreadable{Topic: r.string(), Key: r.string(), ID: r.string(), At: r.optInstant()}
		f := fact{topic: u.Topic, known: u.At.V, bad: &u}
		f.pos = duty.Position{Partition: int32(r.int()), Offset: r.int()}
		u.Pos = duty.Some(f.pos)
		return f, r.end()
	}
	topic, ok := topicsByCode[code]
	if !ok {
		return fact{}, fmt.Errorf("a stored record is of a topic with the number %d, which this program does not have; a newer one wrote it: run that one", code)
	}
	f := fact{topic: topic, known: duty.Instant(r.int())}
	f.pos = duty.Position{Partition: int32(r.int()), Offset: r.int()}
	if r.err != nil {
		return fact{}, r.err
	}
	f.value = r.b
	record, err := t.codec.Decode(f.topic, f.value)
	if err != nil {
		return fact{}, fmt.Errorf("stored record of %s partition %d offset %d: %w", f.topic, f.pos.Partition, f.pos.Offset, err)
	}
	f.record = record
	return f, nil
}

// day is the page that the fact is stored under: rows by their own day, all
// others undated since their effect has no bound.
func (f *fact) day() int32 {
	if e, ok := f.record.(*duty.CardEvent); ok {
		return rowDay(e)
	}
	return math.MinInt32
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// known wraps a record as the core wants it.
func known[T any](f *fact, record *T) duty.Known[T] {
	return duty.Known[T]{Fact: *record, At: f.known, Pos: duty.Some(f.pos)}
}

// fileUnder adds the fact to what is known of a person. It reports false for a
// record that is no fact of a person.
func (f *fact) fileUnder(p *duty.Facts) bool {
	if f.bad != nil {
		p.Unreadable = append(p.Unreadable, *f.bad)
		return true
	}
	switch v := f.record.(type) {
	case *duty.CardEvent:
		p.CardEvents = append(p.CardEvents, known(f, v))
	case *duty.ManualEntry:
		p.ManualEntries = append(p.ManualEntries, known(f, v))
	case *duty.Notice:
		p.Notices = append(p.Notices, known(f, v))
	case *duty.ObligationChange:
		p.ObligationChanges = append(p.ObligationChanges, known(f, v))
	case *duty.GroupChange:
		p.GroupChanges = append(p.GroupChanges, known(f, v))
	case *duty.Permission:
		p.Permissions = append(p.Permissions, known(f, v))
	case *duty.Hold:
		p.Holds = append(p.Holds, known(f, v))
	case *duty.DepartureAssessment:
		p.DepartureAssessments = append(p.DepartureAssessments, known(f, v))
	case *duty.Conviction:
		p.Convictions = append(p.Convictions, known(f, v))
	case *duty.IdentityLink:
		p.IdentityLinks = append(p.IdentityLinks, known(f, v))
	case *duty.CardAssignment:
		p.CardAssignments = append(p.CardAssignments, known(f, v))
	case *duty.Handling:
		p.Handlings = append(p.Handlings, known(f, v))
	default:
		return false
	}
	return true
}

// fileAtCentre adds the fact to what is known of the centres. It reports false
// for a record that is no such fact.
func (f *fact) fileAtCentre(c *duty.CentreFacts) bool {
	if f.bad != nil {
		c.Unreadable = append(c.Unreadable, *f.bad)
		return true
	}
	switch v := f.record.(type) {
	case *duty.Incident:
		c.Incidents = append(c.Incidents, known(f, v))
	case *duty.Exclusion:
		c.Exclusions = append(c.Exclusions, known(f, v))
	case *duty.Settlement:
		c.Settlements = append(c.Settlements, known(f, v))
	case *duty.Heartbeat:
		c.Heartbeats = append(c.Heartbeats, known(f, v))
	case *duty.Reconciliation:
		c.Reconciliations = append(c.Reconciliations, known(f, v))
	case *duty.ChangeMark:
		c.ChangeMarks = append(c.ChangeMarks, known(f, v))
	case *duty.SupervisionResult:
		c.SupervisionResults = append(c.SupervisionResults, known(f, v))
	case *duty.Resolution:
		c.Resolutions = append(c.Resolutions, known(f, v))
	case *duty.PolicyActivation:
		a := *v
		a.Text = "" // what it says is in the policies of the snapshot
		c.Activations = append(c.Activations, known(f, &a))
	default:
		return false
	}
	return true
}
