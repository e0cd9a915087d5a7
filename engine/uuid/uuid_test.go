package uuid_test

import (
	"testing"

	"tilsyn/engine/uuid"
)

// FuzzPack: whatever is packed comes back, and appended the same; nothing else is packed.
func FuzzPack(f *testing.F) {
	for _, id := range []string{
		"00000000-0000-4000-8000-0123456789ab", "ffffffff-ffff-ffff-ffff-ffffffffffff",
		"00000000-0000-4000-8000-0123456789AB", "00000000+0000-4000-8000-0123456789ab", "00000000-0000-4000-8000-", "",
		"g0000000-0000-4000-8000-0123456789ab",
	} {
		f.Add(id)
	}
	usual := "00000000-0000-4000-8000-0123456789ab"
	f.Fuzz(func(t *testing.T, id string) {
		var raw [uuid.Bytes]byte
		if !uuid.Pack(&raw, id) {
			if id == usual {
				t.Errorf("%q is not packed", id)
			}
			return
		}
		if got := uuid.Unpack(raw[:]); got != id {
			t.Errorf("%q comes back as %q", id, got)
		}
		if got := string(uuid.Append([]byte("id "), raw[:])); got != "id "+id {
			t.Errorf("%q is appended as %q", id, got)
		}
	})
}

// TestAllocations: packing takes no memory, and unpacking one piece.
func TestAllocations(t *testing.T) {
	var raw [uuid.Bytes]byte
	id, buf := "00000000-0000-4000-8000-0123456789ab", make([]byte, 0, uuid.Text)
	if n := testing.AllocsPerRun(100, func() { uuid.Pack(&raw, id) }); n > 0 {
		t.Errorf("packing allocates %v times", n)
	}
	if n := testing.AllocsPerRun(100, func() { buf = uuid.Append(buf[:0], raw[:]) }); n > 0 {
		t.Errorf("appending allocates %v times", n)
	}
	if n := testing.AllocsPerRun(100, func() { id = uuid.Unpack(raw[:]) }); n > 1 {
		t.Errorf("unpacking allocates %v times", n)
	}
}
