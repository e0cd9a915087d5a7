package simulate

import (
	"testing"
	"time"
	_ "time/tzdata"

	"tilsyn/engine/duty"
)

// Local time agrees with the zone database, hour by hour, over years with both
// changes of clocks.
func TestCalendarAgreesWithTheZoneDatabase(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Copenhagen")
	if err != nil {
		t.Fatal(err)
	}
	from := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 24 * 366 * 4 {
		u := from.Add(time.Duration(i) * time.Hour)
		local := u.In(zone)
		x := duty.Instant(u.UnixMilli())
		if got, want := LocalTime(x), local.Format("2006-01-02T15:04"); got != want {
			t.Fatalf("%s: local time %s, want %s", u, got, want)
		}
		if got, want := (weekday(localDate(x))+1)%7, int(local.Weekday()); got != want {
			t.Fatalf("%s: weekday %d, want %d", u, got, want)
		}
		if local.Hour() != 2 {
			if got := at(localDate(x), hm(localMinute(x)), 0); got != x {
				t.Fatalf("%s: back to %d, want %d", u, got, x)
			}
		}
	}
}
