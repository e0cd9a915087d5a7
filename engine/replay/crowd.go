package replay

import (
	"cmp"
	"slices"

	"tilsyn/engine/duty"
)

// Cards that are everybody's (duty.NewCrowd, decision 0019): what one person does with
// such a card is not copied to all others; each is told that the card is one.

// noteCrowd remembers at which as-ofs a card is everybody's, and reports whether it is
// at all of them.
func (r *run) noteCrowd(card string, given []known[duty.CardAssignment]) bool {
	if len(given) <= duty.CrowdAtOnce {
		return false
	}
	versions := make([]duty.Known[duty.CardAssignment], len(given))
	for i, k := range given {
		versions[i] = duty.Known[duty.CardAssignment]{Fact: *k.v, At: k.at}
	}
	always := true
	for i, at := range r.asOf {
		c, ok := duty.NewCrowd(card, versions, at)
		if always = always && ok; !ok {
			continue
		}
		if r.crowds == nil {
			r.crowds = make([]map[string]duty.Crowd, len(r.asOf))
		}
		if r.crowds[i] == nil {
			r.crowds[i] = map[string]duty.Crowd{}
		}
		r.crowds[i][card] = c
	}
	return always
}

// addCrowds tells which cards of a person are everybody's at an as-of.
func (r *run) addCrowds(f *duty.Facts, asOf int) {
	f.Crowds = nil
	if r.crowds == nil || len(r.crowds[asOf]) == 0 {
		return
	}
	add := func(card string) {
		if c, ok := r.crowds[asOf][card]; ok {
			f.AddCrowd(c)
		}
	}
	for i := range f.CardEvents {
		add(f.CardEvents[i].Fact.CardID)
	}
	for i := range f.CardAssignments {
		add(f.CardAssignments[i].Fact.CardID)
	}
}

// heldAt are the times at which anybody held a card, by their starts; to is the last
// end of those up to each.
type heldAt struct{ from, to []duty.Instant }

func heldTimes(card string, given []*duty.CardAssignment) (h heldAt) {
	given = slices.DeleteFunc(given, func(a *duty.CardAssignment) bool { return a.CardID != card })
	slices.SortFunc(given, func(a, b *duty.CardAssignment) int { return cmp.Compare(a.ValidFrom, b.ValidFrom) })
	last := duty.Beginning
	for _, a := range given {
		last = max(last, a.ValidTo.Or(duty.Forever))
		h.from, h.to = append(h.from, a.ValidFrom), append(h.to, last)
	}
	return h
}

func (h *heldAt) at(t duty.Instant) bool {
	i, _ := slices.BinarySearchFunc(h.from, t, func(from, t duty.Instant) int {
		if from <= t {
			return -1
		}
		return 1
	})
	return i > 0 && t < h.to[i-1]
}
