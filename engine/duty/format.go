package duty

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"unicode/utf8"
)

// This file holds how values are written in the canonical JSON form (contract
// §1, RFC 8785): strings, numbers, instants, dates, and the digest of a
// Violation. Reading them back is in parse.go.

// String returns the instant as YYYY-MM-DDTHH:MM:SS.sssZ.
func (i Instant) String() string { return string(i.Append(nil)) }

// Append appends the form of String. Years outside 0000–9999 are written with
// a sign and at least six digits, as ECMAScript does, so that every instant has
// one form and ParseInstant reads it back.
func (i Instant) Append(b []byte) []byte {
	day := floorDiv(int64(i), int64(Day))
	ms := int64(i) - day*int64(Day)
	b = appendCivil(b, day)
	hour, minute, second := ms/int64(Hour), ms/int64(Minute)%60, ms/int64(Second)%60
	ms %= int64(Second)
	return append(b, 'T', byte('0'+hour/10), byte('0'+hour%10), ':', byte('0'+minute/10), byte('0'+minute%10), ':',
		byte('0'+second/10), byte('0'+second%10), '.', byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10), 'Z')
}

// Local returns the instant as local date and time of Denmark with its offset, which tells the two
// hours of an autumn night apart: YYYY-MM-DDTHH:MM:SS+01:00 (TIM-01).
func (i Instant) Local() string {
	ahead := offset(i)
	local := int64(i + ahead)
	day := floorDiv(local, int64(Day))
	ms := local - day*int64(Day)
	b := append(appendCivil(nil, day), 'T')
	b = append(appendTwo(b, ms/int64(Hour)), ':')
	b = append(appendTwo(b, ms/int64(Minute)%60), ':')
	b = append(appendTwo(b, ms/int64(Second)%60), '+')
	return string(append(appendTwo(b, int64(ahead/Hour)), ":00"...))
}

// String returns the date as YYYY-MM-DD.
func (d Date) String() string { return string(d.Append(nil)) }

// Append appends the form of String; years outside 0000–9999 as in
// Instant.Append.
func (d Date) Append(b []byte) []byte { return appendCivil(b, int64(d)) }

func appendCivil(b []byte, days int64) []byte {
	year, month, day := civilOf(days)
	if year >= 0 && year <= 9999 {
		return append(b, byte('0'+year/1000), byte('0'+year/100%10), byte('0'+year/10%10), byte('0'+year%10), '-',
			byte('0'+month/10), byte('0'+month%10), '-', byte('0'+day/10), byte('0'+day%10))
	}
	b = appendYear(b, year)
	b = append(b, '-')
	b = appendTwo(b, month)
	b = append(b, '-')
	return appendTwo(b, day)
}

func appendYear(b []byte, year int64) []byte {
	width := 4
	if year < 0 || year > 9999 {
		width = 6
		if year < 0 {
			b, year = append(b, '-'), -year
		} else {
			b = append(b, '+')
		}
	}
	var buf [20]byte
	digits := strconv.AppendInt(buf[:0], year, 10)
	for n := len(digits); n < width; n++ {
		b = append(b, '0')
	}
	return append(b, digits...)
}

func appendTwo(b []byte, n int64) []byte {
	return append(b, byte('0'+n/10), byte('0'+n%10))
}

// civilOf returns year, month (1–12) and day of a number of days since
// 1970-01-01 in the proleptic Gregorian calendar, for every day that an
// Instant can lie in.
func civilOf(days int64) (year, month, day int64) {
	z := days + 719468
	era := floorDiv(z, 146097)
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	day = doy - (153*mp+2)/5 + 1
	month = mp + 3
	if month > 12 {
		month -= 12
	}
	year = yoe + era*400
	if month <= 2 {
		year++
	}
	return year, month, day
}

const hexDigits = "0123456789abcdef"

// appendJSONString appends a JSON string as RFC 8785 §3.2.2.2 writes it. Bytes
// that are not UTF-8, which no decoder lets in, become U+FFFD.
func appendJSONString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := plainStart(s); i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				b = append(b, s[start:i]...)
				b = append(b, "\uFFFD"...)
				start = i + 1
			}
			i += size
			continue
		}
		b = append(b, s[start:i]...)
		b = appendEscape(b, c)
		i++
		start = i
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}

// plainStart returns how many bytes of s, in steps of eight, are ASCII that needs no escape; there may be more.
func plainStart(s string) int {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	i := 0
	for ; i+8 <= len(s); i += 8 {
		x := eightBytes(s, i)
		quote, slash := x^('"'*ones), x^('\\'*ones)
		// The highest bit of a byte is set where it is below a space, zero after the comparison, or not ASCII.
		if ((x-' '*ones)|(quote-ones)|(slash-ones)|x)&high != 0 {
			break
		}
	}
	return i
}

func appendEscape(b []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\b':
		return append(b, '\\', 'b')
	case '\t':
		return append(b, '\\', 't')
	case '\n':
		return append(b, '\\', 'n')
	case '\f':
		return append(b, '\\', 'f')
	case '\r':
		return append(b, '\\', 'r')
	}
	return append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}

// appendSymbol appends an enum symbol, which needs no escapes.
func appendSymbol(b []byte, s string) []byte {
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// exactLimit is 2^53: up to there a double holds every whole number.
const exactLimit = 1 << 53

// appendJSONNumber appends a number as RFC 8785 §3.2.2.3 writes it: beyond
// 2^53 that of the nearest double.
func appendJSONNumber(b []byte, n int64) []byte {
	if n >= -exactLimit && n <= exactLimit {
		return strconv.AppendInt(b, n, 10)
	}
	return strconv.AppendFloat(b, float64(n), 'f', -1, 64)
}

// ComputeDigest returns what the field digest of this revision must be: the
// lower-case hex SHA-256 of its canonical form without that field (contract
// §3).
func (v *Violation) ComputeDigest() string {
	var room [8 << 10]byte // most need no more
	sum := sha256.Sum256(v.AppendCanonicalWithoutDigest(room[:0]))
	return hex.EncodeToString(sum[:])
}
