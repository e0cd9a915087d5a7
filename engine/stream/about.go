package stream

import (
	"errors"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/topics"
)

// about is what the engine itself must know of a record; everything else is
// the core's.
type about struct {
	id string
	// person is the PersonID of the record; empty for a row without one.
	person string
	// card is the card of a row without a person, whose key it is.
	card string
	// parked is true for a row of a card whose holder is not named.
	parked bool
	// centre is the centre that the record names, if any.
	centre string
	// paper is true for a paper entry. One whose person was not known before is
	// written under its centre as well (RD-47).
	paper bool
	// unnamed is true for paper that names nobody.
	unnamed bool
	// underCentre is true for one that lies there.
	underCentre bool
}

// underCentreKey stands for the key of paper that lies under its centre.
const underCentreKey = movedKey

// key is the person, or a name of the card of a row without one.
func (a *about) key() string {
	if a.underCentre {
		return underCentreKey
	}
	if a.parked {
		return parkedKey
	}
	return a.person
}

// aboutRecord reads it from a decoded record.
func aboutRecord(record any) about {
	switch v := record.(type) {
	case *duty.CardEvent:
		return about{id: v.ID, person: v.PersonID.V, card: v.CardID, parked: !v.PersonID.OK, centre: v.CentreID}
	case *duty.ManualEntry:
		return about{id: v.ID, person: v.PersonID.V, centre: v.CentreID, paper: true, unnamed: !v.PersonID.OK}
	case *duty.Notice:
		return about{id: v.ID, person: v.PersonID, centre: v.CentreID}
	case *duty.ObligationChange:
		return about{id: v.ID, person: v.PersonID, centre: v.CentreID}
	case *duty.GroupChange:
		return about{id: v.ID, person: v.PersonID}
	case *duty.Permission:
		return about{id: v.ID, person: v.PersonID}
	case *duty.Hold:
		return about{id: v.ID, person: v.PersonID}
	case *duty.DepartureAssessment:
		return about{id: v.ID, person: v.PersonID}
	case *duty.Conviction:
		return about{id: v.ID, person: v.PersonID}
	case *duty.IdentityLink:
		return about{id: v.ID, person: v.PersonID}
	case *duty.CardAssignment:
		return about{id: v.ID, person: v.PersonID}
	case *duty.Handling:
		return about{id: v.ID, person: v.PersonID}
	}
	return about{}
}

// Why a record that decodes cannot be filed under its key.
var (
	errKeyUnusable = errors.New("the key names nobody: it must be 1 to 256 bytes of UTF-8 without control characters, and without blanks at its ends")
	errKeyOther    = errors.New("the record names another person or card than its key, so that nobody can tell whose it is")
	// errUnderCentre is no fault: the entry has no person, or is given to the one that
	// it names (paper.go).
	errUnderCentre = errors.New("a paper entry under its centre")
	errElsewhere   = errors.New("the key belongs to another partition; producers must use the murmur2 partitioner")
)

// checkKey says whether a person-keyed record of a partition lies where it
// belongs. A row without a person has its card as key. A record under another key
// than the one that it names is surely nobody's, wherever it lies.
func checkKey(rec *Record, a about, partitionOf func(string) int32) error {
	key := rec.Key
	if !usableKey(key) {
		return errKeyUnusable
	}
	named := a.person
	if a.parked {
		named = a.card
	}
	switch {
	case a.paper && a.person != string(key) && a.centre == string(key) && (a.unnamed || duty.UsableKey(a.person)):
		return errUnderCentre
	case named != string(key):
		return errKeyOther
	case partitionOf(string(key)) != rec.Index:
		return errElsewhere
	}
	return nil
}

// KeyFault says why `run` cannot file a record that decodes under its key: the key
// is not usable, the record names somebody else than its key, or the key belongs to
// another of so many partitions. It is nil for a record that is filed, and for one
// of a topic that is not keyed by person. What it refuses goes to the dead letters.
func KeyFault(p Partition, key []byte, record any, partitions int32) error {
	if !slices.Contains(personTopics, p.Topic) {
		return nil
	}
	rec := Record{Partition: p, Key: key}
	err := checkKey(&rec, aboutRecord(record), func(key string) int32 { return topics.Partition([]byte(key), partitions) })
	if errors.Is(err, errUnderCentre) {
		return nil
	}
	return err
}

// usableKey reports whether a key can name a person, card or centre.
func usableKey(key []byte) bool { return duty.UsableKey(viewOf(key)) }

// centreOf is the centre that a centre-keyed fact concerns; empty for all.
func centreOf(record any) string {
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
