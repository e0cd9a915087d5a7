package task

import (
	"slices"

	"tilsyn/engine/duty"
)

// spreadFacts gives every person the facts that concern it besides its own, as
// `replay` does, with everything at hand: those of all persons that any link
// ever named together, the rows without a person of every card that one of them
// was ever given, and everything about a card of several persons. It is dumb on
// purpose, and knows nothing of partitions.
func spreadFacts(persons map[string]*duty.Facts, cards map[string][]duty.Known[duty.CardEvent]) {
	group := map[string][]string{}
	// users have a row of a card or were given it, holders were given it.
	users, holders := map[string]map[string]bool{}, map[string]map[string]bool{}
	use := func(of map[string]map[string]bool, card, person string) {
		if of[card] == nil {
			of[card] = map[string]bool{}
		}
		of[card][person] = true
	}
	var ids []string
	own := map[string]duty.Facts{}
	for id, f := range persons {
		ids = append(ids, id)
		own[id] = *f
		for i := range f.IdentityLinks {
			l := &f.IdentityLinks[i].Fact
			all := append([]string{l.PersonID, l.AliasPersonID},
				append(slices.Clone(group[l.PersonID]), group[l.AliasPersonID]...)...)
			slices.Sort(all)
			all = slices.Compact(all)
			for _, p := range all {
				group[p] = all
			}
		}
		for i := range f.CardAssignments {
			use(users, f.CardAssignments[i].Fact.CardID, id)
			use(holders, f.CardAssignments[i].Fact.CardID, id)
		}
		for i := range f.CardEvents {
			use(users, f.CardEvents[i].Fact.CardID, id)
		}
	}
	slices.Sort(ids)
	give := func(to string) *duty.Facts {
		if persons[to] == nil {
			persons[to] = &duty.Facts{}
		}
		return persons[to]
	}
	for _, id := range ids {
		f := own[id]
		for _, to := range group[id] {
			if to != id {
				addFacts(give(to), &f)
			}
		}
		for card, who := range users {
			if !who[id] || len(who) < 2 {
				continue
			}
			part, had := ofCard(&f, card), audienceOf(holders[card], group)
			given := duty.Facts{CardAssignments: part.CardAssignments}
			for _, to := range audienceOf(who, group) {
				switch {
				case to == id:
				case slices.Contains(had, to):
					addFacts(give(to), &part)
				default: // others' rows of a card concern whoever was given it
					addFacts(give(to), &given)
				}
			}
		}
	}
	for card, rows := range cards {
		for _, to := range audienceOf(users[card], group) {
			g := give(to)
			g.CardEvents = append(g.CardEvents, rows...)
		}
	}
}

func audienceOf(who map[string]bool, group map[string][]string) []string {
	var all []string
	for p := range who {
		all = append(append(all, p), group[p]...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// ofCard are the facts that speak of a card.
func ofCard(f *duty.Facts, card string) duty.Facts {
	var out duty.Facts
	for _, k := range f.CardEvents {
		if k.Fact.CardID == card {
			out.CardEvents = append(out.CardEvents, k)
		}
	}
	for _, k := range f.CardAssignments {
		if k.Fact.CardID == card {
			out.CardAssignments = append(out.CardAssignments, k)
		}
	}
	return out
}

// addFacts adds facts to others.
func addFacts(to, from *duty.Facts) {
	to.CardEvents = append(to.CardEvents, from.CardEvents...)
	to.ManualEntries = append(to.ManualEntries, from.ManualEntries...)
	to.Notices = append(to.Notices, from.Notices...)
	to.ObligationChanges = append(to.ObligationChanges, from.ObligationChanges...)
	to.GroupChanges = append(to.GroupChanges, from.GroupChanges...)
	to.Permissions = append(to.Permissions, from.Permissions...)
	to.Holds = append(to.Holds, from.Holds...)
	to.DepartureAssessments = append(to.DepartureAssessments, from.DepartureAssessments...)
	to.Convictions = append(to.Convictions, from.Convictions...)
	to.IdentityLinks = append(to.IdentityLinks, from.IdentityLinks...)
	to.CardAssignments = append(to.CardAssignments, from.CardAssignments...)
	to.Unreadable = append(to.Unreadable, from.Unreadable...)
}

// spreadCrowds tells every person which cards are everybody's.
func spreadCrowds(persons map[string]*duty.Facts) {
	assigned := map[string][]duty.Known[duty.CardAssignment]{}
	for _, f := range persons {
		for i := range f.CardAssignments {
			card := f.CardAssignments[i].Fact.CardID
			assigned[card] = append(assigned[card], f.CardAssignments[i])
		}
	}
	for card, list := range assigned {
		if c, ok := duty.NewCrowd(card, list, duty.Forever); ok {
			for _, f := range persons {
				f.AddCrowd(c)
			}
		}
	}
}
