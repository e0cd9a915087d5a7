package uuid

import (
	"encoding/hex"
	"math"
)

// Bytes is the length of a UUID in binary form, Text that of its text form.
const (
	Bytes = 16
	Text  = 36
)

// at is where the two digits of each byte begin in the text form.
var at = [Bytes]int{0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34}

// Pack converts the usual text form of a UUID (lower case, with hyphens) to binary; false for any other
// text.
func Pack(to *[Bytes]byte, id string) bool {
	if len(id) != Text || id[8] != '-' || id[13] != '-' || id[18] != '-' || id[23] != '-' {
		return false
	}
	for n, i := range at {
		hi, lo := digit(id[i]), digit(id[i+1])
		if hi > 15 || lo > 15 {
			return false
		}
		to[n] = hi<<4 | lo
	}
	return true
}

// digit returns the value of a lower-case hex digit; MaxUint8 for anything else.
func digit(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	}
	return math.MaxUint8
}

// Unpack returns the text form of a binary UUID, of which b has the Bytes.
func Unpack(b []byte) string { return string(Append(make([]byte, 0, Text), b)) }

// Append appends the text form of a binary UUID, of which b has the Bytes.
func Append(to, b []byte) []byte {
	to = hex.AppendEncode(to, b[0:4])
	to = hex.AppendEncode(append(to, '-'), b[4:6])
	to = hex.AppendEncode(append(to, '-'), b[6:8])
	to = hex.AppendEncode(append(to, '-'), b[8:10])
	return hex.AppendEncode(append(to, '-'), b[10:Bytes])
}
