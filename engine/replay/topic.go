package replay

import (
	"strings"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
)

// topic is one input topic: how its records are read and whose they are.
type topic struct {
	*schemas.Schema
	// code stands for the topic on disk.
	code byte
	// person is true for facts of persons.
	person bool
}

// Codes on disk that are no topic.
const (
	codeUnreadable = 0xff
	codeSaid       = 0xfe
)

// topicTable is built once per run; it holds every input topic.
type topicTable struct {
	byName map[string]*topic
	byCode []*topic
}

func newTopicTable() *topicTable {
	t := &topicTable{byName: map[string]*topic{}}
	for i, s := range schemas.Inputs() {
		of, _ := duty.TopicOf(s.Topic())
		e := &topic{Schema: s, code: byte(i), person: of.Key == duty.KeyPerson}
		t.byName[s.Topic()] = e
		t.byCode = append(t.byCode, e)
	}
	return t
}

// is reports whether a code stands for a topic.
func (t *topicTable) is(code byte, topic string) bool {
	return int(code) < len(t.byCode) && t.byCode[code].Topic() == topic
}

// names lists the topics for a message.
func (t *topicTable) names() string {
	var out []string
	for _, e := range t.byCode {
		out = append(out, e.Topic())
	}
	return strings.Join(out, ", ")
}

// about is what a record says of itself, as far as reading needs it.
type about struct {
	person, card string
	// hasPerson is false for a row or paper entry that names no person; centre is
	// then that of the entry.
	hasPerson bool
	centre    string
	// field is the one that its key is taken from.
	field string
	// alias is the other person of an identity link.
	alias string
	// ignored is true for what is computed again and never taken from the input.
	ignored bool
}

// describe says what a record is about.
func describe(v any) about {
	a := about{hasPerson: true, field: schemas.KeyField(v)}
	switch v := v.(type) {
	case *duty.CardEvent:
		a.person, a.hasPerson, a.card = v.PersonID.V, v.PersonID.OK, v.CardID
	case *duty.CardAssignment:
		a.person, a.card = v.PersonID, v.CardID
	case *duty.ManualEntry:
		a.person, a.hasPerson, a.centre = v.PersonID.V, v.PersonID.OK, v.CentreID
	case *duty.Notice:
		a.person = v.PersonID
	case *duty.ObligationChange:
		a.person = v.PersonID
	case *duty.GroupChange:
		a.person = v.PersonID
	case *duty.Permission:
		a.person = v.PersonID
	case *duty.Hold:
		a.person = v.PersonID
	case *duty.DepartureAssessment:
		a.person = v.PersonID
	case *duty.Conviction:
		a.person = v.PersonID
	case *duty.IdentityLink:
		a.person, a.alias = v.PersonID, v.AliasPersonID
	case *duty.Acknowledgement:
		a.person = v.PersonID
	case *duty.Handling:
		a.person = v.PersonID
	case *duty.Incident:
		a.ignored = v.Origin == duty.OriginAutomatic
	}
	return a
}

// fileFact puts a record of a person into its case file; false where the core
// has no use for it.
func fileFact(f *duty.Facts, v any, at duty.Instant, pos duty.Opt[duty.Position]) bool {
	switch v := v.(type) {
	case *duty.CardEvent:
		add(&f.CardEvents, v, at, pos)
	case *duty.CardAssignment:
		add(&f.CardAssignments, v, at, pos)
	case *duty.ManualEntry:
		add(&f.ManualEntries, v, at, pos)
	case *duty.Notice:
		add(&f.Notices, v, at, pos)
	case *duty.ObligationChange:
		add(&f.ObligationChanges, v, at, pos)
	case *duty.GroupChange:
		add(&f.GroupChanges, v, at, pos)
	case *duty.Permission:
		add(&f.Permissions, v, at, pos)
	case *duty.Hold:
		add(&f.Holds, v, at, pos)
	case *duty.DepartureAssessment:
		add(&f.DepartureAssessments, v, at, pos)
	case *duty.Conviction:
		add(&f.Convictions, v, at, pos)
	case *duty.IdentityLink:
		add(&f.IdentityLinks, v, at, pos)
	case *duty.Acknowledgement:
		add(&f.Acknowledgements, v, at, pos)
	case *duty.Handling:
		add(&f.Handlings, v, at, pos)
	default:
		return false
	}
	return true
}

// fileCentre puts a record of a centre, a Resolution, or a version of a paper
// entry without person where the core looks for it; false where the core has no
// use for it.
func fileCentre(f *duty.CentreFacts, v any, at duty.Instant, pos duty.Opt[duty.Position]) bool {
	switch v := v.(type) {
	case *duty.Incident:
		add(&f.Incidents, v, at, pos)
	case *duty.Exclusion:
		add(&f.Exclusions, v, at, pos)
	case *duty.Settlement:
		add(&f.Settlements, v, at, pos)
	case *duty.Heartbeat:
		add(&f.Heartbeats, v, at, pos)
	case *duty.Reconciliation:
		add(&f.Reconciliations, v, at, pos)
	case *duty.ChangeMark:
		add(&f.ChangeMarks, v, at, pos)
	case *duty.SupervisionResult:
		add(&f.SupervisionResults, v, at, pos)
	case *duty.Resolution:
		add(&f.Resolutions, v, at, pos)
	case *duty.ManualEntry:
		add(&f.ManualEntries, v, at, pos)
	case *duty.PolicyActivation:
		add(&f.Activations, v, at, pos)
	default:
		return false
	}
	return true
}

func add[T any](list *[]duty.Known[T], v *T, at duty.Instant, pos duty.Opt[duty.Position]) {
	*list = append(*list, duty.Known[T]{Fact: *v, At: at, Pos: pos})
}
