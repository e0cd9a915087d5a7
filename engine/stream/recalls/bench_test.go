package recalls

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/recall"
)

// BenchmarkExclusion counts an exclusion that took back one unit of each of 10,000 persons: all of it,
// and again after one acknowledgement. bytes/unit is what is kept in memory of each.
func BenchmarkExclusion(b *testing.B) {
	const persons = 10_000
	var consumers recall.Consumers
	for _, name := range strings.Fields("benefits case-management counters police-reports prosecution statistics") {
		consumers = append(consumers, duty.ConsumerSpan{Name: name, Span: duty.Span{From: duty.Beginning, To: duty.Forever}})
	}
	clock := recall.Clock{At: 10 * duty.Day, Overdue: 3 * duty.Day}
	id := func(i int) string { return fmt.Sprintf("P-%07d", i) }
	unit := func(i int) string { return duty.UnitID(duty.KindStay, duty.Date(i%1000), id(i)) }
	gather := func() *book {
		told := NewTold(nil, nil, false)
		book := newBook(told)
		for i := range persons {
			v := duty.Violation{UnitID: unit(i), PersonID: id(i), CentreID: "KH"}
			v.Revision, v.Status, v.EvaluatedAt = 1, duty.StatusIndicated, duty.Day
			told.revision(&v)
			v.Revision, v.Status, v.EvaluatedAt = 2, duty.StatusWithdrawn, 2*duty.Day
			v.Cause, v.CauseID = duty.Some(duty.RecallCauseExclusion), duty.Some("EXCLUSION:x")
			book.changed[told.revision(&v)] = true
		}
		return book
	}
	b.Run("all", func(b *testing.B) {
		var before, after runtime.MemStats
		for range b.N {
			runtime.GC()
			runtime.ReadMemStats(&before)
			book := gather()
			book.count(consumers, clock)
			runtime.GC()
			runtime.ReadMemStats(&after)
			if n := len(book.lines()); n != 1 {
				b.Fatalf("%d recalls", n)
			}
			runtime.KeepAlive(book)
		}
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/persons, "bytes/unit")
	})
	b.Run("one", func(b *testing.B) {
		book := gather()
		book.count(consumers, clock)
		for i := range b.N {
			p := book.told.person(id(i % persons))
			p.Acknowledgements = append(p.Acknowledgements, duty.Known[duty.Acknowledgement]{At: 3 * duty.Day,
				Fact: duty.Acknowledgement{ID: fmt.Sprint(i), Version: 1, Consumer: "counters", PersonID: p.PersonID,
					UnitID: p.Units[0].UnitID, Revision: 2}})
			book.changed[p.PersonID] = true
			book.count(consumers, clock)
		}
	})
}
