package centres

import "tilsyn/engine/invariant"

// snapshotsGrow: whoever takes a snapshot may rely on it that a later one has everything that it
// has, in the same order (design.md, "Centre facts").
const snapshotsGrow = "a snapshot is never older than the one before"

// mustGrow asserts that a snapshot may follow another one, nil for none.
func mustGrow(before, now *Snapshot) {
	if before == nil || !invariant.Enabled() {
		return
	}
	for p, n := range before.Positions {
		invariant.Hold(n <= now.Positions[p], snapshotsGrow,
			"%s is at %d and was at %d", p.Name(), now.Positions[p], n)
	}
	invariant.Hold(before.Newest <= now.Newest, snapshotsGrow,
		"its newest fact is of %d and was of %d", now.Newest, before.Newest)
	if n := len(before.Touches); n > 0 {
		last := before.Touches[n-1]
		same := n <= len(now.Touches) && now.Touches[n-1].At == last.At && now.Touches[n-1].Offset == last.Offset
		invariant.Hold(same, snapshotsGrow, "it does not begin with the %d changes of the one before", n)
	}
	if n := len(before.Letters); before.Placings == now.Placings {
		invariant.Hold(n <= len(now.Letters), snapshotsGrow, "it has %d dead letters and had %d", len(now.Letters), n)
	}
	for p, x := range before.Assigned {
		invariant.Hold(x.Offset <= now.Assigned[p].Offset, snapshotsGrow,
			"the newest assignment of %s is at %d and was at %d", p.Name(), now.Assigned[p].Offset, x.Offset)
	}
}
