package producer

import (
	"errors"
	"reflect"
	"testing"
)

var sample = entry{topic: "card-events", key: []byte("P"), value: []byte{0xc3, 1, 0, 0}, at: 17,
	device: "KH-carousel", epoch: 9, number: 3, name: 1 << 63, version: 1, content: 5}

// TestEveryCutIsShortAndEveryFlipIsDamage: only a write cut short is taken for one.
func TestEveryCutIsShortAndEveryFlipIsDamage(t *testing.T) {
	whole := appendEntry(nil, &sample)
	if e, n, err := readEntry(whole); err != nil || n != len(whole) || !reflect.DeepEqual(e, sample) {
		t.Fatalf("%+v, %d bytes, %v", e, n, err)
	}
	for i := range whole {
		if _, _, err := readEntry(whole[:i]); !errors.Is(err, errShort) {
			t.Errorf("cut to %d bytes: %v", i, err)
		}
		for bit := range 8 {
			broken := append([]byte(nil), whole...)
			broken[i] ^= 1 << bit
			if _, _, err := readEntry(broken); !errors.Is(err, errDamaged) {
				t.Errorf("bit %d of byte %d is another: %v", bit, i, err)
			}
		}
	}
	if _, _, err := readEntry(make([]byte, 4096)); !errors.Is(err, errShort) {
		t.Errorf("zeros: %v", err)
	}
}

// FuzzEntries: whatever is in a file, every entry that is found is one, and reading ends.
func FuzzEntries(f *testing.F) {
	f.Add(appendEntry(appendEntry(nil, &sample), &entry{}))
	f.Add(append([]byte{1, 2, 3}, appendEntry(nil, &sample)...))
	f.Fuzz(func(t *testing.T, text []byte) {
		last := 0
		walk(text, func(e *entry, end int) bool {
			if end <= last || end > len(text) {
				t.Fatalf("an entry ends at %d of %d after %d", end, len(text), last)
			}
			back := appendEntry(nil, e)
			again, size, err := readEntry(back)
			if err != nil || size != len(back) || !reflect.DeepEqual(again, *e) {
				t.Fatalf("%+v comes back as %+v, %v", *e, again, err)
			}
			last = end
			return true
		}, func(error) {})
	})
}
