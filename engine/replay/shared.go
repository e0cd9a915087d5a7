package replay

import (
	"bytes"

	"tilsyn/engine/hashset"
)

// One id in one version under two persons is one fact (contract §1), and nothing in
// either record says so. So reading notes which facts were read more than once, in
// constant memory; most of them are copies of a line. Of these alone the keys are
// then compared, person by person in the order of the sorter, and what lies under
// several keys goes the way of facts that moved (moved.go).

// keysOf finds facts that lie under several keys, given key after key with the
// versions of each fact side by side.
type keysOf struct {
	run *run
	// before are the facts of the keys before this one.
	before hashset.Filter
	// fact is the last one of this key, card the one that it names.
	fact uint64
	card []byte
}

// add takes in a record that lies under the present key. A fact with two cards is
// taken for one of two keys: it concerns those who held either.
func (k *keysOf) add(record []byte) error {
	fact := factOf(record)
	if !k.run.repeated.Has(fact) {
		return nil
	}
	card, err := cardOf(record)
	if err != nil {
		return err
	}
	if fact == k.fact && bytes.Equal(card, k.card) {
		return nil
	}
	if fact == k.fact || k.before.Again(fact) {
		k.run.corrected.Add(fact)
	}
	k.fact, k.card = fact, append(k.card[:0], card...)
	return nil
}

// findShared finds the facts that lie under several keys.
func (r *run) findShared() error {
	r.read = hashset.Filter{}
	if r.repeated.Empty() {
		return nil
	}
	keys := &keysOf{run: r}
	it, err := r.persons.Iter()
	if err != nil {
		return err
	}
	defer it.Close()
	var person []byte
	for it.Next() {
		if !bytes.Equal(it.Key(), person) {
			person, keys.fact = append(person[:0], it.Key()...), 0
		}
		if err := keys.add(it.Value()); err != nil {
			return err
		}
	}
	if err := it.Err(); err != nil {
		return err
	}
	err = eachCard(r.cards, func(g *cardGroup) error {
		keys.fact = 0
		for _, raw := range g.rows {
			if err := keys.add(raw); err != nil {
				return err
			}
		}
		return nil
	})
	r.repeated = hashset.Set{}
	return err
}
