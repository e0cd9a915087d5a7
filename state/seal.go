package state

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// sealLen is what sealing adds to a value.
const sealLen = 4

// unsealed returns a buffer that holds room for the seal and nothing else.
func unsealed(buf []byte) []byte { return append(buf[:0], 0, 0, 0, 0) }

// seal writes the CRC-32C of what follows the first four bytes into them.
// Badger's own checksums do not cover every way from disk to here.
func seal(value []byte) []byte {
	binary.BigEndian.PutUint32(value, crc32.Checksum(value[sealLen:], castagnoli))
	return value
}

// unseal returns the sealed bytes, or ErrCorrupt.
func unseal(what string, value []byte) ([]byte, error) {
	if len(value) < sealLen || binary.BigEndian.Uint32(value) != crc32.Checksum(value[sealLen:], castagnoli) {
		return nil, fmt.Errorf("%w: a %s does not match its checksum", ErrCorrupt, what)
	}
	return value[sealLen:], nil
}
