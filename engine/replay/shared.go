package replay

import (
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"

	"tilsyn/engine/duty"
	"tilsyn/engine/hashset"
	"tilsyn/engine/replay/extsort"
)

// One id in one version under two persons is one fact (contract §1), and nothing in
// either record says so. So reading notes which facts were read more than once, in
// constant memory; most of them are copies of a line. Of these alone the keys are
// then compared, in the same walk that finds who used which card, and what lies under
// several keys goes the way of facts that moved (moved.go).

// mostNoted bounds what a walk over a part remembers to save work.
const mostNoted = 1 << 16

// walk is what one part of the facts of persons shows.
type walk struct {
	// repeated are the facts of the part that were read more than once, each with the key and the card under
	// which it came first; several are those that came under more than one.
	repeated map[uint64]string
	several  []uint64
	// holders are cards with the persons who used them or were given them; pairs are those of the part.
	holders pack
	pairs   map[string]struct{}
	scratch []byte
}

// see takes in a fact.
func (w *walk) see(r *run, person, record []byte) error {
	p, card, err := parseBare(record)
	if err != nil || p.code >= codeSaid {
		return err
	}
	if len(card) > 0 {
		w.scratch = append(append(append(w.scratch[:0], card...), 0), person...)
		if _, ok := w.pairs[string(w.scratch)]; !ok && duty.UsableKey(string(card)) {
			w.pairs[string(w.scratch)] = struct{}{}
			w.holders.add(string(card), prefixed(cardHolder, person))
		}
	}
	if !r.repeated.Has(p.fact) {
		return nil
	}
	w.scratch = append(append(append(w.scratch[:0], person...), 0), card...)
	if place, ok := w.repeated[p.fact]; !ok {
		w.repeated[p.fact] = string(w.scratch)
	} else if place != string(w.scratch) {
		w.several = append(w.several, p.fact)
	}
	return nil
}

// empty makes the walk as new.
func (w *walk) empty() {
	w.several, w.holders = w.several[:0], w.holders.empty()
	if w.repeated == nil {
		w.repeated, w.pairs = map[uint64]string{}, map[string]struct{}{}
	}
	clear(w.repeated)
	clear(w.pairs)
}

// eachPart works on the parts of a sorter on all cores.
func (r *run) eachPart(s *extsort.Sorter, work func(p extsort.Part) error) error {
	var all errgroup.Group
	all.SetLimit(r.opts.Workers)
	for _, p := range s.Parts() {
		all.Go(func() error { return work(p) })
	}
	return all.Wait()
}

// findShared finds the facts that lie under several keys, and who used which card. A fact with two cards is
// taken for one of two keys: it concerns those who held either.
func (r *run) findShared() error {
	defer func() { r.read, r.repeated = hashset.Filter{}, hashset.Set{} }()
	var mu sync.Mutex
	var before hashset.Filter // facts of other parts
	settle := func(w *walk) error {
		mu.Lock()
		defer mu.Unlock()
		for _, fact := range w.several {
			r.corrected.Add(fact)
		}
		for fact := range w.repeated {
			if before.Again(fact) {
				r.corrected.Add(fact)
			}
		}
		defer w.empty()
		return w.holders.each(r.cards.Add)
	}
	err := r.eachPart(r.persons, func(p extsort.Part) error {
		w := &walk{}
		w.empty()
		err := p.Each(func(key, value []byte) error {
			if err := w.see(r, key, value); err != nil {
				return err
			}
			if len(w.pairs)+len(w.repeated)+len(w.several) < mostNoted {
				return nil
			}
			return settle(w)
		})
		return errors.Join(err, settle(w))
	})
	if err != nil || r.repeated.Empty() || !r.parked {
		return err
	}
	return eachCard(r.cards, func(g *cardGroup) error {
		w := &walk{}
		w.empty()
		for _, raw := range g.rows {
			if err := w.see(r, nil, raw); err != nil {
				return err
			}
		}
		w.holders = pack{} // nobody
		return settle(w)
	})
}
