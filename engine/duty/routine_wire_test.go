package duty

import (
	"encoding/hex"
	"errors"
	"testing"
)

// TestStoredRoutine holds the stored form to bytes that an earlier version wrote.
func TestStoredRoutine(t *testing.T) {
	day := DateOf(2026, 1, 6)
	for _, x := range []struct {
		r    Routine
		form string
	}{
		{Routine{centre: "KH", first: day, night: day + 1, since: day.Clock(6, 0), place: within,
			seen: day.Clock(5, 0), tail: day.Clock(7, 0),
			tailed: without, guard: Beginning, wake: Forever},
			"0209024b48d6bf02d8bf0200000080f2e89af266ffb9b70380bab703ffffffffffffffff7f0080808080808080808001"},
		{Routine{centre: "KH", first: day, night: day, since: Beginning, seen: Beginning, tail: Beginning, guard: Beginning, wake: day.Start()}, "0200024b48d6bf02d6bf02000000ffffffffffffffff7fffffffffffffffff7fffffffffffffffff7fffffffffffffffff7f0080969c86f266"},
		{Routine{centre: "", first: day, night: day, since: day.Clock(6, 0), place: without, seen: 1,
			tail: 2, tailed: within, guard: day.Clock(6, 0) + 3,
			guarded: 300, wake: day.Clock(6, 0), noted: true},
			"021600d6bf02d6bf0200000080f2e89af266fdf1e89af266fbf1e89af26606ac0200"},
		{Routine{centre: "KH", first: day, night: day + 1, notify: day + 1, report: day + 2, reported: day + 1,
			since: day.Clock(6, 0), place: within, seen: day.Clock(5, 0), tail: day.Clock(7, 0),
			tailed: without, guard: Beginning, wake: Forever},
			"0209024b48d6bf02d8bf02d8bf02dabf02d8bf0280f2e89af266ffb9b70380bab703ffffffffffffffff7f0080808080808080808001"},
	} {
		b := x.r.AppendTo([]byte{7})[1:]
		if got := hex.EncodeToString(b); got != x.form {
			t.Errorf("%+v is stored as\n%s, want\n%s", x.r, got, x.form)
		}
		if r, rest, err := ReadRoutine(append(b, 8, 9)); err != nil || r != x.r || len(rest) != 2 || rest[0] != 8 {
			t.Errorf("%x reads as %+v, want %+v: %v", b, r, x.r, err)
		}
		for n := range b {
			if r, rest, err := ReadRoutine(b[:n:n]); !errors.Is(err, ErrRoutine) || r != (Routine{}) || len(rest) != n {
				t.Errorf("%d bytes of %x read as %+v: %v", n, b, r, err)
			}
		}
		for _, version := range []byte{0, 1, 3} {
			other := append([]byte{version}, b[1:]...)
			if _, _, err := ReadRoutine(other); !errors.Is(err, ErrRoutine) {
				t.Errorf("version %d is read: %v", version, err)
			}
		}
	}
}

// TestTextOfARoutine: a text may end where the bytes end, and not behind it.
func TestTextOfARoutine(t *testing.T) {
	if w := (wireReader{b: []byte("\x02KH")}); w.text() != "KH" || w.bad {
		t.Errorf("the whole of the bytes is no text: %+v", w)
	}
	if w := (wireReader{b: []byte("\x03KH")}); w.text() != "" || !w.bad {
		t.Errorf("a text ends behind the bytes: %+v", w)
	}
}
