package schemas_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
)

// TestLineRoundTrip writes the samples as lines and reads them again.
func TestLineRoundTrip(t *testing.T) {
	for i, l := range samples(t) {
		l.Partition, l.Offset = duty.Some(int32(i)), duty.Some(int64(i)<<40)
		l.LoggedAt = duty.Some(duty.Instant(i) * duty.Hour)
		text := schemas.AppendLine(nil, &l)
		got, err := schemas.DecodeLine(text)
		if err != nil {
			t.Fatal(err)
		}
		if again := schemas.AppendLine(nil, &got); !bytes.Equal(again, text) {
			t.Errorf("wrote %s, then %s", text, again)
		}
	}
}

// TestLineOrder takes the members in any order, and logged_at in the line or in
// the value.
func TestLineOrder(t *testing.T) {
	value := `{` + notice + `,"clarity":"CLEAR","logged_at":"2026-02-04T00:00:00Z"}`
	l, err := schemas.DecodeLine([]byte(`{"value":` + value + `,"topic":"notices","offset":null}`))
	if err != nil {
		t.Fatal(err)
	}
	if l.Topic != "notices" || l.LoggedAt.V.String() != "2026-02-04T00:00:00.000Z" || l.Offset.OK {
		t.Errorf("read %+v", l)
	}
	l, err = schemas.DecodeLine([]byte(`{"logged_at":"2026-02-05T00:00:00Z","topic":"notices","value":` + value + `}`))
	if err != nil || l.LoggedAt.V.String() != "2026-02-05T00:00:00.000Z" {
		t.Errorf("%v, %+v", err, l.LoggedAt)
	}
}

