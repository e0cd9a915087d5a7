package casefile

import (
	"errors"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/wire"
	"tilsyn/topics"
)

// About is what the engine itself must know of a record; everything else is the core's business.
type About struct {
	ID string
	// Person is the PersonID of the record; empty for a row without a person.
	Person string
	// card is the card of a row without a person, which is then its key.
	card string
	// Parked is true for a row that names no person, only a card.
	Parked bool
	// Centre is the centre that the record names; empty if none.
	Centre string
	// Paper is true for a paper entry (manual-entries). If its person was not known at first, it lies
	// under its centre as well (RD-47).
	Paper bool
	// unnamed is true for a paper entry without a person.
	unnamed bool
	// UnderCentre is true for a paper entry that lies under its centre.
	UnderCentre bool
}

// Key returns the key that the record is kept under: its person, or a name that stands for a row
// without one or for paper under its centre.
func (a *About) Key() string {
	if a.UnderCentre {
		return underCentreKey
	}
	if a.Parked {
		return ParkedKey
	}
	return a.Person
}

// AboutRecord returns the About of a decoded record; its zero value for a record that is not keyed
// by person.
func AboutRecord(record any) About {
	switch v := record.(type) {
	case *duty.CardEvent:
		return About{ID: v.ID, Person: v.PersonID.V, card: v.CardID, Parked: !v.PersonID.OK, Centre: v.CentreID}
	case *duty.ManualEntry:
		return About{ID: v.ID, Person: v.PersonID.V, Centre: v.CentreID, Paper: true, unnamed: !v.PersonID.OK}
	case *duty.Notice:
		return About{ID: v.ID, Person: v.PersonID, Centre: v.CentreID}
	case *duty.ObligationChange:
		return About{ID: v.ID, Person: v.PersonID, Centre: v.CentreID}
	case *duty.GroupChange:
		return About{ID: v.ID, Person: v.PersonID}
	case *duty.Permission:
		return About{ID: v.ID, Person: v.PersonID}
	case *duty.Hold:
		return About{ID: v.ID, Person: v.PersonID}
	case *duty.DepartureAssessment:
		return About{ID: v.ID, Person: v.PersonID}
	case *duty.Conviction:
		return About{ID: v.ID, Person: v.PersonID}
	case *duty.IdentityLink:
		return About{ID: v.ID, Person: v.PersonID}
	case *duty.CardAssignment:
		return About{ID: v.ID, Person: v.PersonID}
	case *duty.Acknowledgement:
		return About{ID: v.ID, Person: v.PersonID}
	case *duty.Handling:
		return About{ID: v.ID, Person: v.PersonID}
	}
	return About{}
}

// Why a record that decodes is not filed under its key.
var (
	ErrKeyUnusable = errors.New("the key names nobody: " +
		"it must be 1 to 256 bytes of UTF-8 without control characters, and without blanks at its ends")
	ErrKeyOther = errors.New("the record names another person or card than its key, so that nobody can tell whose it is")
	// ErrUnderCentre marks a paper entry under its centre. It is no fault: the entry has no person, or
	// is given to the one that it names (task/paper.go).
	ErrUnderCentre = errors.New("a paper entry under its centre")
	errElsewhere   = errors.New("the key belongs to another partition; producers must use the murmur2 partitioner")
)

// CheckKey checks that a person-keyed record lies where it belongs: its key is usable, names the
// person of the record (or, for a row without a person, its card), and belongs to the partition. A
// record whose key differs from the name in it belongs to nobody, wherever it lies.
func CheckKey(rec *broker.Record, a About, partitionOf func(string) int32) error {
	key := rec.Key
	if !UsableKey(key) {
		return ErrKeyUnusable
	}
	named := a.Person
	if a.Parked {
		named = a.card
	}
	switch {
	case a.Paper && a.Person != string(key) && a.Centre == string(key) && (a.unnamed || duty.UsableKey(a.Person)):
		return ErrUnderCentre
	case named != string(key):
		return ErrKeyOther
	case partitionOf(string(key)) != rec.Index:
		return errElsewhere
	}
	return nil
}

// KeyFault says why `run` cannot file a decoded record under its key: the key is unusable, the
// record names somebody else, or the key belongs to another of the partitions. Such records go to
// the dead letters. It is nil for a record that is filed, and for topics that are not keyed by
// person.
func KeyFault(p broker.Partition, key []byte, record any, partitions int32) error {
	if !slices.Contains(broker.PersonTopics, p.Topic) {
		return nil
	}
	rec := broker.Record{Partition: p, Key: key}
	err := CheckKey(&rec, AboutRecord(record), func(key string) int32 { return topics.Partition([]byte(key), partitions) })
	if errors.Is(err, ErrUnderCentre) {
		return nil
	}
	return err
}

// UsableKey reports whether a key can name a person, card or centre.
func UsableKey(key []byte) bool { return duty.UsableKey(wire.View(key)) }

// CentreOf returns the centre that a centre-keyed fact concerns; empty means all centres.
func CentreOf(record any) string {
	switch v := record.(type) {
	case *duty.Incident:
		return v.CentreID
	case *duty.Exclusion:
		return v.CentreID
	case *duty.Settlement:
		return v.CentreID
	case *duty.Heartbeat:
		return v.CentreID.V
	case *duty.SupervisionResult:
		return v.CentreID
	}
	return ""
}
