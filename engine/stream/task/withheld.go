package task

import (
	"slices"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/register"
	"tilsyn/engine/stream/stored"
)

// giveWithheld removes the marks of cards that are no longer everybody's: what was withheld has
// just been given.
func (t *Task) giveWithheld(p *person) error {
	for _, card := range p.header.Cards {
		h := withheld(card).hash()
		if !p.header.HandedTo(h) {
			continue
		}
		crowd, err := t.register().Crowd(card, duty.Forever)
		if err != nil {
			return err
		}
		if crowd == nil {
			p.header.DropHanded(h)
		}
	}
	return nil
}

// noteWithheld marks that a fact of a card was not given to others, because the card is
// everybody's. While catching up with the last commit it is unknown whether a fact was given
// when it was first read, so every card that may have been everybody's by then is marked.
func (t *Task) noteWithheld(p *person, f *stored.Fact, live bool) error {
	card := f.CardOf()
	if card == 0 || f.Bad != nil {
		return nil
	}
	crowd, err := t.register().Crowd(card, duty.Forever)
	if err != nil || crowd == nil && (live || !t.register().Many(card)) {
		return err
	}
	if h := withheld(card).hash(); !p.header.HandedTo(h) {
		p.header.AddHanded(h)
		p.changed = true
	}
	return nil
}

// withheld is the mark in a header that facts of a card were not given to others because the
// card was everybody's. They are given once it no longer is.
func withheld(card uint64) handing { return handing{card: card, to: "\x00withheld"} }

// AddHolders adds to a person's facts the assignments to others of all cards that the person's
// rows name, and notes which of the person's cards are everybody's.
func AddHolders(reg *register.Register, id string, at duty.Instant, facts *duty.Facts, take func(*stored.Fact)) error {
	if reg.Empty() {
		return nil
	}
	var seen []string
	look := func(card string, used bool) error {
		if slices.Contains(seen, card) {
			return nil
		}
		seen = append(seen, card)
		hash := casefile.CardHash(card)
		if !reg.OthersHold(hash, id) {
			return nil
		}
		crowd, err := reg.Crowd(hash, at)
		if err != nil {
			return err
		}
		if crowd != nil {
			facts.AddCrowd(*crowd)
			return nil
		}
		if !used {
			return nil
		}
		list, err := reg.Assignments(hash)
		for j := range list {
			if a := &list[j]; a.Fact.PersonID != id && a.Fact.CardID == card {
				take(&stored.Fact{Topic: duty.TopicCardAssignments, Known: a.At, Pos: a.Pos.V, Record: &a.Fact})
			}
		}
		return err
	}
	for i := range facts.CardEvents {
		if err := look(facts.CardEvents[i].Fact.CardID, true); err != nil {
			return err
		}
	}
	for i := range len(facts.CardAssignments) {
		if err := look(facts.CardAssignments[i].Fact.CardID, false); err != nil {
			return err
		}
	}
	return nil
}
