package stream

import (
	"bytes"
	"errors"
	"unicode/utf8"

	"tilsyn/engine/duty"
)

// about is what the engine itself must know of a record; everything else is
// the core's.
type about struct {
	id string
	// person is the PersonID of the record; empty for a row without one.
	person string
	// parked is true for a row of a card whose holder is not named.
	parked bool
	// centre is the centre that the record names, if any.
	centre string
}

// aboutRecord reads it from a decoded record.
func aboutRecord(record any) about {
	switch v := record.(type) {
	case *duty.CardEvent:
		return about{id: v.ID, person: v.PersonID.V, parked: !v.PersonID.OK, centre: v.CentreID}
	case *duty.ManualEntry:
		return about{id: v.ID, person: v.PersonID.V, centre: v.CentreID}
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
	}
	return about{}
}

// Why a record that decodes cannot be filed under its key.
var (
	errKeyUnusable = errors.New("the key is missing, empty or longer than 256 bytes, or is not UTF-8 text")
	errKeyOther    = errors.New("the record names another person than its key")
	errElsewhere   = errors.New("the key belongs to another partition; producers must use the murmur2 partitioner")
)

// checkKey says whether a person-keyed record of a partition lies where it
// belongs. A row without a person has its card as key.
func checkKey(rec *Record, a about, partitionOf func(string) int32) error {
	key := rec.Key
	if !usableKey(key) {
		return errKeyUnusable
	}
	if partitionOf(string(key)) != rec.Index {
		return errElsewhere
	}
	if !a.parked && a.person != string(key) {
		return errKeyOther
	}
	return nil
}

// usableKey reports whether a key can name a person, card or centre.
func usableKey(key []byte) bool {
	return len(key) > 0 && len(key) <= maxIDBytes && utf8.Valid(key) && bytes.IndexByte(key, 0) < 0
}

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
