package centres

import "tilsyn/engine/invariant"

// picturesGrow: whoever takes a picture may rely on it that a later one has everything that it
// has, in the same order (design.md, "Centre facts").
const picturesGrow = "a picture is never older than the one before"

// mustGrow asserts that a picture may follow another one, nil for none.
func mustGrow(before, now *Picture) {
	if before == nil || !invariant.Enabled() {
		return
	}
	for p, n := range before.Positions {
		invariant.Hold(n <= now.Positions[p], picturesGrow,
			"%s is at %d and was at %d", p.Name(), now.Positions[p], n)
	}
	invariant.Hold(before.NewestFact <= now.NewestFact, picturesGrow,
		"its newest fact is of %d and was of %d", now.NewestFact, before.NewestFact)
	if n := len(before.Touches); n > 0 {
		last := before.Touches[n-1]
		same := n <= len(now.Touches) && now.Touches[n-1].At == last.At && now.Touches[n-1].Offset == last.Offset
		invariant.Hold(same, picturesGrow, "it does not begin with the %d changes of the one before", n)
	}
	if n := len(before.Letters); before.Placings == now.Placings {
		invariant.Hold(n <= len(now.Letters), picturesGrow, "it has %d dead letters and had %d", len(now.Letters), n)
	}
	for p, x := range before.Assigned {
		invariant.Hold(x.Offset <= now.Assigned[p].Offset, picturesGrow,
			"the newest assignment of %s is at %d and was at %d", p.Name(), now.Assigned[p].Offset, x.Offset)
	}
}
