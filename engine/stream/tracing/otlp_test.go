package tracing

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// A collector that takes nothing is told of at growing intervals, and anew after it took something. The clock is
// made up.
func TestFailuresAreToldAtGrowingIntervals(t *testing.T) {
	now := time.Date(2026, 2, 3, 20, 0, 0, 0, time.UTC)
	begin, told := now, []time.Duration(nil)
	e := &exporter{now: func() time.Time { return now }, failed: func(error) { told = append(told, now.Sub(begin)) }}
	for ; now.Sub(begin) < 2*time.Minute; now = now.Add(5 * time.Second) {
		e.note(errors.New("refused"))
	}
	want := []time.Duration{0, 10 * time.Second, 30 * time.Second, 70 * time.Second}
	if len(told) != len(want) || told[1] != want[1] || told[2] != want[2] || told[3] != want[3] {
		t.Errorf("told after %v, want %v", told, want)
	}
	e.note(nil)
	if e.note(errors.New("refused")); len(told) != len(want)+1 {
		t.Error("a failure after a success is not told of at once")
	}
}

// What is no address of a collector is refused, and the text says what one is.
func TestEndpoints(t *testing.T) {
	for _, bad := range []string{"", "collector:4318", "ftp://collector", "http://", "http://c/?x=1", "http://c:port"} {
		if _, err := New(Config{Endpoint: bad}); err == nil || !strings.Contains(err.Error(), "http://collector:4318") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
