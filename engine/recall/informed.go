package recall

import "tilsyn/engine/duty"

// Informed is a consumer that was told of a unit.
type Informed struct {
	UnitID, Consumer string
	// Acknowledged is the highest revision that the consumer acknowledged by the clock; missing if none.
	Acknowledged duty.Opt[int32]
}

// Inform lists who was told of each of a person's units by a clock: whoever was named as a consumer at
// some time since the unit's first revision (C-46), sorted by name for each unit.
func Inform(p Person, c Consumers, at duty.Instant) []Informed {
	receipts, _ := p.receipts(c, at)
	var out []Informed
	for i := range p.Units {
		u := &p.Units[i]
		if len(u.Revisions) == 0 || u.Revisions[0].At > at {
			continue
		}
		for _, name := range c.owed(u.Revisions[0].At, at) {
			x := Informed{UnitID: u.UnitID, Consumer: name}
			for _, r := range receipts {
				if r.unit == u.UnitID && r.consumer == name {
					x.Acknowledged = duty.Some(max(r.revision, x.Acknowledged.Or(r.revision)))
				}
			}
			out = append(out, x)
		}
	}
	return out
}
