package duty

import (
	"testing"
	"time"
	_ "time/tzdata"
)

// TestCalendarAgreesWithTheZoneDatabase steps through a century in odd strides
// and compares offset, date and both readings of local times with the zone
// database (TIM-01, TIM-03, TIM-04).
func TestCalendarAgreesWithTheZoneDatabase(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Copenhagen")
	if err != nil {
		t.Fatal(err)
	}
	for at := DateOf(2000, 1, 1).Start(); at < DateOf(2038, 1, 1).Start(); at += 37*Minute + 13*Second {
		local := time.UnixMilli(int64(at)).In(zone)
		if _, ahead := local.Zone(); Instant(ahead)*Second != offset(at) {
			t.Fatalf("offset at %s: %d ms, zone database %d s", at, offset(at), ahead)
		}
		y, m, d := local.Date()
		if at.Date() != DateOf(y, int(m), d) || at.clockMinute() != local.Hour()*60+local.Minute() {
			t.Fatalf("local date and minute of %s differ", at)
		}
	}
}

// TestNightsOfChange pins the limits that domain §0.4 prints.
func TestNightsOfChange(t *testing.T) {
	for _, c := range []struct {
		date     Date
		from, to string
		hours    Instant
	}{
		{DateOf(2026, 3, 28), "2026-03-28T22:00:00.000Z", "2026-03-29T04:00:00.000Z", 6},
		{DateOf(2026, 10, 24), "2026-10-24T21:00:00.000Z", "2026-10-25T05:00:00.000Z", 8},
		{DateOf(2026, 2, 3), "2026-02-03T22:00:00.000Z", "2026-02-04T05:00:00.000Z", 7},
	} {
		n := Night(c.date)
		if n.From.String() != c.from || n.To.String() != c.to || n.To-n.From != c.hours*Hour {
			t.Errorf("N(%s) is %s to %s, want %s to %s", c.date, n.From, n.To, c.from, c.to)
		}
	}
}

// TestPaperTimes reads local times that do not exist, or that occur twice, because the clock was
// changed (TIM-06, TX-14).
func TestPaperTimes(t *testing.T) {
	for _, c := range []struct {
		text        string
		early, late string
		exact       bool
	}{
		{"2026-02-03T22:30", "2026-02-03T21:30:00.000Z", "2026-02-03T21:30:00.000Z", true},
		{"2026-03-29T02:30", "2026-03-29T00:30:00.000Z", "2026-03-29T01:30:00.000Z", false},
		{"2026-10-25T02:30", "2026-10-25T00:30:00.000Z", "2026-10-25T01:30:00.000Z", false},
		{"2026-10-25T02:30:15+01:00", "2026-10-25T01:30:15.000Z", "2026-10-25T01:30:15.000Z", true},
		{"2017-01-01T00:59:60+01:00", "2017-01-01T00:00:00.000Z", "2017-01-01T00:00:00.000Z", true},
	} {
		l, ok := parseLocal(c.text)
		if !ok || l.early.String() != c.early || l.late.String() != c.late || l.exact != c.exact {
			t.Errorf("%s: %s, %s, exact %t, read %t", c.text, l.early, l.late, l.exact, ok)
		}
	}
	for _, bad := range []string{"", "2026-02-30T10:00", "2026-02-03 10:00", "2026-02-03T24:00",
		"2026-02-03T10:00+1", "2026-02-03T10:0",
		"2016-12-31T23:59:60", "2016-12-31T23:59:60+01:00", "2016-12-31T23:59:61Z"} {
		if _, ok := parseLocal(bad); ok {
			t.Errorf("%q was read", bad)
		}
	}
}

// TestLocal: local time carries its offset, through both changes of the clocks.
func TestLocal(t *testing.T) {
	for text, want := range map[string]string{
		"2026-02-03T22:00:00Z":     "2026-02-03T23:00:00+01:00",
		"2026-10-25T00:30:05.700Z": "2026-10-25T02:30:05+02:00",
		"2026-10-25T01:30:00Z":     "2026-10-25T02:30:00+01:00",
		"2026-03-29T01:00:00Z":     "2026-03-29T03:00:00+02:00",
	} {
		at, ok := ParseInstant(text)
		if got := at.Local(); !ok || got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
		if back, ok := ParseInstant(at.Local()); !ok || back/1000 != at/1000 {
			t.Errorf("%s is read back as %s", at.Local(), back)
		}
	}
}
