package duty_test

import (
	"fmt"
	"strings"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
)

// setting is GROUP g t, a second group, or CENTRE c a/b, the operating dates of
// a centre, both included.
func (s *script) setting(w *words) error {
	if w.token == "GROUP" {
		g, ok := duty.ParseGroup(w.args[0])
		if !ok {
			return fmt.Errorf("no such group")
		}
		t, err := scriptTime(w.args[1])
		if err != nil {
			return err
		}
		s.addGroup(g, t, false)
		return nil
	}
	from, to, _ := strings.Cut(w.args[1], "/")
	side := map[string]string{"KH": "INSIDE", "SJ": "OUTSIDE"}[w.args[0]]
	text := "version: script\ncentres:\n  - id: " + w.args[0]
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
	p, err := policy.Load("script", []byte(text+"\n"))
	if err != nil {
		return err
	}
	s.c.policies = []duty.ActivePolicy{{From: duty.Beginning, Policy: p}}
	return nil
}

// nobodysPaper is PAPER t dir: an outage form whose number nobody can read;
// [other=t2] and [own=t2] are when a version names somebody else or the person.
func (s *script) nobodysPaper(w *words) error {
	t, err := scriptTime(w.args[0])
	if err != nil {
		return err
	}
	known, err := s.received(w, t)
	if err != nil {
		return err
	}
	dir := duty.DirectionIn
	if w.args[1] == "OUT" {
		dir = duty.DirectionOut
	}
	k := duty.Known[duty.ManualEntry]{At: known, Fact: duty.ManualEntry{
		ID: s.id("m"), Version: 1, ReceivedAt: known, CentreID: s.centre(w), Form: duty.FormOutagePassage,
		Direction: duty.Some(dir), LocalTime: w.args[0],
	}}
	list := &s.c.centres.ManualEntries
	*list = append(*list, k)
	for flag, person := range map[string]string{"other": "P-9", "own": "P"} {
		text, ok := w.flags[flag]
		if !ok {
			continue
		}
		at, err := scriptTime(text)
		if err != nil {
			return err
		}
		s.latest = max(s.latest, at)
		k.Fact.Version, k.Fact.PersonID, k.Fact.ReceivedAt, k.At = 2, duty.Some(person), at, at
		*list = append(*list, k)
		if person == "P" {
			s.c.facts.ManualEntries = append(s.c.facts.ManualEntries, k)
		}
	}
	return nil
}
