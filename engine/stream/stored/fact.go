package stored

import (
	"fmt"
	"math"
	"strings"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/wire"
	"tilsyn/schemas"
)

// Fact is one record of an input topic as the engine keeps it. Known is its log timestamp, Pos its
// place.
type Fact struct {
	Topic string
	Known duty.Instant
	Pos   duty.Position
	// Value are the encoded bytes of the record, valid until the next fetch; nil if they could not be
	// read.
	Value []byte
	// Stored is the form that the state keeps, set when the fact is filed.
	Stored []byte
	// Record is the decoded record; nil if it could not be read.
	Record any
	// Bad is the hold of a record that could not be read; nil otherwise.
	Bad *duty.Unreadable
}

// topicCodes are the numbers of topics in the state. They are written to disk: a number never
// changes and is never reused; a new topic takes the next free one. Numbers from PackedRow on mean
// other things.
var topicCodes = map[string]byte{
	duty.TopicCardEvents:           RowCode,
	duty.TopicManualEntries:        1,
	duty.TopicNotices:              2,
	duty.TopicObligationChanges:    3,
	duty.TopicGroupChanges:         4,
	duty.TopicPermissions:          5,
	duty.TopicHolds:                6,
	duty.TopicDepartureAssessments: 7,
	duty.TopicConvictions:          8,
	duty.TopicIdentityLinks:        9,
	duty.TopicCardAssignments:      10,
	duty.TopicHandlings:            11,
}

// topicsByCode is the inverse of topicCodes.
var topicsByCode = func() map[byte]string {
	out := make(map[byte]string, len(topicCodes))
	for topic, code := range topicCodes {
		out[code] = topic
	}
	return out
}()

// BadTopic marks the stored form of a record that could not be read.
const BadTopic = 0xff

// AppendTo appends the stored form of a fact filed under a person: the short form for a row of
// that person, otherwise the whole record.
func (f *Fact) AppendTo(b []byte, person string, forms *Shapes) ([]byte, error) {
	if e, ok := f.Record.(*duty.CardEvent); ok && e.PersonID.V == person {
		if b, ok := forms.PackRow(b, e, f.Known, f.Pos.Offset); ok {
			return b, nil
		}
	}
	w := wire.Writer{Bytes: b}
	if f.Bad != nil {
		w.Byte(BadTopic)
		w.Text(f.Bad.Topic)
		w.Text(f.Bad.Key)
		w.Text(f.Bad.ID)
		w.OptInstant(f.Bad.At)
		w.Int(int64(f.Pos.Partition))
		w.Int(f.Pos.Offset)
		return w.Bytes, nil
	}
	code, ok := topicCodes[f.Topic]
	if !ok {
		return nil, fmt.Errorf("topic %s is not keyed by person", f.Topic)
	}
	w.Byte(code)
	w.Int(int64(f.Known))
	w.Int(int64(f.Pos.Partition))
	w.Int(f.Pos.Offset)
	w.Bytes = append(w.Bytes, f.Value...)
	return w.Bytes, nil
}

// ReadFact reads the stored form of a fact filed under a person by a task.
func ReadFact(b []byte, person string, task int32, by broker.Codec, forms *Shapes) (Fact, error) {
	if len(b) > 0 && b[0] == PackedRow {
		var k duty.Known[duty.CardEvent]
		if err := forms.UnpackRow(b, person, task, WholeRow, &k); err != nil {
			return Fact{}, err
		}
		return Fact{Topic: duty.TopicCardEvents, Known: k.At, Pos: k.Pos.V, Record: &k.Fact}, nil
	}
	r := wire.Reader{Rest: b}
	code := r.Byte()
	if code == BadTopic {
		u := duty.Unreadable{Topic: r.Text(), Key: r.Text(), ID: r.Text(), At: r.OptInstant()}
		f := Fact{Topic: u.Topic, Known: u.At.V, Bad: &u}
		f.Pos = duty.Position{Partition: int32(r.Int()), Offset: r.Int()}
		u.Pos = duty.Some(f.Pos)
		return f, r.End()
	}
	topic, ok := topicsByCode[code]
	if !ok {
		return Fact{}, fmt.Errorf("a stored record is of a topic with the number %d, which this program does not have: %w",
			code, ErrNewer)
	}
	f := Fact{Topic: topic, Known: duty.Instant(r.Int())}
	f.Pos = duty.Position{Partition: int32(r.Int()), Offset: r.Int()}
	if r.Err != nil {
		return Fact{}, r.Err
	}
	f.Value = r.Rest
	record, err := by.Decode(f.Topic, f.Value)
	if err != nil {
		return Fact{}, fmt.Errorf("stored record of %s partition %d offset %d: %w", f.Topic,
			f.Pos.Partition, f.Pos.Offset, err)
	}
	f.Record = record
	return f, nil
}

