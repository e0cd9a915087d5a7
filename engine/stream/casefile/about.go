package casefile

import (
	"errors"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/wire"
	"tilsyn/topics"
)

// About is what the engine itself must know of a record; everything else is
// the core's.
type About struct {
	ID string
	// Person is the PersonID of the record; empty for a row without one.
	Person string
	// card is the card of a row without a person, whose key it is.
	card string
	// Parked is true for a row of a card whose holder is not named.
	Parked bool
	// Centre is the centre that the record names, if any.
	Centre string
	// Paper is true for a paper entry. One whose person was not known before is
	// written under its centre as well (RD-47).
	Paper bool
	// unnamed is true for paper that names nobody.
	unnamed bool
	// UnderCentre is true for one that lies there.
	UnderCentre bool
}

// Key is the person, or a name of the card of a row without one.
func (a *About) Key() string {
	if a.UnderCentre {
		return underCentreKey
	}
	if a.Parked {
		return ParkedKey
	}
	return a.Person
}

// AboutRecord reads it from a decoded record.
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
	case *duty.Handling:
		return About{ID: v.ID, Person: v.PersonID}
	}
	return About{}
}

// Why a record that decodes cannot be filed under its key.
var (
	ErrKeyUnusable = errors.New("the key names nobody: it must be 1 to 256 bytes of UTF-8 without control characters, and without blanks at its ends")
	ErrKeyOther    = errors.New("the record names another person or card than its key, so that nobody can tell whose it is")
	// ErrUnderCentre is no fault: the entry has no person, or is given to the one that
	// it names (task/paper.go).
	ErrUnderCentre = errors.New("a paper entry under its centre")
	errElsewhere   = errors.New("the key belongs to another partition; producers must use the murmur2 partitioner")
)

// CheckKey says whether a person-keyed record of a partition lies where it
// belongs. A row without a person has its card as key. A record under another key
// than the one that it names is surely nobody's, wherever it lies.
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

// KeyFault says why `run` cannot file a record that decodes under its key: the key
// is not usable, the record names somebody else than its key, or the key belongs to
// another of so many partitions. It is nil for a record that is filed, and for one
// of a topic that is not keyed by person. What it refuses goes to the dead letters.
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

// CentreOf is the centre that a centre-keyed fact concerns; empty for all.
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
