package contact_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/contact"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// noon is when the broker had the records.
var noon, _ = duty.ParseInstant("2026-02-03T12:00:00Z")

const parts = 4

// source makes records of one device.
type source struct {
	t       *testing.T
	codec   broker.Codec
	records []broker.Record
}

func (s *source) send(topic, key string, at duty.Instant, record any) *broker.Record {
	s.t.Helper()
	value, err := s.codec.Encode(topic, record)
	if err != nil {
		s.t.Fatal(err)
	}
	s.records = append(s.records, broker.Record{Partition: broker.Partition{Topic: topic,
		Index: topics.Partition([]byte(key), parts)}, Offset: int64(len(s.records)), At: at, Stamped: true,
		Key: []byte(key), Value: value})
	return &s.records[len(s.records)-1]
}

func (s *source) row(seq int64, change func(*duty.CardEvent)) *broker.Record {
	s.t.Helper()
	e := &duty.CardEvent{ID: fmt.Sprintf("e%d", seq), Version: 1, ReceivedAt: noon, SourceSeq: duty.Some(seq),
		PersonID: duty.Some("P-1"), CardID: "c", CardType: duty.CardTypeBiometric, CentreID: "KH",
		DeviceID: "KH-carousel", DeviceType: duty.DeviceTypeCarousel, Kind: duty.CardEventKindPassage,
		Direction: duty.Some(duty.DirectionIn), Scan: duty.ScanComplete, OccurredAt: noon - 1000}
	change(e)
	return s.send(duty.TopicCardEvents, "P-1", noon, e)
}

func (s *source) beat(last int64) {
	s.t.Helper()
	s.send(duty.TopicHeartbeats, "KH", noon, &duty.Heartbeat{ID: fmt.Sprintf("h%d", len(s.records)), Version: 1,
		ReceivedAt: noon, SourceID: "KH-carousel", CentreID: duty.Some("KH"), At: noon, LastSeq: duty.Some(last)})
}

// check returns the codes and sources that are found, in a random order of the records.
func (s *source) check(of string) []string {
	p := &duty.Policy{Centres: []duty.Centre{{ID: "KH"}}, Devices: []duty.Device{{ID: "KH-carousel", CentreID: "KH",
		Type: duty.DeviceTypeCarousel, To: noon * 2}}}
	c := contact.New(contact.Config{Policy: p, Codec: s.codec, Source: of,
		Partitions: map[string]int32{duty.TopicCardEvents: parts, duty.TopicHeartbeats: parts}})
	for _, i := range rand.Perm(len(s.records)) {
		c.Take(&s.records[i])
	}
	var out []string
	for _, f := range c.Findings() {
		if f.Wrong == "" || f.Do == "" || strings.Contains(f.Wrong+f.Do, "P-1") {
			s.t.Errorf("a finding says nothing, or whom it concerns: %+v", f)
		}
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %d", f.Code, f.Of, f.Records)))
	}
	return out
}

// TestEveryMistakeIsNamed: each mistake alone is found, and nothing else; without one nothing is.
func TestEveryMistakeIsNamed(t *testing.T) {
	same := func(*duty.CardEvent) {}
	for name, c := range map[string]struct {
		send func(*source)
		want []string
	}{
		"none":  {func(s *source) { s.row(1, same); s.row(2, same); s.beat(2) }, nil},
		"again": {func(s *source) { s.row(1, same); s.row(1, same); s.beat(1) }, nil},
		"value": {func(s *source) { s.row(1, same).Value = []byte("{}"); s.row(1, same); s.beat(1) }, []string{"SCHEMA  1"}},
		"key": {func(s *source) {
			r := s.row(1, same)
			r.Key, r.Index = []byte("c"), topics.Partition([]byte("c"), parts)
			s.beat(1)
		}, []string{"KEY  1"}},
		"partition": {func(s *source) { r := s.row(1, same); r.Index = (r.Index + 1) % parts; s.beat(1) }, []string{"PARTITION  1"}},
		"numbers": {func(s *source) {
			s.row(1, func(e *duty.CardEvent) { e.SourceSeq = duty.Opt[int64]{} })
			s.beat(0)
		}, []string{"NO_NUMBER KH-carousel 1"}},
		"gap":    {func(s *source) { s.row(1, same); s.row(4, same); s.beat(4) }, []string{"GAP KH-carousel 0"}},
		"behind": {func(s *source) { s.row(1, same); s.beat(3) }, []string{"GAP KH-carousel 0"}},
		"number twice": {func(s *source) { s.row(1, same); s.row(1, func(e *duty.CardEvent) { e.ID = "x" }); s.beat(1) },
			[]string{"NUMBER_TWICE KH-carousel 1"}},
		"id twice": {func(s *source) { s.row(1, same); s.row(2, func(e *duty.CardEvent) { e.ID = "e1" }); s.beat(2) },
			[]string{"ID_TWICE  1"}},
		"reader": {func(s *source) {
			s.row(1, func(e *duty.CardEvent) { e.DeviceType = duty.DeviceTypeHandheld })
			s.beat(1)
		},
			[]string{"DEVICE KH-carousel 1"}},
		"unknown reader": {func(s *source) { s.row(1, func(e *duty.CardEvent) { e.DeviceID = "X" }) },
			[]string{"DEVICE X 1", "NO_HEARTBEAT X 0"}},
		"centre of a row": {func(s *source) { s.row(1, func(e *duty.CardEvent) { e.CentreID = "QQ" }); s.beat(1) },
			[]string{"DEVICE KH-carousel 1"}},
		"centre": {func(s *source) {
			s.send(duty.TopicHeartbeats, "QQ", noon, &duty.Heartbeat{ID: "h", Version: 1, ReceivedAt: noon,
				SourceID: "X", CentreID: duty.Some("QQ"), At: noon})
		}, []string{"CENTRE  1"}},
		"zone": {func(s *source) { s.row(1, func(e *duty.CardEvent) { e.OccurredAt = noon + 3_600_000 }); s.beat(1) },
			[]string{"ZONE  1"}},
		"clock": {func(s *source) { s.row(1, func(e *duty.CardEvent) { e.ReceivedAt = noon + 1_200_000 }); s.beat(1) },
			[]string{"CLOCK  1"}},
		"heartbeats": {func(s *source) { s.row(1, same) }, []string{"NO_HEARTBEAT KH-carousel 0"}},
	} {
		s := &source{t: t, codec: broker.NewCodec(schemas.NewStore())}
		c.send(s)
		if got := s.check(""); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestOneSource: of others nothing is said, but of what nobody can read.
func TestOneSource(t *testing.T) {
	s := &source{t: t, codec: broker.NewCodec(schemas.NewStore())}
	s.row(1, func(e *duty.CardEvent) { e.DeviceID = "X" })
	s.row(2, func(*duty.CardEvent) {}).Value = nil
	if got := s.check("KH-carousel"); !slices.Equal(got, []string{"SCHEMA  1"}) {
		t.Errorf("%q", got)
	}
}
