package watching

import (
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/watch"
)

// TestWithout: a record keeps everything but the pairs of one person, in one record however long it gets, and rows get
// other ids.
func TestWithout(t *testing.T) {
	t.Parallel()
	var s Sheet
	pair := []duty.Pair{{CentreID: "KH", From: 5, To: 9, Due: duty.Span{From: 1, To: 2}}}
	s.Pairs("P-1", "d", 1, pair)
	if got, err := Without(s.Records()[0], func(string) bool { return true }, nil); err != nil || got != nil {
		t.Errorf("of one person alone there stays %q, %v", got, err)
	}
	s.Reset()
	const rows = 20_000 // more than a record takes: those of one record stay in one
	for n := range int64(rows) {
		s.Row(&watch.Row{ID: "r", Version: 1 + n%2, DeviceID: "KH-carousel", CentreID: "KH", Seq: duty.Some(n),
			OccurredAt: duty.Instant(n), ReceivedAt: duty.Instant(n + 1), Known: duty.Instant(n + 2)})
		if n == 9 {
			s.Pairs("P-1", "d", 1, pair)
			s.Pairs("P-2", "d", 3, pair)
			s.Due(360)
		}
	}
	whole := s.Records()
	got, err := Without(whole[0], func(id string) bool { return id == "P-1" },
		func(string) string { return "00000000-0000-4000-8000-000000000001" })
	if err != nil {
		t.Fatal(err)
	}
	var all noted
	if err := Decode(got, &all); err != nil {
		t.Fatal(err)
	}
	if len(whole) < 2 || len(got) <= recordBytes+100 || all.rows[0].ID != "00000000-0000-4000-8000-000000000001" ||
		len(all.persons) != 1 || all.persons[0] != "P-2" || all.due != 360 {
		t.Errorf("there stay %+v", all)
	}
}

// noted is what a record gives.
type noted struct {
	rows    []watch.Row
	persons []string
	due     int
}

func (n *noted) Row(r watch.Row) {
	r.ID = strings.Clone(r.ID)
	n.rows = append(n.rows, r)
}

func (n *noted) Pairs(person, _ string, _ duty.Instant, _ []duty.Pair) {
	n.persons = append(n.persons, person)
}
func (n *noted) Due(minutes int) { n.due = minutes }
