package schemas

import (
	"bytes"
	"strconv"
)

// wholeNumber reads a JSON number that is whole, however it is written: 12, 12.0
// and 1.2e1 are one number (RFC 8259 §6; RFC 8785 writes all as 12). It reads the
// digits themselves, so that nothing is rounded, and returns false for a fraction
// and for what does not fit into so many bits.
func wholeNumber(raw []byte, bits int) (int64, bool) {
	if n, err := strconv.ParseInt(string(raw), 10, bits); err == nil {
		return n, true
	}
	negative := len(raw) > 0 && raw[0] == '-'
	if negative {
		raw = raw[1:]
	}
	mantissa, power := raw, 0
	if i := bytes.IndexAny(raw, "eE"); i >= 0 {
		mantissa = raw[:i]
		var err error
		if power, err = strconv.Atoi(string(raw[i+1:])); err != nil {
			power = 0 // beyond an int; the check of the size below refuses it
			if len(bytes.Trim(mantissa, "0.")) > 0 {
				return 0, false
			}
		}
	}
	whole, fraction, _ := bytes.Cut(mantissa, []byte("."))
	digits := append(bytes.Clone(whole), fraction...)
	power -= len(fraction)
	digits = bytes.TrimLeft(digits, "0")
	for power < 0 && len(digits) > 0 && digits[len(digits)-1] == '0' {
		digits, power = digits[:len(digits)-1], power+1
	}
	const most = 19 // digits of an int64
	switch {
	case len(digits) == 0:
		return 0, len(mantissa) > 0
	case power < 0 || power > most || len(digits)+power > most:
		return 0, false
	}
	digits = append(digits, bytes.Repeat([]byte("0"), power)...)
	text := string(digits)
	if negative {
		text = "-" + text
	}
	n, err := strconv.ParseInt(text, 10, bits)
	return n, err == nil
}