func TestLineRefusals(t *testing.T) {
	for text, want := range map[string]string{
		``:                               "line: byte 0: the JSON ends too early",
		`[]`:                             "line: byte 0: a list, where an object is needed",
		`null`:                           "line: byte 0: null, where an object is needed",
		`no fact`:                        "line: byte 1: not valid JSON",
		`{"value":{}}`:                   "line.topic: ",
		`{"topic":"notices"}`:            "notices: line.value: ",
		`{"topic":"parcels","value":{}}`: `there is no topic "parcels"`,
		`{"topic":"notices","value":{}}`: "notices: Notice.id: byte 2: the field is missing",
		`{"topic":"notices","value":7}`:  "notices: Notice: byte 0: a number, where an object is needed",
		`{"topic":"notices","key":"p"}`:  `unknown field "key"`,
		`{"topic":"notices","key":"p","error":"e","value":{},"value_base64":"eA=="}`: "notices: this line of tail is a record that could not be read",
		`{"topic":"notices","key":null,"error":"e","value":{}}`:                      "notices: this line of tail is a record that could not be read",
		`{"topic":"notices","key_base64":"/w==","value":{},"value_base64":"eA=="}`:   "notices: this line of tail is a record that could not be read",
		`{"topic":"dead-letters","key":null,"value_base64":"eA=="}`:                  "dead-letters: this line of tail is a record of no input topic",
	} {
		_, err := schemas.DecodeLine([]byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

// TestSalvage checks what is known of a broken line (contract §1): topic, key,
// id and time as far as they can be read.
func TestSalvage(t *testing.T) {
	at := func(s string) duty.Opt[duty.Instant] {
		i, ok := duty.ParseInstant(s)
		return duty.Opt[duty.Instant]{V: i, OK: ok}
	}
	for _, c := range []struct {
		name, text string
		want       schemas.Salvaged
	}{
		{"nothing", `]`, schemas.Salvaged{}},
		{"unknown topic", `{"topic":"parcels","value":{"id":"a"}}`, schemas.Salvaged{}},
		{"output topic", `{"topic":"violations","value":{"id":"a"}}`, schemas.Salvaged{}},
		{"unknown symbol", `{"topic":"notices","value":{` + notice + `,"clarity":"?"}}`,
			schemas.Salvaged{Topic: "notices", Key: "p", Field: "person_id", ID: "n", At: at("2026-02-03T21:20:00.500Z")}},
		{"logged_at first", `{"topic":"notices","partition":3,"offset":8,"logged_at":"2026-02-04T00:00:00Z","value":{` + notice + `}}`,
			schemas.Salvaged{Topic: "notices", Key: "p", Field: "person_id", ID: "n", At: at("2026-02-04T00:00:00Z"),
				Partition: duty.Some(int32(3)), Offset: duty.Some(int64(8))}},
		{"broken off", `{"topic":"notices","value":{` + notice + `,"clar`,
			schemas.Salvaged{Topic: "notices", Key: "p", Field: "person_id", ID: "n", At: at("2026-02-03T21:20:00.500Z")}},
		{"card without person", `{"topic":"card-events","value":{"id":"e","person_id":null,"card_id":"c","received_at":"soon"}}`,
			schemas.Salvaged{Topic: "card-events", Key: "c", Field: "card_id", ID: "e"}},
		{"card without person broken off", `{"topic":"card-events","value":{"id":"e","card_id":"c"`, schemas.Salvaged{Topic: "card-events", ID: "e"}},
		{"key broken off", `{"topic":"notices","value":{"id":"n","person_id":"p`, schemas.Salvaged{Topic: "notices", ID: "n"}},
		{"paper without person", `{"topic":"manual-entries","value":{"id":"m","person_id":null,"centre_id":"KH"}}`,
			schemas.Salvaged{Topic: "manual-entries", Key: "KH", Field: "centre_id", ID: "m"}},
		{"two records", `{"topic":"notices","value":{` + notice + `}}{"topic":"notices","value":{` + notice + `}}`,
			schemas.Salvaged{Topic: "notices", At: at("2026-02-03T21:20:00.500Z")}},
		{"two records, one without time", `{"topic":"notices","value":{` + notice + `}} {"topic":"notices","value":{"id":"n"}}`, schemas.Salvaged{Topic: "notices"}},
		{"two records, the second broken off", `{"topic":"notices","value":{` + notice + `}}{"topic":"not`, schemas.Salvaged{Topic: "notices", At: at("2026-02-03T21:20:00.500Z")}},
		{"one record in another", `{"topic":"notices","value":{` +
			notice + `,"clarity":{"topic":"notices","value":{` + notice + `}}`,
			schemas.Salvaged{Topic: "notices", At: at("2026-02-03T21:20:00.500Z")}},
		{"broken in the middle", `{"topic":"notices","value":{` +
			notice + `,"clar"topic":"notices","value":{` + notice + `}}`,
			schemas.Salvaged{Topic: "notices", At: at("2026-02-03T21:20:00.500Z")}},
		{"text behind", `{"topic":"notices","value":{` + notice + `}} x`, schemas.Salvaged{Topic: "notices", At: at("2026-02-03T21:20:00.500Z")}},
		{"an array of records", `[{"topic":"notices","value":{` + notice + `}}]`, schemas.Salvaged{}},
		{"two values", `{"topic":"notices","value":{` + notice + `},"value":{` + notice + `}}`, schemas.Salvaged{Topic: "notices", At: at("2026-02-03T21:20:00.500Z")}},
		{"two keys", `{"topic":"notices","value":{` + notice + `,"person_id":"q"}}`, schemas.Salvaged{Topic: "notices", At: at("2026-02-03T21:20:00.500Z")}},
		{"two spellings of the key", `{"topic":"notices","value":{` + notice + `,"person\u005fid":"q"}}`, schemas.Salvaged{Topic: "notices", ID: "n", At: at("2026-02-03T21:20:00.500Z")}},
		{"something else twice", `{"topic":"notices","value":{` + notice + `,"x":1,"x":2}}`,
			schemas.Salvaged{Topic: "notices", Key: "p", Field: "person_id", ID: "n", At: at("2026-02-03T21:20:00.500Z")}},
		{"two ids and times", `{"topic":"notices","value":{` + notice + `,"id":"m","received_at":"2026-02-02T00:00:00Z"}}`,
			schemas.Salvaged{Topic: "notices", Key: "p", Field: "person_id", At: at("2026-02-02T00:00:00Z")}},
		{"half a surrogate", `{"topic":"notices","value":{"id":"n","person_id":"p\ud800"}}`, schemas.Salvaged{Topic: "notices", ID: "n"}},
		{"a key that is none", `{"topic":"notices","value":{"id":"n","person_id":"p\u0000"}}`, schemas.Salvaged{Topic: "notices", ID: "n"}},
		{"a key with a blank", `{"topic":"notices","value":{"id":"n","person_id":"p "}}`, schemas.Salvaged{Topic: "notices", ID: "n"}},
		{"not UTF-8", `{"topic":"notices","value":{"id":"n","person_id":"p` + "\xff" + `"}}`, schemas.Salvaged{Topic: "notices", ID: "n"}},
		{"half a surrogate elsewhere", `{"topic":"notices","value":{` + notice + `,"clarity":"\ud800"}}`,
			schemas.Salvaged{Topic: "notices", Key: "p", Field: "person_id", ID: "n", At: at("2026-02-03T21:20:00.500Z")}},
		{"of tail", `{"topic":"notices","key":"p","error":"x","value":{"id":"n"}}`, schemas.Salvaged{Topic: "notices", Key: "p", ID: "n"}},
		{"of tail, another person", `{"topic":"notices","key":"p","error":"x","value":{"id":"n","person_id":"q"}}`, schemas.Salvaged{Topic: "notices", ID: "n"}},
		{"of tail, a key with a frame", `{"topic":"notices","key":"\u0000\u0000p","error":"x","value":{"person_id":"\u0000\u0000p"}}`, schemas.Salvaged{Topic: "notices"}},
		{"of tail, a key that is no text", `{"topic":"notices","key_base64":"/w==","error":"x","value":{"person_id":"p"}}`, schemas.Salvaged{Topic: "notices"}},
		{"of tail, no key", `{"topic":"notices","key":null,"error":"x","value":{"person_id":"p"}}`, schemas.Salvaged{Topic: "notices"}},
		{"of tail, a resolution", `{"topic":"resolutions","key":"p","error":"x","value":{"id":"n","topic":"notices"}}`, schemas.Salvaged{Topic: "resolutions", Key: "p", ID: "n"}},
		{"card with unreadable person", `{"topic":"card-events","value":{"id":"e","person_id":7,"card_id":"c"}}`,
			schemas.Salvaged{Topic: "card-events", ID: "e"}},
		{"feed", `{"topic":"heartbeats","value":{"id":"h","source_id":"feed:notices"}}`,
			schemas.Salvaged{Topic: "heartbeats", Key: "feed:notices", Field: "source_id", ID: "h"}},
		{"centre", `{"topic":"incidents","value":{"id":"i","centre_id":"KH","kind":"FIRE"}}`,
			schemas.Salvaged{Topic: "incidents", Key: "KH", Field: "centre_id", ID: "i"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := schemas.SalvageLine([]byte(c.text)); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

// TestPlainLine: a line in the form that AppendLine writes says what it says with a blank before its
// first name, which is read in the longer way.
func TestPlainLine(t *testing.T) {
	good := `{"id":"n","received_at":"2026-02-03T20:00:00Z","person_id":"P","group":"EXPELLED_JUDGMENT",` +
		`"valid_from":"2026-02-03T20:00:00Z"`
	for _, value := range []string{
		good + `}}`, good + `} } ` + "\r", good + `,"extra":{"value":{}}}}`, good + `}`, good + `}}}`, good,
		good + `},"logged_at":"2026-02-03T21:00:00Z"}`, good + `,"logged_at":"2026-02-03T21:00:00Z"}}`,
		good + `},"value":{}}`, good + `},"topic":"notices"}`, good + `},"offset":7}`, `{}}`, `null}`, `}`, ``,
		good + `} x}`,
	} {
		for _, topic := range []string{"group-changes", "notices", "nowhere", `group\u002dchanges`} {
			line := `"topic":"` + topic + `","value":` + value
			got, err := schemas.DecodeLine([]byte("{" + line))
			want, wantErr := schemas.DecodeLine([]byte("{ " + line))
			if !reflect.DeepEqual(got, want) || (err == nil) != (wantErr == nil) {
				t.Errorf("%s: %+v %v, the longer way %+v %v", line, got, err, want, wantErr)
			}
		}
	}
}
