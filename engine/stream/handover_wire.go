package stream

import (
	"fmt"

	"tilsyn/engine/duty"
)

// What a record on the hand-over topic begins with. They are the engine's own and no
// part of the contract.
const (
	// handedVersion is the version of those that give a fact.
	handedVersion = 1
	// handedClaims is for claims (claims.go), handedContest for a name that is
	// contested (contested.go).
	handedClaims  = 2
	handedContest = 3
)

// encodeHanded is the record that gives a fact to persons of another partition:
// where it was read, when it was known, and what it says, readable without a
// schema registry. With nobody named it is a version of a fact that may be of
// anybody's (moved.go).
func encodeHanded(f *fact, to []string) []byte {
	var w writer
	w.byte(handedVersion)
	w.strings(to)
	w.string(f.topic)
	w.int(int64(f.known))
	w.int(int64(f.pos.Partition))
	w.int(f.pos.Offset)
	w.bool(f.bad != nil)
	if f.bad != nil {
		w.string(f.bad.Key)
		w.string(f.bad.ID)
		w.optInstant(f.bad.At)
		return w.b
	}
	w.b = append(w.b, f.value...)
	return w.b
}

// decodeHanded reads what encodeHanded wrote.
func (t *Task) decodeHanded(b []byte) (fact, []string, error) {
	r := reader{b: b}
	if v := r.byte(); v != handedVersion {
		return fact{}, nil, fmt.Errorf("a fact that was handed over is of version %d; a newer program wrote it: run that one", v)
	}
	to := r.strings()
	f := fact{topic: r.string(), known: duty.Instant(r.int())}
	f.pos = duty.Position{Partition: int32(r.int()), Offset: r.int()}
	if r.bool() {
		u := duty.Unreadable{Topic: f.topic, Key: r.string(), ID: r.string(), At: r.optInstant(), Pos: duty.Some(f.pos)}
		f.bad = &u
		return f, to, r.end()
	}
	if r.err != nil {
		return fact{}, nil, r.err
	}
	f.value = append([]byte(nil), r.b...)
	var err error
	f.record, err = t.codec.Decode(f.topic, f.value)
	return f, to, err
}
