package importing

import (
	"cmp"
	"errors"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
)

// Rejected is a row that did not become what the mapping says, with every reason.
type Rejected struct {
	File string
	Line int
	// Topic is that of the fact; empty where no rule of the mapping says what the row is.
	Topic   string
	Reasons []error
	// Holds is what the fact of doubt that stands for it holds; HoldsNothing where there is none.
	Holds Hold
	// Stays is true where importing the row right does not end that, since the fact of doubt cannot have its
	// id: the row tells no id or no received_at, or another row has the id. A Resolution ends it.
	Stays bool
}

// Hold is what a fact of doubt holds until the row is imported right.
type Hold string

// What facts of doubt hold.
const (
	HoldsNothing  Hold = ""
	HoldsPerson   Hold = "PERSON"
	HoldsCard     Hold = "CARD"     // whoever has it
	HoldsCentre   Hold = "CENTRE"   // the fact is one of a centre
	HoldsInterval Hold = "INTERVAL" // a suspected loss at its centre at its time
	HoldsAll      Hold = "ALL"      // nobody can tell whose the row is
)

// Import gathers the facts of rows, one export after the other. It holds them in memory.
//
// Many fields: what was made of the rows, and what they are counted by.
type Import struct {
	// Rows were read; Skipped are those that the mapping says are no fact, by its reason.
	Rows    int
	Skipped map[string]int
	// Rejected rows, in the order of reading.
	Rejected []Rejected
	// New facts are written; Known stand in an earlier import unchanged, Again came twice.
	Known, Again int
	// Changed are new versions of facts of an earlier import.
	Changed int
	// Withheld are markers that were not written, since rows were rejected.
	Withheld int
	// ByTopic counts what is written, doubts apart.
	ByTopic map[string]int
	Doubts  int

	facts  []made
	lost   []lostRow
	seen   map[[2]string]int     // by topic and id: where in facts
	before map[[2]string]earlier // what an earlier import wrote
	first  duty.Opt[duty.Instant]
}

// lostRow is a row for which a fact of doubt is made at the end.
type lostRow struct {
	mapping  string
	fact     *Fact
	row      Row
	rejected int  // in Rejected
	own      bool // another row has its id
}

// earlier is the newest version of a fact of an earlier import.
type earlier struct {
	version int64
	line    string // of the record as it would be with version 1
}

// New returns an import without rows.
func New() *Import {
	return &Import{Skipped: map[string]int{}, ByTopic: map[string]int{}, seen: map[[2]string]int{},
		before: map[[2]string]earlier{}}
}

// After takes in a fact that an earlier import wrote.
func (im *Import) After(l *schemas.Line) {
	head, _ := schemas.HeadOf(l.Value)
	k := [2]string{l.Topic, head.ID}
	if known, ok := im.before[k]; !ok || head.Version >= known.version {
		im.before[k] = earlier{head.Version, lineOf(l.Topic, l.Value, 1)}
	}
}

// Add takes in a row.
func (im *Import) Add(m *Mapping, r *Row) {
	im.Rows++
	if r.Bad != "" {
		im.reject(m, &m.Facts[0], r, "", []error{errors.New(r.Bad)})
		return
	}
	for i := range m.Skip {
		if m.Skip[i].When.fits(r) {
			im.Skipped[m.Skip[i].Because]++
			return
		}
	}
	fits := false
	for i := range m.Facts {
		f := &m.Facts[i]
		if !f.When.fits(r) {
			continue
		}
		fits = true
		fact, reasons := f.make(r)
		if len(reasons) == 0 {
			reasons = im.take(fact)
		}
		if len(reasons) > 0 {
			im.reject(m, f, r, f.Topic, reasons)
		}
	}
	if !fits {
		im.reject(m, &m.Facts[0], r, "", []error{errors.New("neither facts nor skip of the mapping says what this row is")})
	}
}

// reject notes a row that is not used.
func (im *Import) reject(m *Mapping, f *Fact, r *Row, topic string, reasons []error) {
	im.Rejected = append(im.Rejected, Rejected{File: r.File, Line: r.Line, Topic: topic, Reasons: reasons})
	own := slices.ContainsFunc(reasons, func(err error) bool { return errors.Is(err, errTwoOfOne) })
	im.lost = append(im.lost, lostRow{m.Name, f, *r, len(im.Rejected) - 1, own})
}

