package casefile

import (
	"errors"

	"tilsyn/engine/duty"
)

// Why a record that decodes is not filed under its key.
var (
	ErrKeyUnusable = errors.New("the key names nobody: it must be 1 to 256 bytes of UTF-8 without control characters, " +
		"and without blanks at its ends")
	ErrKeyOther = errors.New("the record names another person or card than its key, so that nobody can tell whose it is")
	// ErrUnderCentre marks a paper entry under its centre. It is no fault: the entry has no person, or
	// is given to the one that it names.
	ErrUnderCentre = errors.New("a paper entry under its centre")
	ErrElsewhere   = errors.New("the key belongs to another partition; producers must use the murmur2 partitioner")
)

// CheckKey checks that a person-keyed record lies where it belongs: its key is usable, names the
// person of the record (or, for a row without a person, its card), and belongs to the partition. A
// record whose key differs from the name in it belongs to nobody, wherever it lies.
func CheckKey(key string, partition int32, a About, partitionOf func(string) int32) error {
	if !duty.UsableKey(key) {
		return ErrKeyUnusable
	}
	named := a.Person
	if a.Parked {
		named = a.Card
	}
	switch {
	case a.Paper && a.Person != key && a.Centre == key && (a.Nameless || duty.UsableKey(a.Person)):
		return ErrUnderCentre
	case named != key:
		return ErrKeyOther
	case partitionOf(key) != partition:
		return ErrElsewhere
	}
	return nil
}

// KeyFault says why `run` cannot file a decoded record under its key: the key is unusable, the
// record names somebody else, or the key belongs to another partition. Such records go to the dead
// letters. It is nil for a record that is filed, and for topics that no task reads.
func KeyFault(topic string, key string, partition int32, record any, partitionOf func(string) int32) error {
	if t, ok := duty.TopicOf(topic); !ok || !t.ByTask {
		return nil
	}
	err := CheckKey(key, partition, AboutRecord(record), partitionOf)
	if errors.Is(err, ErrUnderCentre) {
		return nil
	}
	return err
}

// FaultOfKey returns the fault of an unusable key. It names the record's key field if the key came
// from there, else "key".
func FaultOfKey(key string, record any) duty.Fault {
	field := "key"
	if own, _ := Key(record); own == key {
		field = KeyField(record)
	}
	return duty.FaultOfKey(field, key)
}
