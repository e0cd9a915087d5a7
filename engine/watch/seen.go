package watch

import "tilsyn/engine/duty"

// SeenPair is an inconsistent pair with the person that made it, as duty.Pairs returns it.
type SeenPair struct {
	// Person is who the card's rows belong to, after identity links.
	Person string
	Pair   duty.Pair
}

// Seen returns the pairs that the facts of a view show.
func Seen(list []SeenPair, v View) []Pair {
	var out []Pair
	for i := range list {
		p := &list[i].Pair
		if p.Strict == v.Strict && (!v.Strict || p.Due.From <= v.Due && v.Due < p.Due.To) {
			out = append(out, Pair{Person: list[i].Person, Centre: p.CentreID, From: p.From, To: p.To})
		}
	}
	return out
}
