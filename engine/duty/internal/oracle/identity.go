package oracle

import (
	"sort"

	"tilsyn/engine/duty"
)

// linkPersons finds who is one person at T (IDN-07, contract §2): links in the
// order of their at; a link that closes a cycle is refused.
func (w *world) linkPersons() {
	links := current(w.c.Person.IdentityLinks, headLink, func(k *duty.Known[duty.IdentityLink]) bool {
		// Choice: a late MERGE still joins; what it brings is late (decision 0003).
		merge := k.Fact.Action == duty.LinkActionMerge && k.At <= w.at
		return w.check.link(&k.Fact) && (merge || w.keep(k.At))
	})
	sort.SliceStable(links, func(i, j int) bool {
		if links[i].Fact.At != links[j].Fact.At {
			return links[i].Fact.At < links[j].Fact.At
		}
		return canonical(links[i].Fact) < canonical(links[j].Fact)
	})
	w.parent = map[string]string{}
	w.linkedAt = map[string]duty.Instant{}
	for _, l := range links {
		remains, alias := l.Fact.PersonID, l.Fact.AliasPersonID
		switch l.Fact.Action {
		case duty.LinkActionMerge:
			if w.root(remains) != alias && remains != alias && !w.above(remains, alias) {
				w.parent[alias], w.linkedAt[alias] = remains, l.At
			}
		case duty.LinkActionSplit:
			if w.parent[alias] == remains {
				delete(w.parent, alias)
			}
		}
	}
}

// above reports whether alias lies on the way from p to its root.
func (w *world) above(p, alias string) bool {
	for {
		if p == alias {
			return true
		}
		next, ok := w.parent[p]
		if !ok {
			return false
		}
		p = next
	}
}

// root returns the PersonID that remains of p.
func (w *world) root(p string) string {
	for {
		next, ok := w.parent[p]
		if !ok {
			return p
		}
		p = next
	}
}

// mine reports whether facts of p are facts of the person.
func (w *world) mine(p string) bool { return w.root(p) == w.c.PersonID }

// linked returns when the last link that brings facts of p here was known.
func (w *world) linked(p string) duty.Instant {
	known := duty.Beginning
	for {
		next, ok := w.parent[p]
		if !ok {
			return known
		}
		known = max(known, w.linkedAt[p])
		p = next
	}
}
