package main

import (
	"testing"

	"tilsyn/bench/internal/bed"
	"tilsyn/engine/duty"
	"tilsyn/engine/simulate"
)

// TestAgainst: a run counts only if the newest status of every unit is that of the truth.
func TestAgainst(t *testing.T) {
	unit := func(person string, what simulate.What, indicated bool) simulate.Unit {
		return simulate.Unit{PersonID: person, Kind: duty.KindStay, Date: lastDay, What: what, Indicated: indicated}
	}
	truth := &simulate.Truth{Units: []simulate.Unit{unit("P-1", simulate.Breach, true), unit("P-2", simulate.Met, false)}}
	id := func(person string) string { return duty.UnitID(duty.KindStay, lastDay, person) }
	for name, c := range map[string]struct {
		seen bed.Seen
		good bool
	}{
		"the truth":    {bed.Seen{Last: map[string]duty.Status{id("P-1"): duty.StatusIndicated}}, true},
		"taken back":   {bed.Seen{Last: map[string]duty.Status{id("P-1"): duty.StatusIndicated, id("P-2"): duty.StatusWithdrawn}}, true},
		"one missing":  {bed.Seen{Last: map[string]duty.Status{}}, false},
		"withdrawn":    {bed.Seen{Last: map[string]duty.Status{id("P-1"): duty.StatusWithdrawn}}, false},
		"one too many": {bed.Seen{Last: map[string]duty.Status{id("P-1"): duty.StatusIndicated, id("P-2"): duty.StatusIndicated}}, false},
		"a stranger":   {bed.Seen{Last: map[string]duty.Status{id("P-1"): duty.StatusIndicated, id("P-3"): duty.StatusIndicated}}, false},
		"out of turn":  {bed.Seen{Last: map[string]duty.Status{id("P-1"): duty.StatusIndicated}, Gaps: 1}, false},
	} {
		if _, err := against(&c.seen, truth); (err == nil) != c.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSimulations: every history ends with the same morning, and all of it can be simulated.
func TestSimulations(t *testing.T) {
	for _, days := range []int{1, 14, 60, 365, 1095} {
		for _, watched := range []bool{false, true} {
			b := &bench{persons: 10, watched: watched}
			cfg := b.simulation(days)
			if err := cfg.Check(); err != nil || cfg.Start+duty.Date(days-1) != lastDay || cfg.Until != noon {
				t.Errorf("%d days from %s: %v", days, cfg.Start, err)
			}
		}
	}
}
