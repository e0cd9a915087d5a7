package schemas_test

import (
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
)

// TestTruncated cuts every sample after every byte: each cut must give an
// error that names the record and a place in it.
func TestTruncated(t *testing.T) {
	for _, l := range samples(t) {
		s, _ := schemas.Lookup(l.Topic)
		b := s.Append(nil, l.Value)
		for n := range b {
			_, err := s.Decode(b[:n])
			var fault *schemas.DecodeError
			if !errors.As(err, &fault) {
				t.Fatalf("%s cut to %d bytes: %v", s.Name(), n, err)
			}
			if fault.Record != s.Name() || fault.Field == "" || fault.Offset > n {
				t.Fatalf("%s cut to %d bytes: %+v", s.Name(), n, fault)
			}
		}
		if _, err := s.Decode(append(b, 0)); err == nil || !strings.Contains(err.Error(), "1 bytes follow") {
			t.Fatalf("%s with a byte more: %v", s.Name(), err)
		}
	}
}

func long(n int64) string { return string(binary.AppendVarint(nil, n)) }

// TestDamage damages one place of a record at a time.
func TestDamage(t *testing.T) {
	const huge = 1 << 60
	for _, c := range []struct{ name, topic, bytes, field, reason string }{
		{"wild string length", "card-events", long(huge), "id", "a string of 1152921504606846976 bytes where"},
		{"negative string length", "card-events", long(-3), "id", "a string of -3 bytes"},
		{"not UTF-8", "card-events", long(2) + "\xff\xfe", "id", "not UTF-8"},
		{"eleven byte number", "card-events", long(1) + "a" + strings.Repeat("\xff", 10) + "\x01", "version", "more than 64 bits"},
		{"boolean 2", "card-events", long(1) + "a" + long(1) + "\x02", "retracted", "neither 0 nor 1"},
		{"union branch 2", "card-events", long(1) + "a" + long(1) + "\x00" + long(5) + long(2), "source_seq", "branch number 2"},
		{"union branch -1", "card-events", long(1) + "a" + long(1) + "\x00" + long(5) + long(-1), "source_seq", "branch number -1"},
		{"unknown enum index", "holds", hold(9), "kind", "symbol number 9 of an enum with 5"},
		{"negative enum index", "holds", hold(-1), "kind", "symbol number -1"},
		{"UNKNOWN", "holds", hold(0), "kind", "UNKNOWN"},
		{"32 bits", "acknowledgements", long(1) + "a" + long(1) + "\x00" + long(5) + long(0) + long(0) + long(1<<40), "revision", "more than 32 bits"},
		{"wild count", "incidents", incident(long(huge)), "device_ids", "a block of 1152921504606846976 items"},
		{"smallest count", "incidents", incident(long(-1<<63) + long(0)), "device_ids", "a block of -9223372036854775808 items"},
		{"wild block size", "incidents", incident(long(-1) + long(huge)), "device_ids", "a block of 1152921504606846976 bytes"},
		{"negative block size", "incidents", incident(long(-1) + long(-1)), "device_ids", "a block of -1 bytes"},
		{"block size cut off", "incidents", incident(long(-1) + "\xeb"), "device_ids", "end in the middle"},
		{"count without items", "incidents", incident(long(2) + long(1) + "x"), "device_ids", "end in the middle"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _ := schemas.Lookup(c.topic)
			_, err := s.Decode([]byte(c.bytes))
			var fault *schemas.DecodeError
			if !errors.As(err, &fault) || fault.Record != s.Name() || fault.Field != c.field ||
				!strings.Contains(fault.Reason, c.reason) {
				t.Fatalf("got %v, want %s.%s: … %s", err, s.Name(), c.field, c.reason)
			}
		})
	}
}

func hold(kind int64) string {
	return long(1) + "a" + long(1) + "\x00" + long(5) + long(1) + "h" + long(1) + "p" + long(kind) + long(0) + long(0)
}

func incident(devices string) string {
	return long(1) + "a" + long(1) + "\x00" + long(5) + long(1) + "i" + long(2) + "KH" + devices
}

// TestNegativeCounts reads arrays in blocks that say their size, and in several
// blocks.
func TestNegativeCounts(t *testing.T) {
	s, _ := schemas.Lookup("incidents")
	tail := long(0) + long(0) + long(1) + long(1) + long(1) + long(1)
	v, err := s.Decode([]byte(incident(long(-2)+long(4)+long(1)+"x"+long(1)+"y"+long(1)+long(1)+"z"+long(0)) + tail))
	if err != nil {
		t.Fatal(err)
	}
	if got := v.(*duty.Incident).DeviceIDs; strings.Join(got, "") != "xyz" {
		t.Errorf("read %q", got)
	}
}

// TestNestedPath checks the path of a fault inside an array of records.
func TestNestedPath(t *testing.T) {
	for _, l := range samples(t) {
		v, ok := l.Value.(*duty.Violation)
		if !ok {
			continue
		}
		v.Evidence[1].Role = duty.EvidenceRoleUnknown
		s, _ := schemas.Lookup("violations")
		_, err := s.Decode(s.Append(nil, v))
		if err == nil || !strings.HasPrefix(err.Error(), "Violation.evidence[1].role: byte ") {
			t.Errorf("binary: %v", err)
		}
		_, _, err = s.DecodeJSON(s.AppendJSON(nil, v))
		if err == nil || !strings.HasPrefix(err.Error(), "Violation.evidence[1].role: byte ") {
			t.Errorf("JSON: %v", err)
		}
		return
	}
	t.Fatal("no sample of a Violation")
}
