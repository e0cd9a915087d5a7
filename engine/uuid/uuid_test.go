package uuid

import "testing"

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
		var raw [Bytes]byte
		if !Pack(&raw, id) {
			if id == usual {
				t.Errorf("%q is not packed", id)
			}
			return
		}
		if got := Unpack(raw[:]); got != id {
			t.Errorf("%q comes back as %q", id, got)
		}
		if got := string(Append([]byte("id "), raw[:])); got != "id "+id {
			t.Errorf("%q is appended as %q", id, got)
		}
	})
}

// TestAllocations: packing takes no memory, and unpacking one piece.
func TestAllocations(t *testing.T) {
	var raw [Bytes]byte
	id, buf := "00000000-0000-4000-8000-0123456789ab", make([]byte, 0, Text)
	if n := testing.AllocsPerRun(100, func() { Pack(&raw, id) }); n > 0 {
		t.Errorf("packing allocates %v times", n)
	}
	if n := testing.AllocsPerRun(100, func() { buf = Append(buf[:0], raw[:]) }); n > 0 {
		t.Errorf("appending allocates %v times", n)
	}
	if n := testing.AllocsPerRun(100, func() { id = Unpack(raw[:]) }); n > 1 {
		t.Errorf("unpacking allocates %v times", n)
	}
}
