package duty

import (
	"crypto/sha1" //nolint:gosec // UUIDv5 is defined on SHA-1 (RFC 9562); it names, it does not protect
	"encoding/hex"
)

// namespace is the UUID namespace of every derived id (contract §3).
var namespace = [16]byte{0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8}

// UUID5 returns the UUIDv5 of a name in tilsyn's namespace, in its usual text
// form (contract §3).
func UUID5(name string) string {
	text := append(make([]byte, 0, 128), namespace[:]...)
	u := sha1.Sum(append(text, name...)) //nolint:gosec // see the import
	u[6] = u[6]&0x0f | 0x50
	u[8] = u[8]&0x3f | 0x80
	var out [36]byte
	at := 0
	for i, part := range [][]byte{u[0:4], u[4:6], u[6:8], u[8:10], u[10:16]} {
		if i > 0 {
			out[at] = '-'
			at++
		}
		at += hex.Encode(out[at:], part)
	}
	return string(out[:])
}

// UnitID returns the id of a unit: one per duty, date and person (LIF-01,
// contract §3).
func UnitID(k Kind, d Date, person string) string {
	return UUID5("tilsyn:unit:" + k.String() + ":" + d.String() + ":" + person)
}
