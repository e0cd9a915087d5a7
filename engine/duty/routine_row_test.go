package duty

import (
	"strings"
	"testing"
)

// TestOrdinaryRow changes one thing of an ordinary row at a time. Row, Advance
// and RoutineTail agree on each.
func TestOrdinaryRow(t *testing.T) {
	long := strings.Repeat("x", MaxKeyBytes)
	device := func(f func(*Device)) func(*Input, *Known[CardEvent]) {
		return func(in *Input, _ *Known[CardEvent]) { f(&in.Policies[0].Policy.Devices[0]) }
	}
	row := func(f func(*CardEvent)) func(*Input, *Known[CardEvent]) {
		return func(_ *Input, k *Known[CardEvent]) { f(&k.Fact) }
	}
	at := func(occurred, received, known Instant) func(*Input, *Known[CardEvent]) {
		return func(_ *Input, k *Known[CardEvent]) {
			k.Fact.OccurredAt, k.Fact.ReceivedAt, k.At = occurred, received, known
		}
	}
	for _, x := range []struct {
		what   string
		change func(*Input, *Known[CardEvent])
		ok     bool
	}{
		{"an ordinary row", row(func(*CardEvent) {}), true},
		{"a report", row(func(e *CardEvent) { e.Kind = CardEventKindReport }), false},
		{"a scan of two", row(func(e *CardEvent) { e.Scan = ScanSecond }), false},
		{"a second version", row(func(e *CardEvent) { e.Version = 2 }), false},
		{"a row taken back", row(func(e *CardEvent) { e.Retracted = true }), false},
		{"no direction", row(func(e *CardEvent) { e.Direction.OK = false }), false},
		{"an unknown direction", row(func(e *CardEvent) { e.Direction = Some(DirectionUnknown) }), false},
		{"a barcode card", row(func(e *CardEvent) { e.CardType = CardTypeBarcode }), false},
		{"an offline lock", func(in *Input, k *Known[CardEvent]) {
			k.Fact.DeviceType, in.Policies[0].Policy.Devices[0].Type = DeviceTypeOfflineLock, DeviceTypeOfflineLock
		}, false},
		{"nobody", row(func(e *CardEvent) { e.PersonID = None[string]() }), false},
		{"somebody else", row(func(e *CardEvent) { e.PersonID = Some("Q") }), false},
		{"a person that is no key", func(in *Input, k *Known[CardEvent]) { in.PersonID, k.Fact.PersonID = " P", Some(" P") }, false},
		{"another centre", func(in *Input, k *Known[CardEvent]) {
			k.Fact.CentreID, in.Policies[0].Policy.Devices[0].CentreID = "SJ", "SJ"
		}, false},
		{"a card that is no key", row(func(e *CardEvent) { e.CardID = " " }), false},
		{"no id", row(func(e *CardEvent) { e.ID = "" }), false},
		{"an id of one byte", row(func(e *CardEvent) { e.ID = "x" }), true},
		{"the longest id", row(func(e *CardEvent) { e.ID = long }), true},
		{"an id that is too long", row(func(e *CardEvent) { e.ID = long + "x" }), false},
		{"an id with a blank at its end", row(func(e *CardEvent) { e.ID = "e44 " }), false},
		{"an id of 16 bytes with a blank at its end", row(func(e *CardEvent) { e.ID = "0123456789abcde " }), false},
		{"a packed id", row(func(e *CardEvent) { e.ID = "0123456789abcde\xff" }), true},
		{"bytes that are no packed id", row(func(e *CardEvent) { e.ID = "0123456789abcdef\xff" }), false},

		{"30 s ahead of its receipt", at(latest-Day, latest-Day-ClockNoticed, latest-Day), true},
		{"more than 30 s ahead of its receipt", at(latest-Day, latest-Day-ClockNoticed-1, latest-Day), false},
		{"more than 30 s ahead of when it was known", at(latest-Day, latest-Day, latest-Day-ClockNoticed-1), false},
		{"a clock at its beginning", at(ClockReset-1, latest-Day, latest-Day), false},
		{"a clock just past its beginning", at(ClockReset, latest-Day, latest-Day), true},
		{"a time after 2100", at(latest, latest-1, latest), false},
		{"the last millisecond of 2100", at(latest-1, latest-1, latest), true},
		{"a receipt after 2100", at(latest-1, latest, latest), false},

		{"an unknown device", row(func(e *CardEvent) { e.DeviceID = "other" }), false},
		{"a device of another type", row(func(e *CardEvent) { e.DeviceType = DeviceTypeHandheld }), false},
		{"a device of another centre", device(func(d *Device) { d.CentreID = "SJ" }), false},
		{"a device for reports", device(func(d *Device) { d.Reports = true }), false},
	} {
		in, d, _ := ordinary()
		k := in.Person.CardEvents[1]
		x.change(&in, &k)
		r := Routine{centre: "KH", first: d, night: d, since: Beginning, tail: Beginning, guard: Beginning,
			wake: Forever, place: without, tailed: without, seen: Beginning}
		if in.PersonID != "P" || len(k.Fact.ID) == 0 || packedID(k.Fact.ID) {
			// Only what the caller has checked already: the row itself is asked.
			if r.ordinaryRow(&in, in.Policies[0].Policy, &k.Fact, k.At) != x.ok {
				t.Errorf("%s: ordinary %t, want %t", x.what, !x.ok, x.ok)
			}
			if again := r; packedID(k.Fact.ID) && again.Row(&in, &k.Fact, k.At) {
				t.Errorf("%s: Row takes it, though what has just been read is not packed", x.what)
			}
			continue
		}
		var out Advanced
		clock := min(k.Fact.OccurredAt, Night(d).From-1) // the night is not over
		r.night = nightOf(clock)
		if again := r; again.Row(&in, &k.Fact, k.At) != x.ok ||
			x.ok && (again.tail != k.Fact.OccurredAt || again.tailed != within) {
			t.Errorf("%s: Row says %t, want %t: %+v", x.what, !x.ok, x.ok, again)
		}
		tail := r.Tail()
		moved := RoutineTail{floor: k.Fact.OccurredAt + 1, tailed: within}
		if tail.Row(&in, "KH", &k.Fact, k.At) != x.ok || x.ok && tail != moved {
			t.Errorf("%s: the tail says %t, want %t: %+v", x.what, !x.ok, x.ok, tail)
		}
		if again := r; again.Advance(&in, []Known[CardEvent]{k}, max(clock, k.At), &out) && !x.ok {
			t.Errorf("%s: Advance takes it", x.what)
		}
	}
}

