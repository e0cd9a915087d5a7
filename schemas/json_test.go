package schemas_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
)

const notice = `"id":"n","received_at":"2026-02-03T22:20:00.5+01:00","person_id":"p","centre_id":"KH","local_time":"2026-02-03T22:19","channel":"PHONE","given_by":"SELF","recipient":"OPERATOR"`

// TestJSONDefaults leaves out what may be left out (contract §1).
func TestJSONDefaults(t *testing.T) {
	s, _ := schemas.Lookup("notices")
	v, extra, err := s.DecodeJSON([]byte(`{` + notice + `,"clarity":"CLEAR","logged_at":"2026-02-03T21:20:01Z"}`))
	if err != nil {
		t.Fatal(err)
	}
	at, _ := duty.ParseInstant("2026-02-03T21:20:00.500Z")
	want := duty.Notice{
		ID: "n", Version: 1, ReceivedAt: at, PersonID: "p", CentreID: "KH", LocalTime: "2026-02-03T22:19",
		Channel: duty.ChannelPhone, GivenBy: duty.GivenBySelf, Recipient: duty.RecipientOperator,
		Clarity: duty.ClarityClear, Nights: 1,
	}
	if got := *v.(*duty.Notice); got != want {
		t.Errorf("read %+v, want %+v", got, want)
	}
	if got := extra.LoggedAt.V.String(); !extra.LoggedAt.OK || got != "2026-02-03T21:20:01.000Z" {
		t.Errorf("logged_at %+v", extra.LoggedAt)
	}
}

// TestJSONLeavesOutWhatTheSchemaDoesNotHave checks that free text beside a
// notice goes nowhere but for its name (NTC-19, TX-18), in a record and in one
// inside it; an output record, whose digest speaks of every member, is refused.
func TestJSONLeavesOutWhatTheSchemaDoesNotHave(t *testing.T) {
	s, _ := schemas.Lookup("notices")
	v, extra, err := s.DecodeJSON([]byte(`{` + notice + `,"clarity":"CLEAR","reason":"visiting sister","place":{"a":[1,2]}}`))
	if err != nil || len(extra.Unknown) != 2 || extra.Unknown[0] != "reason" || extra.Unknown[1] != "place" {
		t.Fatalf("unknown members %q, %v", extra.Unknown, err)
	}
	if text := string(s.AppendJSON(nil, v)); strings.Contains(text, "sister") || strings.Contains(text, "reason") {
		t.Errorf("free text was forwarded: %s", text)
	}
	out, _ := schemas.Lookup("observations")
	if _, _, err := out.DecodeJSON([]byte(`{"id":"i","code":"UNREGISTERED_MOVEMENT","person_id":"p","from":"2026-02-03T21:20:01Z","more":1}`)); err == nil || !strings.Contains(err.Error(), `unknown field "more"`) {
		t.Errorf("an output record with a foreign member: %v", err)
	}
}

