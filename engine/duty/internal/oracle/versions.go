package oracle

import (
	"sort"

	"tilsyn/engine/duty"
)

// head is what every input record carries.
type head struct {
	identity, id string
	version      int64
	retracted    bool
}

// chain is the versions of one fact, ascending, one per version number.
type chain[T any] struct {
	identity string
	versions []duty.Known[T]
	heads    []head
}

// chains groups records by fact. Among equal versions the smallest canonical
// form counts (contract §1); copies of one record are known from the first on.
func chains[T any](list []duty.Known[T], headOf func(*T) head, keep func(*duty.Known[T]) bool) []chain[T] {
	byFact := map[string]int{}
	var out []chain[T]
	for i := range list {
		k := list[i]
		if !keep(&k) {
			continue
		}
		h := headOf(&k.Fact)
		n, seen := byFact[h.identity]
		if !seen {
			n = len(out)
			byFact[h.identity] = n
			out = append(out, chain[T]{identity: h.identity})
		}
		out[n].add(k, h)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].identity < out[j].identity })
	return out
}

func (c *chain[T]) add(k duty.Known[T], h head) {
	for i := range c.versions {
		switch {
		case c.heads[i].version == h.version:
			a, b := canonical(c.versions[i].Fact), canonical(k.Fact)
			if b < a || (a == b && k.At < c.versions[i].At) {
				c.versions[i], c.heads[i] = k, h
			}
			return
		case c.heads[i].version > h.version:
			c.versions = append(c.versions[:i], append([]duty.Known[T]{k}, c.versions[i:]...)...)
			c.heads = append(c.heads[:i], append([]head{h}, c.heads[i:]...)...)
			return
		}
	}
	c.versions = append(c.versions, k)
	c.heads = append(c.heads, h)
}

// last returns the version that counts; false where it is retracted.
func (c *chain[T]) last() (duty.Known[T], bool) {
	n := len(c.versions) - 1
	return c.versions[n], !c.heads[n].retracted
}

// current returns the facts that stand.
func current[T any](list []duty.Known[T], headOf func(*T) head, keep func(*duty.Known[T]) bool) []duty.Known[T] {
	var out []duty.Known[T]
	for _, c := range chains(list, headOf, keep) {
		if k, ok := c.last(); ok {
			out = append(out, k)
		}
	}
	return out
}

func headCard(f *duty.CardEvent) head { return head{f.ID, f.ID, f.Version, f.Retracted} }

func headEntry(f *duty.ManualEntry) head { return head{f.ID, f.ID, f.Version, f.Retracted} }

func headNotice(f *duty.Notice) head { return head{f.ID, f.ID, f.Version, f.Retracted} }

func headDecision(f *duty.ObligationChange) head {
	return head{f.DecisionID, f.ID, f.Version, f.Retracted}
}

func headGroup(f *duty.GroupChange) head { return head{f.ID, f.ID, f.Version, f.Retracted} }

func headPermission(f *duty.Permission) head {
	return head{f.PermissionID, f.ID, f.Version, f.Retracted}
}

func headHold(f *duty.Hold) head { return head{f.HoldID, f.ID, f.Version, f.Retracted} }

func headDeparture(f *duty.DepartureAssessment) head {
	return head{f.ID, f.ID, f.Version, f.Retracted}
}

func headLink(f *duty.IdentityLink) head { return head{f.ID, f.ID, f.Version, f.Retracted} }

func headAssignment(f *duty.CardAssignment) head { return head{f.ID, f.ID, f.Version, f.Retracted} }

func headIncident(f *duty.Incident) head { return head{f.IncidentID, f.ID, f.Version, f.Retracted} }

func headExclusion(f *duty.Exclusion) head {
	return head{f.ExclusionID, f.ID, f.Version, f.Retracted}
}

func headSettlement(f *duty.Settlement) head { return head{f.ID, f.ID, f.Version, f.Retracted} }

func headHeartbeat(f *duty.Heartbeat) head { return head{f.ID, f.ID, f.Version, f.Retracted} }

func headResolution(f *duty.Resolution) head { return head{f.ID, f.ID, f.Version, f.Retracted} }
