package main

import (
	"fmt"

	"tilsyn/bench/internal/bed"
	"tilsyn/engine/duty"
	"tilsyn/engine/simulate"
)

// against compares the newest status of every unit with the truth, and says what differs. Whatever a person is told
// of that the truth does not know is wrong as well.
func against(s *bed.Seen, truth *simulate.Truth) (simulate.Score, error) {
	said := make(map[simulate.Key]duty.Status, len(s.Last))
	for i := range truth.Units {
		u := &truth.Units[i]
		if status, ok := s.Last[duty.UnitID(u.Kind, u.Date, u.PersonID)]; ok {
			said[simulate.Key{PersonID: u.PersonID, Kind: u.Kind, Date: u.Date}] = status
		}
	}
	score := truth.Compare(said, duty.KindUnknown)
	unknown := 0
	known := make(map[string]bool, len(truth.Units))
	for i := range truth.Units {
		u := &truth.Units[i]
		known[duty.UnitID(u.Kind, u.Date, u.PersonID)] = true
	}
	for id, status := range s.Last {
		if status == duty.StatusIndicated && !known[id] {
			unknown++
		}
	}
	if score.Expected == 0 {
		return score, fmt.Errorf("nobody was expected to be told of: the run says nothing")
	}
	if len(score.Differences)+unknown+s.Gaps > 0 {
		text := ""
		for i, d := range score.Differences {
			if i < 5 {
				text += fmt.Sprintf("\n%s of %s is %s; truth %s, INDICATED expected %v", d.Unit.Kind,
					simulate.DateString(d.Unit.Date), d.Status, d.Unit.What, d.Unit.Indicated)
			}
		}
		return score, fmt.Errorf("the run does not count: %d units differ from the truth, %d were told of that it does "+
			"not know, %d revisions are out of turn%s", len(score.Differences), unknown, s.Gaps, text)
	}
	return score, nil
}
