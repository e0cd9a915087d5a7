package projection

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// store is a projection in memory.
func store(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// revision is one revision of the nth unit.
func revision(n int, rev int32, status duty.Status) *duty.Violation {
	person, date := fmt.Sprintf("P-%d", n/10), duty.DateOf(2026, 1, 1)+duty.Date(n%10)
	v := &duty.Violation{UnitID: duty.UnitID(duty.KindStay, date, person), Revision: rev, Status: status,
		Kind:     duty.KindStay,
		PersonID: person, UnitDate: date, Instant: date.Clock(6, 0), CentreID: []string{"KH", "SJ"}[n%2],
		Group: duty.GroupRejected, LegalBasis: duty.LegalBasisOther, Basis: duty.BasisClosedPair,
		EvaluatedAt: date.Clock(8, 0) + duty.Instant(rev)*duty.Hour, ChangeReason: duty.ChangeReasonFirst}
	if status == duty.StatusWithdrawn {
		v.WithdrawnOutcome = duty.Some(duty.WithdrawnOutcomeCompliant)
	}
	return v
}

// take applies a record as if it were read.
func (s *Store) takeIn(t *testing.T, records ...any) {
	t.Helper()
	b := s.begin()
	for i, r := range records {
		schema, _ := schemas.Of(r)
		key := "x"
		if h, ok := r.(*duty.Handling); ok {
			key = h.PersonID
		}
		err := b.apply(decoder(), topics.TopicPartition{Topic: schema.Topic()},
			&topics.Record{Offset: int64(i), Timestamp: 1e12, Key: []byte(key), Value: schema.AppendValue(nil, r)})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := b.tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// TestQueues: a unit is in one queue at a time, whatever comes in which order, and however often.
func TestQueues(t *testing.T) {
	unit := revision(0, 1, duty.StatusIndicated)
	handled := func(id string, kind duty.HandlingKind, at duty.Instant) *duty.Handling {
		return &duty.Handling{ID: id, Version: 1, HandlingID: id, UnitID: unit.UnitID, PersonID: unit.PersonID, Revision: 1,
			Kind: kind, ByRole: "officer", At: at}
	}
	filed := handled("h1", duty.HandlingKindReportFiled, 1e11)
	back := handled("h2", duty.HandlingKindReportRecalled, 2e11)
	gone := *filed
	gone.Version, gone.Retracted = 2, true
	away := revision(0, 2, duty.StatusWithdrawn)
	for _, x := range []struct {
		name    string
		records []any
		want    Queue
	}{
		{"told", []any{unit}, QueueOpen},
		{"told twice", []any{unit, unit}, QueueOpen},
		{"handled", []any{unit, filed}, QueueHandled},
		{"handled before it is read", []any{filed, unit}, QueueHandled},
		{"handling taken away", []any{unit, filed, &gone}, QueueOpen},
		{"withdrawn", []any{unit, away}, QueueWithdrawn},
		{"withdrawn, read out of order", []any{away, unit}, QueueWithdrawn},
		{"withdrawn after it was filed", []any{unit, filed, away}, QueueWithdrawnFiled},
		{"the report taken back", []any{unit, filed, away, back}, QueueWithdrawn},
	} {
		s := store(t, "")
		s.takeIn(t, x.records...)
		for q := QueueOpen; q <= QueueHandled; q++ {
			page, err := s.List(Filter{Queue: q, Limit: 10})
			if err != nil {
				t.Fatal(err)
			}
			if (len(page.Rows) == 1) != (q == x.want) {
				t.Errorf("%s: queue %d has %d rows", x.name, q, len(page.Rows))
			}
		}
	}
}

// TestBeats: the newest heartbeat of a source counts, in whatever order they come, and none of a clock that is ahead.
func TestBeats(t *testing.T) {
	s := store(t, "")
	beat := func(at duty.Instant) *duty.Heartbeat {
		return &duty.Heartbeat{ID: fmt.Sprint(at), Version: 1, ReceivedAt: 9e11, SourceID: "KH-stand", At: at}
	}
	s.takeIn(t, beat(5e11), beat(7e11), beat(6e11), beat(2e12))
	if got, err := s.Beats(); err != nil || got["KH-stand"] != 7e11 {
		t.Errorf("%v, %v", got, err)
	}
}

// TestPages: pages follow each other without a gap or a repetition, with filters too.
func TestPages(t *testing.T) {
	s := store(t, "")
	const n = 137
	for i := range n {
		s.takeIn(t, revision(i, 1, duty.StatusIndicated))
	}
	for _, f := range []Filter{{Queue: QueueOpen, Limit: 10}, {Queue: QueueOpen, Limit: 10, CentreID: "KH"},
		{Queue: QueueOpen, Limit: 7, From: "2026-01-03", To: "2026-01-05"}} {
		seen, told := map[string]bool{}, ""
		for {
			page, err := s.List(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range page.Rows {
				if seen[r.UnitID] || r.FirstTold < told {
					t.Fatalf("%+v: %s comes again, or before an older one", f, r.UnitID)
				}
				seen[r.UnitID], told = true, r.FirstTold
			}
			if f.After = page.Next; f.After == "" {
				break
			}
		}
		want := 0
		for i := range n {
			r := &Row{}
			r.fill(revision(i, 1, duty.StatusIndicated))
			if f.fits(r) {
				want++
			}
		}
		if len(seen) != want {
			t.Errorf("%+v: %d units, not %d", f, len(seen), want)
		}
	}
	if _, err := s.List(Filter{Queue: QueueOpen, Limit: 10, After: "beef"}); err == nil {
		t.Error("a place that no page gave is taken")
	}
}

// TestQuick: a page at any depth looks at no more rows than it shows. TILSYN_UNITS says how many there are.
func TestQuick(t *testing.T) {
	n := 5_000
	if s := os.Getenv("TILSYN_UNITS"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	s := store(t, t.TempDir())
	began := time.Now()
	var list []any
	for i := range n {
		if list = append(list, revision(i, 1, duty.StatusIndicated)); len(list) == 1000 {
			s.takeIn(t, list...)
			list = list[:0]
		}
	}
	t.Logf("%d units taken in within %s", n, time.Since(began).Round(time.Millisecond))
	f := Filter{Queue: QueueOpen, Limit: 50}
	began = time.Now()
	pages := n / 50
	for depth := range pages {
		page, err := s.List(f)
		if err != nil || len(page.Rows) != 50 || page.Looked != 50 {
			t.Fatalf("page %d: %d rows, %d looked at, %v", depth, len(page.Rows), page.Looked, err)
		}
		if f.After = page.Next; f.After == "" {
			break
		}
	}
	t.Logf("%d pages took %s each", pages, (time.Since(began) / time.Duration(pages)).Round(time.Microsecond))
}
