package projection

import (
	"slices"
	"testing"

	"tilsyn/engine/duty"
)

// touched takes the marks of everybody, and accounts for them.
func (s *Store) touched(t *testing.T, again duty.Instant) (persons []string) {
	t.Helper()
	for after := ""; ; {
		p, err := s.Touched(after)
		if err != nil {
			t.Fatal(err)
		}
		if p == "" {
			return persons
		}
		after, persons = p, append(persons, p)
		if _, err := s.PutAccount(p, Account{Again: again, Value: []byte(p)}); err != nil {
			t.Fatal(err)
		}
	}
}

// TestTouched: a record marks the person whose units it may move, once; what time may move is marked when the time
// has come; and who was being accounted for when the program ended is marked again.
func TestTouched(t *testing.T) {
	s := store(t, "")
	unit := revision(0, 1, duty.StatusIndicated)
	link := &duty.IdentityLink{ID: "l", Version: 1, ReceivedAt: 1e11, PersonID: "x", AliasPersonID: "other",
		Action: duty.LinkActionMerge, At: 1e11}
	s.takeIn(t, unit, unit, link)
	want := []string{"other", unit.PersonID, "x"}
	slices.Sort(want)
	if got := s.touched(t, 500); !slices.Equal(got, want) {
		t.Errorf("marked: %v, not %v", got, want)
	}
	s.takeIn(t, &duty.Acknowledgement{ID: "a", Version: 1, ReceivedAt: 1e11, Consumer: "c", UnitID: unit.UnitID,
		Revision: 1, PersonID: "x", At: 1e11})
	if got := s.touched(t, 500); len(got) != 0 {
		t.Errorf("an acknowledgement moves no unit, and marks %v", got)
	}
	if err := s.Wake(499); err != nil {
		t.Fatal(err)
	}
	if got := s.touched(t, 500); len(got) != 0 {
		t.Errorf("before their time: %v", got)
	}
	if err := s.Wake(500); err != nil {
		t.Fatal(err)
	}
	if got := s.touched(t, duty.Forever); !slices.Equal(got, want) {
		t.Errorf("at their time: %v, not %v", got, want)
	}
	s.takeIn(t, &duty.Handling{ID: "h", Version: 1, HandlingID: "h", UnitID: unit.UnitID, PersonID: unit.PersonID,
		Revision: 1, Kind: duty.HandlingKindAssessed, ByRole: "officer", At: 1e11})
	if p, err := s.Touched(""); err != nil || p != unit.PersonID {
		t.Fatalf("a handling marks %q (%v)", p, err)
	}
	if err := s.Wake(0); err != nil { // as after a restart: nobody put an account
		t.Fatal(err)
	}
	if got := s.touched(t, duty.Forever); !slices.Equal(got, []string{unit.PersonID}) {
		t.Errorf("who was being accounted for: %v", got)
	}
}

// TestTouchedByRows: a row marks nobody whose units are where records put them, and whoever has an open one.
func TestTouchedByRows(t *testing.T) {
	row := func(id string) *duty.CardEvent {
		return &duty.CardEvent{ID: id, Version: 1, ReceivedAt: 1e11, PersonID: duty.Some("x"), CardID: "c", CentreID: "KH",
			DeviceID: "KH-carousel", OccurredAt: 1e11, Kind: duty.CardEventKindPassage,
			Direction: duty.Some(duty.DirectionIn)}
	}
	s := store(t, "")
	for _, open := range []bool{false, true} {
		if _, err := s.PutAccount("x", Account{Open: open, Again: duty.Forever}); err != nil {
			t.Fatal(err)
		}
		s.takeIn(t, row("r"))
		if got := s.touched(t, duty.Forever); (len(got) == 1) != open {
			t.Errorf("open %t: a row marks %v", open, got)
		}
	}
}

// TestAccountsStay: accounts are there after a restart, everybody is marked once for a cause, and an emptied
// projection has none.
func TestAccountsStay(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.takeIn(t, &duty.Hold{ID: "h", HoldID: "h", Version: 1, ReceivedAt: 1e11, PersonID: "x", Kind: duty.HoldKindOther,
		ValidFrom: 1e11})
	s.touched(t, duty.Forever)
	if before, err := s.PutAccount("x", Account{Again: duty.Forever, Value: []byte("new")}); err != nil ||
		string(before.Value) != "x" {
		t.Errorf("the account before is %q (%v)", before.Value, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(dir, nil); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var all []string
	read := func() {
		t.Helper()
		all = nil
		if err := s.EachAccount(func(a Account) error { all = append(all, string(a.Value)); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if read(); !slices.Equal(all, []string{"new"}) {
		t.Errorf("after a restart: %q", all)
	}
	for _, x := range []struct {
		cause string
		want  int
	}{{"one", 1}, {"one", 0}, {"two", 1}} {
		if err := s.TouchAll(t.Context(), x.cause); err != nil {
			t.Fatal(err)
		}
		if got := s.touched(t, duty.Forever); len(got) != x.want {
			t.Errorf("cause %s marks %v", x.cause, got)
		}
	}
	epoch := s.Epoch()
	if err := s.belongs(origin{Prefix: "another"}); err != nil {
		t.Fatal(err)
	}
	if read(); len(all) != 0 || s.Epoch() == epoch {
		t.Errorf("emptied: %q, epoch %d and %d", all, epoch, s.Epoch())
	}
}