// TestWholeNumbers: a whole number may be written with a fraction of zeros or with an
// exponent (RFC 8259 §6); what is no whole number, or too large, is refused.
func TestWholeNumbers(t *testing.T) {
	beats, _ := schemas.Lookup("heartbeats")
	const beat = `{"id":"b","received_at":"2026-02-03T22:20:00Z","source_id":"feed:card-events","at":"2026-02-03T22:20:00Z",` +
		`"source_epoch":1,"last_seq":%s}`
	for text, want := range map[string]int64{
		"0": 0, "-0": 0, "0.0": 0, "0e5": 0, "0.00e99999999999999999999": 0, "-0.0e-7": 0, "12": 12, "12.0": 12, "12.000": 12,
		"1.2e1": 12, "1.2E+1": 12, "120e-1": 12, "0.12e2": 12, "-12.0": -12, "1e18": 1e18,
		"9223372036854775807.0":  math.MaxInt64,
		"-9223372036854775808.0": math.MinInt64, "9.223372036854775807e18": math.MaxInt64,
		"9007199254740993.0":             9007199254740993,
		"0.0000000000000000000000012e25": 12, "12000000000000000000000e-21": 12,
	} {
		v, _, err := beats.DecodeJSON(fmt.Appendf(nil, beat, text))
		if err != nil || v.(*duty.Heartbeat).LastSeq != duty.Some(want) {
			t.Errorf("%s: %+v, %v, want %d", text, v, err, want)
		}
	}
	for _, text := range []string{
		"", "-", "12.5", "1e-1", "1.23e1", "9223372036854775808", "9223372036854775808.0", "1e19", "1e99999999999999999999",
		"1e-99999999999999999999", "0.1e-0", "1e400",
	} {
		if v, _, err := beats.DecodeJSON(fmt.Appendf(nil, beat, text)); err == nil {
			t.Errorf("%q was read: %+v", text, v)
		}
	}
	s, _ := schemas.Lookup("notices")
	if v, _, err := s.DecodeJSON([]byte(`{` + notice + `,"clarity":"CLEAR","nights":2147483648.0}`)); err == nil {
		t.Errorf("%+v in 32 bits", v)
	}
	v, _, err := s.DecodeJSON([]byte(`{` + notice + `,"clarity":"CLEAR","version":1.2e1,"nights":3.0}`))
	if err != nil || v.(*duty.Notice).Version != 12 || v.(*duty.Notice).Nights != 3 {
		t.Errorf("%+v, %v", v, err)
	}
	if text := string(s.AppendJSON(nil, v)); !strings.Contains(text, `"nights":3,`) ||
		!strings.Contains(text, `"version":12}`) {
		t.Errorf("canonical form %s", text)
	}
	l := schemas.SalvageLine([]byte(`{"topic":"notices","offset":12.0,"partition":3e0,"value":{"id":7}}`))
	if l.Offset != duty.Some(int64(12)) || l.Partition != duty.Some(int32(3)) {
		t.Errorf("salvaged %+v", l)
	}
}

// TestJSONRefusals checks that each fault is named with its field, and that no
// value is quoted.
func TestJSONRefusals(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"missing field", `{` + notice + `}`, "Notice.clarity: byte"},
		{"unknown symbol", `{` + notice + `,"clarity":"secret"}`, "Notice.clarity: byte 196: a symbol that this version does not know; use one of CLEAR, UNCLEAR"},
		{"UNKNOWN", `{` + notice + `,"clarity":"UNKNOWN"}`, "Notice.clarity: byte 197: the symbol UNKNOWN"},
		{"null", `{` + notice + `,"clarity":null}`, "Notice.clarity: byte 187: null, where a symbol is needed"},
		{"number for string", `{"id":7,` + notice[9:] + `}`, "Notice.id: byte 5: a number, where a string is needed"},
		{"twice", `{` + notice + `,"id":"secret"}`, "the field is there twice"},
		{"fraction", `{` + notice + `,"nights":1.5}`, "Notice.nights: byte 190: not a whole number of 32 bits"},
		{"too large", `{` + notice + `,"nights":4294967296}`, "not a whole number of 32 bits"},
		{"string for boolean", `{` + notice + `,"retracted":"true"}`, "Notice.retracted: byte 189: a string, where true or false is needed"},
		{"date", `{` + notice + `,"target_date":"2026-02-30"}`, "not a date such as"},
		{"time without offset", `{"received_at":"2026-02-03T22:20:00"}`, "Notice.received_at: byte 36: not a time of RFC 3339"},
		{"not an object", `["secret"]`, "Notice: byte 0: a list, where an object is needed"},
		{"broken off", `{` + notice + `,"clar`, "Notice: byte 177: the JSON ends too early"},
		{"not JSON", `{"id":secret}`, "Notice.id: byte 6: not valid JSON"},
		{"not UTF-8", "{\"id\":\"\xff\"}", "Notice.id: byte 7: a string that is not UTF-8"},
		{"something after", `{` + notice + `,"clarity":"CLEAR"} {}`, "something follows"},
		{"empty", ``, "Notice: byte 0: the JSON ends too early"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _ := schemas.Lookup("notices")
			_, _, err := s.DecodeJSON([]byte(c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want %s", err, c.want)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("%v quotes the value", err)
			}
		})
	}
}

