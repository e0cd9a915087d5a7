package stored

import (
	"fmt"
	"maps"
	"reflect"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
)

// The numbers below stand in the state of every instance. A test that fails here
// says that states written until now would be misread: give back the number, and
// give what is new the next free one.

// TestStoredTopicNumbers pins which number stands for which topic, and that the
// tasks read no topic that has none.
func TestStoredTopicNumbers(t *testing.T) {
	want := map[string]byte{
		"card-events": 0, "manual-entries": 1, "notices": 2, "obligation-changes": 3, "group-changes": 4, "permissions": 5,
		"holds": 6, "departure-assessments": 7, "convictions": 8, "identity-links": 9, "card-assignments": 10,
		"handlings": 11,
	}
	if !maps.Equal(topicCodes, want) {
		t.Errorf("%v, want %v; a new topic is added here with its number", topicCodes, want)
	}
	for _, topic := range broker.PersonTopics {
		code, ok := topicCodes[topic]
		if !ok || code >= PackedRow || topicsByCode[code] != topic {
			t.Errorf("%s has the number %d, %v", topic, code, ok)
		}
	}
}

// TestStoredFact reads a fact in the form in which it was written before.
func TestStoredFact(t *testing.T) {
	codec := broker.NewCodec(nil)
	record := &duty.Hold{ID: "h1", Version: 1, ReceivedAt: duty.DateOf(2026, 2, 3).Start(), HoldID: "h",
		PersonID: "P", Kind: duty.HoldKindCustody,
		ValidFrom: duty.DateOf(2026, 2, 3).Start()}
	value, err := codec.Encode("holds", record)
	if err != nil {
		t.Fatal(err)
	}
	stored := append([]byte{6, 2, 6, 8}, value...) // topic, known, partition, offset
	var forms Shapes
	f, err := ReadFact(stored, "P", 3, codec, &forms)
	if err != nil {
		t.Fatal(err)
	}
	got, ok := f.Record.(*duty.Hold)
	if !ok || got.HoldID != "h" || f.Known != 1 || f.Pos != (duty.Position{Partition: 3, Offset: 4}) ||
		f.Topic != "holds" {
		t.Errorf("%+v", f)
	}
	again, err := f.AppendTo(nil, "P", &forms)
	if err != nil || string(again) != string(stored) {
		t.Errorf("%x, %v; want %x", again, err, stored)
	}
	if _, err := ReadFact([]byte{200, 2, 6, 8}, "P", 3, codec, &forms); err == nil {
		t.Error("a topic without a number is read")
	}
}

// TestPaperKnown: when paper became known is told of its stored form, and of nothing else's.
func TestPaperKnown(t *testing.T) {
	paper := []byte{topicCodes[duty.TopicManualEntries], 2, 6, 8}
	if known, ok := PaperKnown(paper); known != 1 || !ok {
		t.Errorf("paper known at 1 is known at %d, %v", known, ok)
	}
	for _, b := range [][]byte{nil, paper[:1], {topicCodes[duty.TopicNotices], 2, 6, 8}, {BadTopic, 2, 6, 8}} {
		if _, ok := PaperKnown(b); ok {
			t.Errorf("%v is taken for paper", b)
		}
	}
}

// TestStoredSymbolNumbers pins the numbers of the symbols that stand in the state:
// new symbols go to the end of an enum of the schemas.
func TestStoredSymbolNumbers(t *testing.T) {
	pin[duty.Kind](t, "UNKNOWN", "STAY", "NOTIFY", "REPORT")
	pin[duty.Status](t, "UNKNOWN", "INDICATED", "NEEDS_REVIEW", "WITHDRAWN")
	pin[duty.Outcome](t, "UNKNOWN", "COMPLIANT", "EXCUSED", "NOT_APPLICABLE", "UNDETERMINED", "EXCLUDED",
		"PROVISIONAL", "NEEDS_REVIEW", "INDICATED")
	pin[duty.WithdrawnOutcome](t, "UNKNOWN", "COMPLIANT", "EXCUSED", "NOT_APPLICABLE", "UNDETERMINED", "EXCLUDED")
	pin[duty.Group](t, "UNKNOWN", "TOLERATED", "EXPELLED_JUDGMENT", "FOREIGN_FIGHTER", "EXPELLED_25",
		"REJECTED", "OTHER_UNLAWFUL")
	pin[duty.LegalBasis](t, "UNKNOWN", "RETURN_ACT_12_1_4", "RETURN_ACT_12_2", "RETURN_ACT_12_3", "RETURN_ACT_12_4",
		"RETURN_ACT_13_1", "RETURN_ACT_13_2",
		"RETURN_ACT_13_4", "ALIENS_ACT_34_3", "ALIENS_ACT_42A_8", "ALIENS_ACT_42A_10", "OTHER")
	pin[duty.Basis](t, "UNKNOWN", "POSITIVE_REGISTRATION", "CLOSED_PAIR", "OPEN_OUT", "NO_REPORT")
	pin[duty.CardType](t, "UNKNOWN", "BIOMETRIC", "BARCODE", "KEY_FOB")
	pin[duty.CardEventKind](t, "UNKNOWN", "PASSAGE", "REPORT", "LOCKED_ATTEMPT")
	pin[duty.Direction](t, "UNKNOWN", "IN", "OUT")
	pin[duty.Scan](t, "UNKNOWN", "COMPLETE", "FIRST", "SECOND")
	pin[duty.DeviceType](t, "UNKNOWN", "CAROUSEL", "HANDHELD", "BARCODE_SCANNER", "REPORTING_STAND", "OFFLINE_LOCK")
}

