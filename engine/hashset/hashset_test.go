package hashset_test

import (
	"math/rand/v2"
	"testing"

	"tilsyn/engine/hashset"
)

// TestNothingIsMissed: what was added is found, and few others are.
func TestNothingIsMissed(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var f hashset.Filter
	var s hashset.Set
	if !s.Empty() || s.Has(1) {
		t.Fatal("an empty set has something")
	}
	const n = 1_000_000
	wrong := 0
	hashes := make([]uint64, n)
	for i := range hashes {
		hashes[i] = r.Uint64()
		if f.Again(hashes[i]) {
			wrong++
		}
	}
	if wrong > 50 {
		t.Errorf("%d of %d hashes are taken for repeated ones", wrong, n)
	}
	for _, h := range hashes {
		s.Add(h)
		if !f.Again(h) {
			t.Fatalf("%x was added and is not known", h)
		}
	}
	other := 0
	for _, h := range hashes {
		if !s.Has(h) {
			t.Fatalf("%x was added and is not there", h)
		}
		if s.Has(r.Uint64()) {
			other++
		}
	}
	if other > n/50 {
		t.Errorf("%d of %d hashes that were never added are there", other, n)
	}
}
