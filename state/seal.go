package state

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
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