func pin[T interface {
	~uint8
	String() string
}](t *testing.T, symbols ...string) {
	t.Helper()
	for n, want := range symbols {
		if got := T(n).String(); got != want {
			t.Errorf("%T: the number %d stands for %s, want %s", T(0), n, got, want)
		}
	}
}

// TestStoredMaterial pins the bytes of what was told, with every field set, and reads them back.
func TestStoredMaterial(t *testing.T) {
	s := duty.Said{Kind: duty.KindStay, Date: 7, Revision: 2, Instant: 3, PolicyDigest: "p", EvaluatedAt: 4, Digest: "d"}
	s.Material = duty.Material{PeriodFrom: 1, PeriodTo: 2, CentreID: "KH", Group: 1, ObligationIDs: []string{"o"},
		LegalBasis: 3,
		Basis:      2, Shortfall: duty.Some[int32](5), Caveats: []string{"c"}, Settled: true}
	b := EncodeSaid(&s, nil)
	if got := fmt.Sprintf("%x", b); got != storedMaterial {
		t.Errorf("%s, want %s", got, storedMaterial)
	}
	back, before, err := DecodeSaid(uint8(s.Kind), int32(s.Date), b)
	if err != nil || before != nil || !reflect.DeepEqual(back, s) {
		t.Errorf("%+v, %v, %v", back, before, err)
	}
}

// TestStoredChanges pins the bytes of what a unit was before, and reads them back.
func TestStoredChanges(t *testing.T) {
	s := duty.Said{Kind: duty.KindStay, Date: 7, Revision: 4, Status: duty.StatusWithdrawn, EvaluatedAt: 40}
	var before []Change
	for _, last := range []duty.Said{
		{Status: duty.StatusIndicated, EvaluatedAt: 10}, {Status: duty.StatusIndicated, EvaluatedAt: 20},
		{Status: duty.StatusNeedsReview, EvaluatedAt: 30},
	} {
		before = Follow(&last, before)
	}
	if want := []Change{{10, duty.StatusIndicated}, {30, duty.StatusNeedsReview}}; !reflect.DeepEqual(before, want) {
		t.Fatalf("changes %v, want %v", before, want)
	}
	if Follow(nil, nil) != nil {
		t.Error("a first revision follows something")
	}
	b := EncodeSaid(&s, before)
	if got := fmt.Sprintf("%x", b[:6]); got != "020214013c02" {
		t.Errorf("begins with %s", got)
	}
	back, changes, err := DecodeSaid(uint8(s.Kind), int32(s.Date), b)
	if err != nil || back.Revision != s.Revision || back.Status != s.Status || !reflect.DeepEqual(changes, before) {
		t.Errorf("%+v, %v, %v", back, changes, err)
	}
	if _, _, err := DecodeSaid(1, 7, b[:3]); err == nil {
		t.Error("a form that is cut short is read")
	}
}

// TestHeaderSummary: a header says whether a summary was written, and costs nothing where none was.
func TestHeaderSummary(t *testing.T) {
	h := Header{Told: true, Centres: []string{"KH"}}
	without := h.Encode()
	h.Summary = 1 << 63
	b := h.Encode()
	back, err := DecodeHeader(b)
	if err != nil || back.Summary != h.Summary || len(b) != len(without)+8 {
		t.Errorf("%+v, %v, %d bytes and %d without", back, err, len(b), len(without))
	}
}

// storedMaterial are those bytes as the program wrote them before the fields were a list.
const storedMaterial = "0104000000060204024b480101016f0302010a010163010170080164"