// errTwoOfOne says that two rows claim one id.
var errTwoOfOne = errors.New("another row has this id and says something else, and no version tells which counts")

// take keeps a fact, unless the same is there.
func (im *Import) take(fact made) []error {
	head, _ := schemas.HeadOf(fact.record)
	if at := head.ReceivedAt; at.Plausible() && (!im.first.OK || at < im.first.V) {
		im.first = duty.Some(at)
	}
	k := [2]string{fact.topic, fact.id}
	i, again := im.seen[k]
	if !again {
		im.seen[k] = len(im.facts)
		im.facts = append(im.facts, fact)
		return nil
	}
	other, _ := schemas.HeadOf(im.facts[i].record)
	switch {
	case lineOf(fact.topic, fact.record, 0) == lineOf(fact.topic, im.facts[i].record, 0):
		im.Again++
	case head.Version != other.Version:
		im.facts = append(im.facts, fact) // each version is a record of its own
	default:
		return []error{errTwoOfOne}
	}
	return nil
}

// Placed is a fact that is to be written, with the row that it comes from.
type Placed struct {
	schemas.Line
	File string
	Row  int
	// Doubt is true for a fact of doubt.
	Doubt bool
}

// Lines returns what is to be written: the facts in the order of the rows without those that an earlier
// import wrote, then the facts of doubt. It is called once, at the end.
func (im *Import) Lines() ([]Placed, error) {
	var out []Placed
	for i := range im.facts {
		fact := &im.facts[i]
		if fact.topic == duty.TopicSettlements && len(im.Rejected) > 0 {
			im.Withheld++
			continue
		}
		record, wanted := im.anew(fact)
		if !wanted {
			im.Known++
			continue
		}
		im.ByTopic[fact.topic]++
		out = append(out, Placed{schemas.Line{Topic: fact.topic, Value: record}, fact.file, fact.line, false})
	}
	made := map[[2]string]struct{}{}
	for i := range im.lost {
		l := &im.lost[i]
		m, hold, err := l.fact.doubt(l.mapping, &l.row, im.first.Or(earliestHold), l.own)
		if err != nil {
			return nil, err
		}
		if hold == HoldsNothing {
			continue
		}
		at := &im.Rejected[l.rejected]
		at.Holds, at.Stays = hold, m.own
		k := [2]string{m.topic, m.id}
		_, twice := made[k]
		if known, ok := im.before[k]; twice || ok && known.line == lineOf(m.topic, m.record, 1) {
			continue
		}
		made[k] = struct{}{}
		im.Doubts++
		out = append(out, Placed{schemas.Line{Topic: m.topic, Value: m.record}, l.row.File, l.row.Line, true})
	}
	return out, nil
}

// earliestHold stands for received_at where no row of an import tells one.
var earliestHold = duty.DateOf(2000, 1, 2).Start()

// anew returns a fact as it is to be written beside an earlier import; false where that has it.
func (im *Import) anew(fact *made) (any, bool) {
	known, ok := im.before[[2]string{fact.topic, fact.id}]
	if !ok {
		return fact.record, true
	}
	if lineOf(fact.topic, fact.record, 1) == known.line {
		return nil, false
	}
	im.Changed++
	head, _ := schemas.HeadOf(fact.record)
	if head.Version > known.version {
		return fact.record, true
	}
	record, err := withVersion(fact.topic, fact.record, known.version+1)
	if err != nil {
		return fact.record, true // it was read a moment ago, and version is a field of every record
	}
	return record, true
}

// withVersion returns a record with another version.
func withVersion(topic string, record any, version int64) (any, error) {
	l, err := schemas.DecodeLine([]byte(lineOf(topic, record, version)))
	return l.Value, err
}

// SortRejected sorts rejected rows by file and line, for whoever reads them.
func SortRejected(list []Rejected) {
	slices.SortStableFunc(list, func(a, b Rejected) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
}
