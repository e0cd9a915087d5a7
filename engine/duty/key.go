package duty

import (
	"unicode"
	"unicode/utf8"
)

// MaxKeyBytes is the length of the longest usable key or id (contract §1).
const MaxKeyBytes = 256

// UsableKey reports whether a text can name somebody or something: the key of a
// record, a person, card, device, centre, decision, or the id of a fact. It has 1
// to 256 bytes of UTF-8 without control characters, and neither begins nor ends
// with a blank or something else that cannot be seen. "P-1001 " is not "P-1001" and
// looks as if it were: it names nobody.
//
// This is the one rule for files, topics and the core. A fact with an unusable key makes no sense
// and holds everybody's units, one with an unusable id those of its key (contract §1,
// FACT_INVALID).
func UsableKey(s string) bool { return keyClass(s) == "" }

// keyClass returns why a text is no usable key, as a class of Fault; empty if it is usable.
func keyClass(s string) string {
	switch {
	case s == "":
		return valueEmpty
	case len(s) > MaxKeyBytes:
		return valueLong
	case s[0] == ' ' || s[len(s)-1] == ' ':
		return valueBlank
	}
	for i := visible(s); i < len(s); i++ {
		switch c := s[i]; {
		case c >= utf8.RuneSelf:
			return textClass(s)
		case c < ' ' || c == 0x7f:
			return valueControl
		}
	}
	return ""
}

// visible returns how many bytes of s, in steps of eight, are ASCII and no control characters; there may be more.
func visible(s string) int {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	i := 0
	for ; i+8 <= len(s); i += 8 {
		x := eightBytes(s, i)
		// The highest bit of a byte is set where it is below a space, is 0x7f or above it.
		if ((x-' '*ones)|(x+ones)|x)&high != 0 {
			break
		}
	}
	return i
}

// eightBytes returns those from an index on as a number, the first lowest.
func eightBytes(s string, i int) uint64 {
	s = s[i : i+8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// textClass is keyClass for text that is not pure ASCII.
func textClass(s string) string {
	if !utf8.ValidString(s) {
		return valueNoUTF8
	}
	for _, r := range s {
		if unicode.IsControl(r) {
			return valueControl
		}
	}
	first, _ := utf8.DecodeRuneInString(s)
	last, _ := utf8.DecodeLastRuneInString(s)
	if invisible(first) || invisible(last) {
		return valueBlank
	}
	return ""
}

// invisible reports whether a character is blank or shows nothing, such as a byte order mark or a
// zero width space.
func invisible(r rune) bool { return unicode.IsSpace(r) || unicode.In(r, unicode.Z, unicode.Cf) }

// ClipKey returns a text cut to the length of a key, never in the middle of a character.
func ClipKey(s string) string {
	if len(s) <= MaxKeyBytes {
		return s
	}
	n := MaxKeyBytes
	for n > MaxKeyBytes-utf8.UTFMax && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
