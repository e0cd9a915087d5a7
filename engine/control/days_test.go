package control_test

import (
	"testing"

	"tilsyn/engine/control"
	"tilsyn/engine/duty"
)

// TestDays: each date has its own count beside the mean of the same weekday of the weeks before, once there are
// enough of them, and a date on which far less was counted is marked.
func TestDays(t *testing.T) {
	counted, first := map[duty.Date]control.Flow{}, duty.DateOf(2026, 1, 5)
	last := first + 6*7
	for d := first; d < last; d++ {
		counted[d] = control.Flow{In: 30, Out: 10}
	}
	counted[last] = control.Flow{In: 4, Out: 2}
	days := control.Days(counted, first, first-10, last)
	if len(days) != 43 || days[0].Date != first {
		t.Fatalf("%d days from %s", len(days), days[0].Date)
	}
	if d := days[0]; d.In != 30 || d.Out != 10 || d.Weeks != 0 || d.Low {
		t.Errorf("the first day: %+v", d)
	}
	if d := days[27]; d.Weeks != 0 {
		t.Errorf("three weeks are too few: %+v", d)
	}
	if d := days[28]; d.Weeks != 4 || d.Usual != 40 || d.Low {
		t.Errorf("the fifth week: %+v", d)
	}
	if d := days[42]; d.In+d.Out != 6 || d.Usual != 40 || d.Weeks != 6 || !d.Low {
		t.Errorf("the quiet day: %+v", d)
	}
}
