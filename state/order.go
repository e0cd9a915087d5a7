package state

import (
	"bytes"

	"github.com/cespare/xxhash/v2"
)

// Persons are spread over pages by the low bits of a hash, and ordered within a
// page by its high bits, then by their bytes: sorting numbers is much cheaper
// than sorting strings. The hash must not be the one that spreads persons over
// partitions, and must never change within a format version.

// hashOf returns the hash of a person.
func hashOf(person []byte) uint64 { return xxhash.Sum64(person) }

// pageOf returns the page of a hash.
func pageOf(hash uint64, mask uint32) uint32 { return uint32(hash) & mask }

// rankOf returns the place of a hash within its page.
func rankOf(hash uint64) uint32 { return uint32(hash >> 32) }

// byRank compares two persons of a page.
func byRank(rankA uint32, a []byte, rankB uint32, b []byte) int {
	switch {
	case rankA < rankB:
		return -1
	case rankA > rankB:
		return 1
	}
	return bytes.Compare(a, b)
}
