package state

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"

	"github.com/klauspost/compress/s2"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// sealLen is what a seal adds to a value, in bytes.
const sealLen = 4

// unsealed returns a buffer with room for the seal and nothing else.
func unsealed(buf []byte) []byte { return append(buf[:0], 0, 0, 0, 0) }

// seal writes the CRC-32C of the rest into the first four bytes. Badger's own checksums do not
// cover every step between disk and reader.
func seal(value []byte) []byte {
	binary.BigEndian.PutUint32(value, crc32.Checksum(value[sealLen:], castagnoli))
	return value
}

// unseal verifies the seal and returns the bytes after it, or ErrCorrupt.
func unseal(what string, value []byte) ([]byte, error) {
	if len(value) < sealLen || binary.BigEndian.Uint32(value) != crc32.Checksum(value[sealLen:], castagnoli) {
		return nil, fmt.Errorf("%w: a %s does not match its checksum", ErrCorrupt, what)
	}
	return value[sealLen:], nil
}

// maxUnpacked bounds what a packed value may unpack to. Values are cut long before, except those
// of a single person.
const maxUnpacked = 64 << 20

// packedLen returns the most that pack makes of n bytes.
func packedLen(n int) int { return sealLen + s2.MaxEncodedLen(n) }

// pack compresses and seals a value, appending to into.
func pack(into, value []byte) []byte {
	at := len(into)
	into = slices.Grow(into, packedLen(len(value)))
	n := len(s2.Encode(into[at+sealLen:at+packedLen(len(value))], value))
	into = into[:at+sealLen+n]
	seal(into[at:])
	return into
}

// unpack appends the unpacked value to into; nil gives nothing.
func unpack(what string, packed, into []byte) ([]byte, error) {
	if packed == nil {
		return into, nil
	}
	n, err := s2.DecodedLen(packed)
	if err != nil || n > maxUnpacked {
		return into, fmt.Errorf("%w: a %s does not decompress", ErrCorrupt, what)
	}
	at := len(into)
	into = slices.Grow(into, n)[:at+n]
	if _, err := s2.Decode(into[at:], packed); err != nil {
		return into[:at], fmt.Errorf("%w: a %s does not decompress", ErrCorrupt, what)
	}
	return into, nil
}