// TestUnknownAllowed checks the one input field where UNKNOWN is a value.
func TestUnknownAllowed(t *testing.T) {
	s, _ := schemas.Lookup("card-assignments")
	text := `{"id":"a","received_at":"2026-01-01T00:00:00Z","card_id":"c","person_id":"p","card_type":"BARCODE","valid_from":"2026-01-01T00:00:00Z","anti_passback":"UNKNOWN","created":"MANUAL"}`
	v, _, err := s.DecodeJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Decode(s.Append(nil, v)); err != nil {
		t.Error(err)
	}
	if _, _, err := s.DecodeJSON([]byte(strings.Replace(text, `"UNKNOWN"`, `"MAYBE"`, 1))); err == nil {
		t.Error("a symbol that is not in the schema was read")
	}
}

// TestOutputExtras reads what replay writes beside a record, which is no part
// of it, and leaves the same out beside a fact.
func TestOutputExtras(t *testing.T) {
	o, _ := schemas.Lookup("observations")
	text := `{"id":"a","code":"RETURN_AFTER_DEPARTURE","person_id":"p","from":"2026-01-01T00:00:00Z","as_of":"2026-01-02T00:00:00Z","topic":"observations","partition":3,"offset":9}`
	_, extra, err := o.DecodeJSON([]byte(text))
	if err != nil || extra.AsOf.V.String() != "2026-01-02T00:00:00.000Z" {
		t.Errorf("%v, %+v", err, extra)
	}
	n, _ := schemas.Lookup("notices")
	_, extra, err = n.DecodeJSON([]byte(`{` + notice + `,"clarity":"CLEAR","as_of":"2026-01-02T00:00:00Z"}`))
	if err != nil || extra.AsOf.OK || len(extra.Unknown) != 1 {
		t.Errorf("as_of beside a fact: %v, %+v", err, extra)
	}
}

// TestAllowedSymbols: an error about an enum names what it may be, also inside
// records and lists; other errors say nothing of it.
func TestAllowedSymbols(t *testing.T) {
	for _, c := range []struct {
		e    schemas.DecodeError
		want string
	}{
		{schemas.DecodeError{Record: "Notice", Field: "channel", Reason: "the symbol UNKNOWN"}, "Notice.channel: byte 0: the symbol UNKNOWN; use one of GUARD, PHONE, OTHER"},
		{schemas.DecodeError{Record: "ObligationChange", Field: "schedule.type", Reason: "a symbol"}, "; use one of DAILY, "},
		{schemas.DecodeError{Record: "Violation", Field: "evidence[3].role", Reason: "a symbol"}, "; use one of "},
		{schemas.DecodeError{Record: "ManualEntry", Field: "direction", Reason: "a symbol"}, "; use one of IN, OUT"},
		{schemas.DecodeError{Record: "Notice", Field: "id", Reason: "a symbol"}, "Notice.id: byte 0: a symbol"},
		{schemas.DecodeError{Record: "Notice", Field: "nowhere.at.all", Reason: "a symbol"}, "byte 0: a symbol"},
		{schemas.DecodeError{Record: "Nothing", Field: "channel", Reason: "a symbol"}, "byte 0: a symbol"},
		{schemas.DecodeError{Record: "Notice", Field: "channel", Reason: "no text"}, "byte 0: no text"},
	} {
		got := c.e.Error()
		if !strings.Contains(got, c.want) ||
			strings.Contains(c.want, "one of") != strings.Contains(got, "one of") || strings.Contains(got, "of UNKNOWN") {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