// TestRowsInTurn: the next ordinary row is newer than all rows before it, not older than the rows
// that were taken in, and leaves the card on the other side of the gate.
func TestRowsInTurn(t *testing.T) {
	in, d, _ := ordinary()
	since := Night(d - 1).To
	rows := in.Person.CardEvents
	out, home := rows[0].Fact, rows[1].Fact
	moved := func(e CardEvent, at Instant) CardEvent {
		e.OccurredAt, e.ReceivedAt = at, at
		return e
	}
	r := Routine{centre: "KH", since: since, tail: out.OccurredAt, tailed: without, wake: Forever}
	for _, x := range []struct {
		what string
		r    Routine
		row  CardEvent
		ok   bool
	}{
		{"home after out", r, home, true},
		{"out after out", r, moved(out, home.OccurredAt), false},
		{"at the instant of the last one", r, moved(home, out.OccurredAt), false},
		{"1 ms later", r, moved(home, out.OccurredAt+1), true},
		{"at 06:00", Routine{centre: "KH", since: since, tail: Beginning, wake: Forever}, moved(home, since), true},
		{"before 06:00", Routine{centre: "KH", since: since, tail: Beginning, wake: Forever}, moved(home, since-1), false},
		{"the first row of all", Routine{centre: "KH", since: Beginning, tail: Beginning, wake: Forever}, out, true},
		{"a row without centre, for no routine", Routine{wake: Forever}, moved(home, since), false},
	} {
		e := x.row
		in, _, _ := ordinary()
		if x.r.centre == "" {
			e.CentreID, in.Policies[0].Policy.Devices[0].CentreID = "", ""
		}
		again := x.r
		if again.Row(&in, &e, e.OccurredAt) != x.ok {
			t.Errorf("%s: taken %t, want %t", x.what, !x.ok, x.ok)
		}
		if !x.ok && again != x.r {
			t.Errorf("%s: a routine that refused changed to %+v", x.what, again)
		}
		tail := x.r.Tail()
		if x.r.centre != "" && tail.Row(&in, "KH", &e, e.OccurredAt) != x.ok {
			t.Errorf("%s: the tail says %t, want %t", x.what, !x.ok, x.ok)
		}
	}
	unusable := home
	unusable.ID = " "
	if again := r; again.Row(&in, &unusable, unusable.OccurredAt) {
		t.Error("a row whose id is no key is taken")
	}
	in.Policies = nil
	if again := r; again.Row(&in, &home, home.OccurredAt) {
		t.Error("a row is taken without a policy")
	}
}

// TestTailRises: once a routine has moved on, older rows are no longer its next ordinary row.
func TestTailRises(t *testing.T) {
	_, d, _ := ordinary()
	r := Routine{since: d.Clock(6, 0), tail: d.Clock(9, 0), tailed: without}
	tail := r.Tail()
	if tail != (RoutineTail{floor: d.Clock(9, 0) + 1, tailed: without}) {
		t.Errorf("the tail is %+v", tail)
	}
	tail.Raise(d.Clock(8, 0))
	if tail.floor != d.Clock(9, 0)+1 {
		t.Errorf("the tail fell to %s", tail.floor)
	}
	tail.Raise((d + 1).Clock(6, 0))
	if tail.floor != (d+1).Clock(6, 0) {
		t.Errorf("the tail is at %s", tail.floor)
	}
}
