package task

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestRosterFindsEverybody: everybody who was added is found by PersonID, short or long, and
// nobody else is, while the table grows.
func TestRosterFindsEverybody(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	s := roster{table: make([]uint64, 2)}
	want := map[string]uint32{}
	for i := range 20_000 {
		id := fmt.Sprintf("%0*d", 1+rng.IntN(2*shortName), rng.IntN(1_000_000))
		n, known := want[id]
		if got := s.lookup([]byte(id)); known && got != n || !known && got != noResident {
			t.Fatalf("after %d: %q is %d, want %d, known %t", i, id, got, n, known)
		}
		if !known {
			want[id] = s.add([]byte(id))
		}
	}
	for id, n := range want {
		if got := string(s.person(n)); got != id || s.lookup([]byte(id)) != n {
			t.Fatalf("entry %d is %q, found as %d, want %q", n, got, s.lookup([]byte(id)), id)
		}
	}
}
