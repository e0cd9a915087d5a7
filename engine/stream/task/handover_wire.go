package task

import (
	"fmt"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/wire"
)

// The first byte of a record on the hand-over topic says what it is: handedVersion is that of
// records that give a fact, and package claims has those of claims and of contested names. The
// topic is the engine's own and no part of the contract.
const handedVersion = 1

// IsHanded reports whether a record on the hand-over topic gives a fact.
func IsHanded(b []byte) bool { return len(b) > 0 && b[0] == handedVersion }

// EncodeHanded returns the record that gives a fact to persons of another partition: where it
// was read, when it was known, and its value, readable without a schema registry. Without
// persons it is a version of a fact that may belong to anybody (moved.go).
func EncodeHanded(f *stored.Fact, to []string) []byte {
	var w wire.Writer
	w.Byte(handedVersion)
	w.Texts(to)
	w.Text(f.Topic)
	w.Int(int64(f.Known))
	w.Int(int64(f.Pos.Partition))
	w.Int(f.Pos.Offset)
	w.Bool(f.Bad != nil)
	if f.Bad != nil {
		w.Text(f.Bad.Key)
		w.Text(f.Bad.ID)
		w.OptInstant(f.Bad.At)
		return w.Bytes
	}
	w.Bytes = append(w.Bytes, f.Value...)
	return w.Bytes
}

// DecodeHanded reads what EncodeHanded wrote.
func DecodeHanded(b []byte, codec broker.Codec) (stored.Fact, []string, error) {
	r := wire.Reader{Rest: b}
	if v := r.Byte(); v != handedVersion {
		return stored.Fact{}, nil, fmt.Errorf("a fact that was handed over is of version %d: %w", v, stored.ErrNewer)
	}
	to := r.Texts()
	f := stored.Fact{Topic: r.Text(), Known: duty.Instant(r.Int())}
	f.Pos = duty.Position{Partition: int32(r.Int()), Offset: r.Int()}
	if r.Bool() {
		u := duty.Unreadable{Topic: f.Topic, Key: r.Text(), ID: r.Text(), At: r.OptInstant(), Pos: duty.Some(f.Pos)}
		f.Bad = &u
		return f, to, r.End()
	}
	if r.Err != nil {
		return stored.Fact{}, nil, r.Err
	}
	f.Value = append([]byte(nil), r.Rest...)
	var err error
	f.Record, err = codec.Decode(f.Topic, f.Value)
	return f, to, err
}
