package uuid

import "encoding/hex"

// Bytes is the length of a UUID in binary form, Text that of its text form.
const (
	Bytes = 16
	Text  = 36
)

// at is where the two digits of each byte begin in the text form.
var at = [Bytes]int{0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34}

// Pack converts the usual text form of a UUID (lower case, with hyphens) to binary; false for any other
// text, and to is then of no use.
func Pack(to *[Bytes]byte, id string) bool {
	if len(id) != Text || id[8] != '-' || id[13] != '-' || id[18] != '-' || id[23] != '-' {
		return false
	}
	none := byte(0)
	for n, i := range at {
		hi, lo := digits[id[i]], digits[id[i+1]]
		none |= hi | lo
		to[n] = hi<<4 | lo
	}
	return none < noDigit
}

// digits has the value of each lower-case hex digit, and noDigit for every other byte: it is looked up without
// branches, which random digits would make slow.
var digits = func() (out [256]byte) {
	for i := range out {
		out[i] = noDigit
	}
	for i, c := range "0123456789abcdef" {
		out[c] = byte(i)
	}
	return out
}()

// noDigit is more than any digit, also in a union with digits.
const noDigit = 1 << 4

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
