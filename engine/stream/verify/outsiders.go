package verify

import (
	"context"
	"slices"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/stored"
	"tilsyn/schemas"
)

// outsiders are facts, by person, that concern a person but lie with others: with persons that a
// link ever joined, or with holders of the same card, or as other versions of a fact that the
// person has. They lie in any partition; only they are in memory for all partitions at once.
type outsiders map[string][]stored.Fact

// findOutsiders reads all partitions: it finds what concerns others and which facts have versions elsewhere, and
// collects all versions of those.
func (v *verifier) findOutsiders(ctx context.Context) error {
	v.out = outsiders{}
	if v.gathered == nil {
		v.gathered = newGathered(false)
	}
	for part := range v.parts {
		if err := v.findOthers(ctx, part); err != nil {
			return err
		}
	}
	if err := v.collect(ctx); err != nil {
		return err
	}
	for name, facts := range v.gathered.versions { //house:order-free whoever has several versions sorts them
		list := make([]concerning, len(facts))
		for i := range facts {
			f := &facts[i]
			person := casefile.AboutRecord(f.Record).Person
			to, err := v.picture.Register.AudienceOf(f, person)
			if err != nil {
				return err
			}
			if person != "" {
				to = append(to, person)
			}
			list[i] = concerning{*f, to}
			if e, ok := f.Record.(*duty.ManualEntry); ok && v.gathered.unnamed[name] {
				v.paper = append(v.paper, stored.Known(f, e))
			}
		}
		v.out.share(list)
		v.watch.share(list)
	}
	return nil
}

// findOthers reads a partition, and gives others what it has that concerns them. Only keys are looked at of which a
// fact may concern others, or belong to nobody.
func (v *verifier) findOthers(ctx context.Context, part int32) error {
	p, err := v.packsOf(ctx, part, v.gathered)
	if err != nil {
		return err
	}
	asks := v.watch != nil && v.watch.parked != nil
	alone := v.picture.Register.Empty()
	concerns := func(key string, k *pack) (bool, error) {
		if asks && k.parked > 0 || len(k.cards) > mostCards {
			return true, nil
		}
		return v.concernsOthers(key, k)
	}
	if alone && !asks {
		concerns = func(string, *pack) (bool, error) { return false, nil }
	}
	return p.facts(v, concerns, func(f *stored.Fact, a casefile.About) error {
		if err := v.readParked(f, a); err != nil {
			return err
		}
		if a.UnderCentre {
			to, err := v.paperTo(a)
			v.out.give(f, to)
			return err
		}
		if alone {
			return nil
		}
		to, err := v.picture.Register.AudienceOf(f, a.Person)
		v.out.give(f, to)
		return err
	})
}

// concernsOthers reports whether a fact of a pack concerns anybody but the person whose id the key is.
func (v *verifier) concernsOthers(key string, k *pack) (bool, error) {
	persons := []string{key}
	if k.parked > 0 {
		persons = append(persons, "")
	}
	for _, person := range persons {
		for _, card := range append([]uint64{0}, k.cards...) {
			if to, err := v.picture.Register.Audience(person, card); len(to) > 0 || err != nil {
				return true, err
			}
		}
	}
	return false, nil
}

// paperTo returns whom paper under its centre is given to: the person that it names, and all who
// are linked with them (task/paper.go).
func (v *verifier) paperTo(a casefile.About) ([]string, error) {
	if a.Person == "" {
		return nil, nil
	}
	to, err := v.picture.Register.Audience(a.Person, 0)
	return append(to, a.Person), err
}

// concerning is a version of a fact with all persons that it concerns.
type concerning struct {
	fact stored.Fact
	to   []string
}

// share gives everybody who has a version of a fact all versions that are as high or higher.
func (o outsiders) share(list []concerning) {
	from := map[string]int64{}
	for i := range list {
		head, _ := schemas.HeadOf(list[i].fact.Record)
		for _, id := range list[i].to {
			if low, ok := from[id]; !ok || head.Version < low {
				from[id] = head.Version
			}
		}
	}
	for i := range list {
		v := &list[i]
		head, _ := schemas.HeadOf(v.fact.Record)
		for id, low := range from {
			if head.Version >= low && !slices.Contains(v.to, id) {
				o.give(&v.fact, []string{id})
			}
		}
	}
}

// give adds a fact to the outsiders of some persons.
func (o outsiders) give(f *stored.Fact, to []string) {
	for _, id := range to {
		g := *f
		if f.Bad != nil {
			hold := *f.Bad
			hold.Key = id
			g.Bad = &hold
		}
		o[id] = append(o[id], g)
	}
}