// paperCode is the first byte of the stored form of paper.
var paperCode = topicCodes[duty.TopicManualEntries]

// PaperKnown returns when a fact in its stored form became known, if it is paper. It decodes nothing else of it.
func PaperKnown(b []byte) (known duty.Instant, ok bool) {
	if len(b) == 0 || b[0] != paperCode {
		return duty.Beginning, false
	}
	r := wire.Reader{Rest: b[1:]}
	known = duty.Instant(r.Int())
	return known, r.Err == nil
}

// Day returns the page of the store that the fact belongs to: rows by their own UTC day,
// everything else on the undated page, since its effect has no bound in time.
func (f *Fact) Day() int32 {
	if e, ok := f.Record.(*duty.CardEvent); ok {
		return RowDay(e)
	}
	return math.MinInt32
}

// FloorDiv divides and rounds towards minus infinity.
func FloorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// Known wraps a record with its time and place, as the core expects it.
func Known[T any](f *Fact, record *T) duty.Known[T] {
	return duty.Known[T]{Fact: *record, At: f.Known, Pos: duty.Some(f.Pos)}
}

// FileUnder adds the fact to the facts of a person. It returns false for a record that is no fact
// of a person.
func (f *Fact) FileUnder(p *duty.Facts) bool {
	if f.Bad != nil {
		p.Unreadable = append(p.Unreadable, *f.Bad)
		return true
	}
	return casefile.File(p, f.Record, f.Known, duty.Some(f.Pos))
}

// FileAtCentre adds the fact to the facts of the centres. It returns false for a record that is no
// such fact.
func (f *Fact) FileAtCentre(c *duty.CentreFacts) bool {
	if f.Bad != nil {
		c.Unreadable = append(c.Unreadable, *f.Bad)
		return true
	}
	if a, ok := f.Record.(*duty.PolicyActivation); ok {
		short := *a
		short.Text = "" // what it says is in the policies of the snapshot
		return casefile.FileAtCentre(c, &short, f.Known, duty.Some(f.Pos))
	}
	return casefile.FileAtCentre(c, f.Record, f.Known, duty.Some(f.Pos))
}

// Name returns the FactName; 0 if the record could not be read or has no identity.
func (f *Fact) Name() uint64 {
	if f.Record == nil {
		return 0
	}
	head, ok := schemas.HeadOf(f.Record)
	if !ok {
		return 0
	}
	return casefile.FactName(topicCodes[f.Topic], head.Identity)
}

// CardOf returns the hash of the card that a fact mentions; 0 if it mentions none. An unreadable
// row may be one of a card alone; its key then names the card.
func (f *Fact) CardOf() uint64 {
	switch v := f.Record.(type) {
	case *duty.CardEvent:
		return casefile.CardHash(v.CardID)
	case *duty.CardAssignment:
		return casefile.CardHash(v.CardID)
	}
	if f.Bad != nil && casefile.MayBeOfCard(f.Bad.Topic) {
		return casefile.CardHash(f.Bad.Key)
	}
	return 0
}

// OwnOf reports whether a fact filed under a person was read under that person's key, as opposed
// to handed over by another task.
func (f *Fact) OwnOf(id string, task int32) bool {
	switch {
	case f.Pos.Partition != task:
		return false
	case f.Bad != nil:
		return f.Bad.Key == id
	}
	return casefile.AboutRecord(f.Record).Person == strings.TrimPrefix(id, casefile.ParkedKey) ||
		strings.HasPrefix(id, casefile.ParkedKey)
}

// VersionName returns the name of this version of the fact.
func (f *Fact) VersionName() VersionName {
	head, _ := schemas.HeadOf(f.Record)
	return VersionName{f.Name(), head.Version}
}

// VersionName identifies one version of a fact.
type VersionName struct {
	Name    uint64
	Version int64
}
