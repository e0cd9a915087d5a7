package erase

import (
	"encoding/json"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/schemas"
)

// ofOne is what is known of one person with a card.
func ofOne() *survey {
	s := &survey{subject: newSubject([]string{"P-1"}), codec: broker.NewCodec(schemas.NewStore()),
		linked: map[string]string{}, found: map[string]bool{}}
	s.cards["C-1"], s.ids["fact of P"], s.units["unit-1"], s.causes["LATE_DATA:P-1"] = true, true, true, true
	return s
}

// TestSpeaks: a name is found as a word of a text, an id of a fact as a whole text, and neither in a longer one, in
// a number or in the name of a field.
func TestSpeaks(t *testing.T) {
	t.Parallel()
	s := ofOne()
	for text, want := range map[string]bool{
		`{"a":"P-1"}`: true, `{"a":"P-10"}`: false, `{"a":"XP-1"}`: false, `{"a":"P-1:2026-01"}`: true,
		`{"a":"fact of P"}`: true, `{"a":"a fact of P"}`: false, `{"a":"of C-1, and more"}`: true,
		`{"a":"x\"y","b":"P-1"}`: true, `{"P-1":3}`: true, `{"a":["x","unit-1"]}`: true, `{"a":1}`: false, `{`: false,
	} {
		rec := broker.Record{Partition: broker.Partition{Topic: duty.TopicAudit}, Value: []byte(text)}
		if got := s.speaks(&rec); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
	for value, want := range map[string]bool{"\x00P-1\x01": true, "P-1": true, "\x01P-12": false, "aP-1": false,
		"P-12 P-1": true, "": false} {
		rec := broker.Record{Partition: broker.Partition{Topic: duty.TopicCoverage}, Value: []byte(value)}
		if got := s.speaks(&rec); got != want {
			t.Errorf("%q: %v", value, got)
		}
	}
}

// TestAuditLine: a line about a person goes, and a list loses them and nothing else.
func TestAuditLine(t *testing.T) {
	t.Parallel()
	s := ofOne()
	for text, want := range map[string]fate{
		`{"what":"VIEW","person_id":"P-1"}`:                       drop,
		`{"what":"VIEW","unit_id":"unit-1","person_id":"P-2"}`:    drop,
		`{"what":"VIEW","persons":["P-2","P-1"],"by":"someone"}`:  trim,
		`{"what":"VIEW","persons":["P-2"],"search":"P-1"}`:        drop,
		`{"what":"VIEW","persons":["P-2"],"by":"someone"}`:        keep,
		`{"what":"ENTRY","topic":"notices","id":"another of P"}`:  keep,
		`{"what":"ENTRY","topic":"notices","id":"fact of P"}`:     drop,
		`{"what":"VIEW","persons":["P-1"],"suggestion":{"a":""}}`: trim,
	} {
		rec := broker.Record{Partition: broker.Partition{Topic: duty.TopicAudit}, Key: []byte("-"), Value: []byte(text)}
		if got := s.ofOutput(&rec, func(string) int32 { return 0 }); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
		if want != trim {
			continue
		}
		var line struct{ Persons []string }
		if text, err := s.trimmed(&rec); err != nil || json.Unmarshal(text, &line) != nil ||
			len(line.Persons) > 1 || len(line.Persons) == 1 && line.Persons[0] != "P-2" {
			t.Errorf("trimmed: %s %v", text, err)
		}
	}
}

// TestUnreadable: what cannot be read goes with its key, or stays without its bytes where a name stands in them.
func TestUnreadable(t *testing.T) {
	t.Parallel()
	s := ofOne()
	for _, c := range []struct {
		topic, key, value string
		want              fate
	}{
		{duty.TopicNotices, "P-1", "\xff", drop},
		{duty.TopicCardEvents, "C-1", "\xff", drop},
		{duty.TopicNotices, "P-2", "\xff", keep},
		{duty.TopicNotices, "P-2", "\xff P-1", blank},
		{duty.TopicManualEntries, "KH", "\xff of card C-1", blank},
	} {
		rec := broker.Record{Partition: broker.Partition{Topic: c.topic}, Key: []byte(c.key), Value: []byte(c.value)}
		if got := s.ofInput(&rec, func(string) int32 { return 0 }); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
		letter := rec
		letter.Topic = duty.TopicDeadLetters
		letter.Headers = []broker.Header{{Key: "topic", Value: []byte(c.topic)}, {Key: "partition", Value: []byte("0")}}
		if got := s.ofOutput(&letter, func(string) int32 { return 0 }); got != c.want {
			t.Errorf("its dead letter: %+v: %v", c, got)
		}
	}
	if _, err := s.codec.Decode(duty.TopicNotices, blanked); err == nil {
		t.Error("what stands in place of bytes that cannot be read can be read")
	}
}
