package avro

import (
	"encoding/binary"
	"strconv"
)

// Canonical returns the Parsing Canonical Form: full names, no docs, defaults
// or logical types, attributes in the fixed order, no white space.
func (s *Schema) Canonical() []byte {
	return s.appendCanonical(nil, map[string]bool{})
}

func (s *Schema) appendCanonical(b []byte, seen map[string]bool) []byte {
	switch s.Kind {
	case Array:
		b = append(b, `{"type":"array","items":`...)
		b = s.Items.appendCanonical(b, seen)
		return append(b, '}')
	case Map:
		b = append(b, `{"type":"map","values":`...)
		b = s.Items.appendCanonical(b, seen)
		return append(b, '}')
	case Union:
		b = append(b, '[')
		for i, x := range s.Branches {
			if i > 0 {
				b = append(b, ',')
			}
			b = x.appendCanonical(b, seen)
		}
		return append(b, ']')
	case Enum, Fixed, Record:
		return s.appendNamed(b, seen)
	}
	return appendQuoted(b, s.Kind.String())
}

func (s *Schema) appendNamed(b []byte, seen map[string]bool) []byte {
	if seen[s.Name] {
		return appendQuoted(b, s.Name)
	}
	seen[s.Name] = true
	b = append(b, `{"name":`...)
	b = appendQuoted(b, s.Name)
	b = append(b, `,"type":`...)
	b = appendQuoted(b, s.Kind.String())
	switch s.Kind {
	case Enum:
		b = append(b, `,"symbols":[`...)
		for i, x := range s.Symbols {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendQuoted(b, x)
		}
		b = append(b, ']')
	case Fixed:
		b = append(b, `,"size":`...)
		b = strconv.AppendInt(b, int64(s.Size), 10)
	case Record:
		b = append(b, `,"fields":[`...)
		for i, f := range s.Fields {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(b, `{"name":`...)
			b = appendQuoted(b, f.Name)
			b = append(b, `,"type":`...)
			b = f.Type.appendCanonical(b, seen)
			b = append(b, '}')
		}
		b = append(b, ']')
	}
	return append(b, '}')
}

// appendQuoted needs no escapes: names and symbols are letters, digits,
// underscores and dots.
func appendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// empty is the start value and the polynomial of CRC-64-AVRO.
const empty uint64 = 0xc15d213aa4d7a795

var crcTable = func() (t [256]uint64) {
	for i := range t {
		fp := uint64(i)
		for range 8 {
			fp = fp>>1 ^ empty&-(fp&1)
		}
		t[i] = fp
	}
	return t
}()

// CRC64 returns the CRC-64-AVRO of some bytes.
func CRC64(b []byte) uint64 {
	fp := empty
	for _, c := range b {
		fp = fp>>8 ^ crcTable[byte(fp)^c]
	}
	return fp
}

// Fingerprint returns the CRC-64-AVRO of the Parsing Canonical Form.
func (s *Schema) Fingerprint() uint64 { return CRC64(s.Canonical()) }

// FingerprintBytes returns a fingerprint in the order of the single-object
// encoding, little endian.
func FingerprintBytes(fp uint64) (out [8]byte) {
	binary.LittleEndian.PutUint64(out[:], fp)
	return out
}
