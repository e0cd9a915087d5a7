package duty

import (
	"cmp"
	"slices"
)

// identity says which PersonIDs are the evaluated person at one clock (IDN-07); facts are joined
// by nothing but the PersonID (IDN-01, DAT-10). Links form a forest, the newest `at` decides, and
// a link that would close a cycle is refused (contract §2).
type identity struct {
	person string // the PersonID that is evaluated
	// parent maps an alias to the PersonID that it is joined to.
	parent map[string]string
	// known maps an alias to the time at which that link became known.
	known map[string]Instant
	// cycles are the refused links.
	cycles []*IdentityLink
}

// newIdentity applies the links that count. A late SPLIT is left out if the lens is strict; a late
// MERGE stays, and makes the rows that it brings late instead (contract §5, DAT-08).
func newIdentity(person string, links []*Known[IdentityLink], l lens) *identity {
	id := &identity{person: person}
	if len(links) == 0 {
		return id
	}
	id.parent, id.known = map[string]string{}, map[string]Instant{}
	inForceLinks := inForce[IdentityLink](links, func(k *Known[IdentityLink]) bool {
		if k.Fact.Action == LinkActionSplit {
			return l.fact(k.At)
		}
		return k.At <= l.at
	})
	slices.SortStableFunc(inForceLinks, func(a, b *Known[IdentityLink]) int { return cmp.Compare(a.Fact.At, b.Fact.At) })
	for _, k := range inForceLinks {
		alias, root := k.Fact.AliasPersonID, k.Fact.PersonID
		if k.Fact.Action == LinkActionSplit {
			if id.parent[alias] == root {
				delete(id.parent, alias)
				delete(id.known, alias)
			}
			continue
		}
		if id.under(root, alias) {
			id.cycles = append(id.cycles, &k.Fact)
			continue
		}
		id.parent[alias] = root
		id.known[alias] = k.At
	}
	return id
}

// under reports whether p is the alias or is joined to it, directly or not.
func (id *identity) under(p, alias string) bool {
	for p != alias {
		up, ok := id.parent[p]
		if !ok {
			return false
		}
		p = up
	}
	return true
}

// own reports whether facts under p concern the evaluated person, and since when the links that
// say so were known; Beginning for its own PersonID.
func (id *identity) own(p string) (Instant, bool) {
	known := Beginning
	if len(id.parent) == 0 {
		return known, p == id.person
	}
	for p != id.person {
		up, ok := id.parent[p]
		if !ok {
			return 0, false
		}
		known = max(known, id.known[p])
		p = up
	}
	if _, alias := id.parent[id.person]; alias {
		return 0, false
	}
	return known, true
}

// since is own, with Beginning for a PersonID of somebody else: such facts count from when they
// became known.
func (id *identity) since(p string) (Instant, bool) {
	known, own := id.own(p)
	if !own {
		known = Beginning
	}
	return known, own
}
