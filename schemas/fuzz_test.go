package schemas_test

import (
	"bytes"
	"testing"
	"unicode/utf8"

	"github.com/linkedin/goavro/v2"

	"tilsyn/schemas"
)

// fuzzRecord holds the decoder of one record to four promises, on any bytes:
// it does not panic; what it reads it writes and reads again to the same bytes;
// goavro reads the same value; and what goavro reads from bytes in the plain
// form is refused only for a reason of the contract.
func fuzzRecord(f *testing.F, topic string) {
	s, ok := schemas.Lookup(topic)
	if !ok {
		f.Fatalf("no topic %s", topic)
	}
	for _, l := range samples(f) {
		if l.Topic == topic {
			f.Add(s.Append(nil, l.Value))
		}
	}
	reference := goavroCodec(f, s)
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := s.Decode(b)
		if err != nil {
			fuzzRefused(t, s, reference, b, err)
			return
		}
		plain := s.Append(nil, v)
		again, err := s.Decode(plain)
		if err != nil || !bytes.Equal(s.Append(nil, again), plain) {
			t.Fatalf("%x is read, but what is written of it is not: %v", b, err)
		}
		native, rest, err := reference.NativeFromBinary(b)
		if err != nil || len(rest) > 0 {
			t.Fatalf("%x is read, but goavro says %v with %d bytes left", b, err, len(rest))
		}
		theirs, err := reference.BinaryFromNative(nil, native)
		if err != nil || !bytes.Equal(theirs, plain) {
			t.Fatalf("goavro reads %x as %x (%v), we as %x", b, theirs, err, plain)
		}
		if _, _, err := s.DecodeJSON(s.AppendJSON(nil, v)); err != nil {
			t.Fatalf("the canonical JSON of %x is not read: %v", b, err)
		}
	})
}

// fuzzRefused checks a refusal against goavro. Only bytes that goavro writes in
// just this way are compared: it takes wild numbers and lengths that we refuse.
func fuzzRefused(t *testing.T, s *schemas.Schema, reference *goavro.Codec, b []byte, refusal error) {
	fault, ok := refusal.(*schemas.DecodeError)
	if !ok || fault.Record != s.Name() || fault.Offset < 0 || fault.Offset > len(b) {
		t.Fatalf("%x: the refusal %#v does not say where", b, refusal)
	}
	if len(b) > 1<<12 || wildBlocks(b) {
		return
	}
	native, rest, err := reference.NativeFromBinary(b)
	if err != nil || len(rest) > 0 {
		return
	}
	theirs, err := reference.BinaryFromNative(nil, native)
	if err != nil || !bytes.Equal(theirs, b) || !validStrings(native) {
		return
	}
	if holdsUnknown(native) {
		return
	}
	t.Fatalf("goavro reads %x, we say %v", b, refusal)
}

// wildBlocks keeps goavro from making room for counts that the bytes do not
// hold: it trusts them up to 2^31.
func wildBlocks(b []byte) bool {
	run := 0
	for _, c := range b {
		if c < 0x80 {
			run = 0
			continue
		}
		if run++; run > 2 {
			return true
		}
	}
	return false
}

func validStrings(native any) bool {
	return every(native, utf8.ValidString)
}

func holdsUnknown(native any) bool {
	return !every(native, func(s string) bool { return s != "UNKNOWN" })
}

// every reports whether a property holds for all strings of goavro's form.
func every(native any, property func(string) bool) bool {
	switch v := native.(type) {
	case string:
		return property(v)
	case map[string]any:
		for _, x := range v {
			if !every(x, property) {
				return false
			}
		}
	case []any:
		for _, x := range v {
			if !every(x, property) {
				return false
			}
		}
	}
	return true
}

func FuzzAcknowledgement(f *testing.F) { fuzzRecord(f, "acknowledgements") }

func FuzzCardAssignment(f *testing.F) { fuzzRecord(f, "card-assignments") }

func FuzzCardEvent(f *testing.F) { fuzzRecord(f, "card-events") }

func FuzzCaseSummary(f *testing.F) { fuzzRecord(f, "case-summaries") }

func FuzzChangeMark(f *testing.F) { fuzzRecord(f, "change-marks") }

func FuzzControlReport(f *testing.F) { fuzzRecord(f, "control-reports") }

func FuzzConviction(f *testing.F) { fuzzRecord(f, "convictions") }

func FuzzDataQuality(f *testing.F) { fuzzRecord(f, "data-quality") }

func FuzzDepartureAssessment(f *testing.F) { fuzzRecord(f, "departure-assessments") }

func FuzzExclusion(f *testing.F) { fuzzRecord(f, "exclusions") }

func FuzzGroupChange(f *testing.F) { fuzzRecord(f, "group-changes") }

func FuzzHandling(f *testing.F) { fuzzRecord(f, "handlings") }

func FuzzHeartbeat(f *testing.F) { fuzzRecord(f, "heartbeats") }

func FuzzHold(f *testing.F) { fuzzRecord(f, "holds") }

func FuzzIdentityLink(f *testing.F) { fuzzRecord(f, "identity-links") }

func FuzzIncident(f *testing.F) { fuzzRecord(f, "incidents") }

func FuzzManualEntry(f *testing.F) { fuzzRecord(f, "manual-entries") }

func FuzzNotice(f *testing.F) { fuzzRecord(f, "notices") }

func FuzzObligationChange(f *testing.F) { fuzzRecord(f, "obligation-changes") }

func FuzzObservation(f *testing.F) { fuzzRecord(f, "observations") }

func FuzzOutcomeMonth(f *testing.F) { fuzzRecord(f, "outcomes") }

func FuzzPermission(f *testing.F) { fuzzRecord(f, "permissions") }

func FuzzPolicyActivation(f *testing.F) { fuzzRecord(f, "policies") }

func FuzzRecall(f *testing.F) { fuzzRecord(f, "recalls") }

func FuzzReconciliation(f *testing.F) { fuzzRecord(f, "reconciliations") }

func FuzzResolution(f *testing.F) { fuzzRecord(f, "resolutions") }

func FuzzSettlement(f *testing.F) { fuzzRecord(f, "settlements") }

func FuzzControlActionTaken(f *testing.F) { fuzzRecord(f, "control-actions") }

func FuzzSupervisionResult(f *testing.F) { fuzzRecord(f, "supervision-results") }

func FuzzViolation(f *testing.F) { fuzzRecord(f, "violations") }
