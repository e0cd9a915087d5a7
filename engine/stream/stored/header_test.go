package stored

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestTouchesStored: a stored header touches the centres that the header touches; one that cannot be read touches all.
func TestTouchesStored(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	touched, not := 0, 0
	for range 500 {
		h := Header{Told: rng.IntN(2) == 0, Summary: rng.Uint64N(2)}
		for range rng.IntN(4) {
			h.AddCentre(fmt.Sprint("centre", rng.IntN(5)))
		}
		for range rng.IntN(3) {
			h.SetLedger(rng.Int32N(100), rng.Uint64())
		}
		b := h.Encode()
		for i := range 6 {
			centre := fmt.Sprint("centre", i)
			if got := TouchesStored(b, centre); got != h.Touches(centre) {
				t.Fatalf("%v and %s: %v", h.Centres, centre, got)
			} else if got {
				touched++
			} else {
				not++
			}
		}
		if !TouchesStored(b, "") || len(h.Centres) > 0 && !TouchesStored(b[:5], "centre9") {
			t.Fatalf("all centres, or a header of %d bytes cut to 5: false", len(b))
		}
	}
	if touched == 0 || not == 0 {
		t.Error("the test tests nothing")
	}
}
