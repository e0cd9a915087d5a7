package seeds

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"tilsyn/engine/duty"
)

// Assignment returns a random assignment of one of 300 cards to one of 200 persons. Few have a
// long id, longer than usual in a record log; fewer still have one that spans two of its chunks.
func Assignment(rng *rand.Rand, n int) *duty.CardAssignment {
	a := &duty.CardAssignment{ID: fmt.Sprintf("a%d", n), Version: 1 + rng.Int64N(3),
		Retracted: rng.IntN(5) == 0, ReceivedAt: Start,
		CardID: fmt.Sprintf("card%d", rng.IntN(300)), PersonID: fmt.Sprintf("person%d", rng.IntN(200)),
		CardType:  duty.CardTypeBiometric,
		ValidFrom: Start + duty.Instant(rng.IntN(1000)), AntiPassback: duty.AntiPassbackOff, Created: duty.CardCreationManual}
	switch rng.IntN(40) {
	case 0:
		a.ID += strings.Repeat("x", rng.IntN(600))
	case 1:
		if rng.IntN(10) == 0 {
			a.ID += strings.Repeat("y", rng.IntN(512<<10))
		}
	}
	if rng.IntN(3) == 0 {
		a.ValidTo = duty.Some(a.ValidFrom + duty.Instant(rng.IntN(1000)))
	}
	return a
}
