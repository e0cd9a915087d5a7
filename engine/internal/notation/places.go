package notation

import (
	"fmt"
	"strings"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
)

// setting is GROUP g t, a second group, or CENTRE c a/b, the operating dates of
// a centre, both included.
func (p *Person) setting(w *Words) error {
	if w.Token == "GROUP" {
		g, ok := duty.ParseGroup(w.Args[0])
		if !ok {
			return fmt.Errorf("no such group")
		}
		t, err := Time(w.Args[1])
		if err != nil {
			return err
		}
		p.addGroup(w, g, t, false)
		return nil
	}
	from, to, _ := strings.Cut(w.Args[1], "/")
	side := map[string]string{"KH": "INSIDE", "SJ": "OUTSIDE"}[w.Args[0]]
	text := "version: script\ncentres:\n  - id: " + w.Args[0]
	if side == "" {
		text += "\n    kind: OTHER"
	} else {
		text += "\n    stand_side: " + side
	}
	if from != "" {
		text += "\n    valid_from: " + from
	}
	if to != "" {
		text += "\n    valid_to: " + to
	}
	is, err := policy.Load("script", []byte(text+"\n"))
	if err != nil {
		return err
	}
	p.Policies = []duty.ActivePolicy{{From: duty.Beginning, Policy: is}}
	return nil
}

// nobodysPaper is PAPER t dir: an outage form whose number nobody can read;
// [other=t2] and [own=t2] are when a version names somebody else or the person.
func (p *Person) nobodysPaper(w *Words) error {
	t, err := Time(w.Args[0])
	if err != nil {
		return err
	}
	known, err := p.received(w, t)
	if err != nil {
		return err
	}
	dir := duty.DirectionIn
	if w.Args[1] == "OUT" {
		dir = duty.DirectionOut
	}
	k := duty.Known[duty.ManualEntry]{At: known, Fact: duty.ManualEntry{
		ID: p.id(w, "m"), Version: 1, ReceivedAt: known, CentreID: p.centre(w), Form: duty.FormOutagePassage,
		Direction: duty.Some(dir), LocalTime: w.Args[0],
	}}
	first := k.Fact
	w.Name(&first)
	p.Added = append(p.Added, Fact{At: known, Record: &first})
	list := &p.Centres.ManualEntries
	*list = append(*list, k)
	for flag, person := range map[string]string{"other": p.ID + "-9", "own": p.ID} {
		text, ok := w.Flags[flag]
		if !ok {
			continue
		}
		at, err := Time(text)
		if err != nil {
			return err
		}
		p.latest = max(p.latest, at)
		k.Fact.Version, k.Fact.PersonID, k.Fact.ReceivedAt, k.At = 2, duty.Some(person), at, at
		*list = append(*list, k)
		if person == p.ID {
			p.Facts.ManualEntries = append(p.Facts.ManualEntries, k)
		}
	}
	return nil
}
