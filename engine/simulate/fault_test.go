package simulate

import (
	"maps"
	"testing"

	"tilsyn/engine/duty"
)

// Lost passages that an incident tells of in time never make the engine
// indicate somebody who did nothing, on any day.
func TestLossWithAnIncidentAccusesNobodyInnocent(t *testing.T) {
	for seed := uint64(1); seed <= 3; seed++ {
		cfg := november(seed)
		cfg.Ordinary, cfg.Days, cfg.Persons = true, 12, 120
		day := cfg.Start + 5
		cfg.Faults.Lose = []Lose{{Centre: kh, From: at(day, 12*60, 0), To: at(day+1, 18*60, 0), Percent: 60,
			Known: at(day, 13*60, 0)}}
		facts, truth := simulated(t, cfg)
		g := gather(facts)
		hidden := 0
		for d := cfg.Start + 1; d <= cfg.Start+12; d++ {
			score := truth.Compare(g.verdicts(at(d, 12*60, 0)), duty.KindUnknown)
			hidden += score.Unanswered[WhyOutage] + score.Unanswered[WhyUnregistered]
			if score.Wrong != 0 {
				t.Errorf("seed %d: at noon of %s %d innocent units are INDICATED", seed, DateString(d), score.Wrong)
			}
		}
		if hidden == 0 {
			t.Errorf("seed %d: the loss touched no breach at all", seed)
		}
	}
}

// A loss that nobody reports does mislead: the fault plan is worth something.
func TestLossThatNobodyReportsMisleads(t *testing.T) {
	wrong := 0
	for seed := uint64(1); seed <= 3; seed++ {
		cfg := november(seed)
		cfg.Ordinary, cfg.Days, cfg.Persons = true, 12, 120
		day := cfg.Start + 5
		cfg.Faults.Lose = []Lose{{Centre: kh, From: at(day, 12*60, 0), To: at(day+1, 18*60, 0), Percent: 60}}
		facts, truth := simulated(t, cfg)
		score := truth.Compare(gather(facts).verdicts(truth.Until), duty.KindUnknown)
		wrong += score.Wrong
	}
	if wrong == 0 {
		t.Error("no innocent unit was INDICATED in three simulations with an unreported loss")
	}
}

// Delay, duplication and another order change nothing at the end.
func TestFaultsThatLoseNothingChangeNothing(t *testing.T) {
	cfg := november(11)
	facts, truth := simulated(t, cfg)
	want := gather(facts).verdicts(truth.Until)
	cfg.Faults = Faults{Duplicate: 0.1, Delay: 0.2, DelayMax: 12 * duty.Hour, Reorder: 500}
	changed, again := simulated(t, cfg)
	if len(changed) < len(facts)*108/100 || len(changed) > len(facts)*112/100 {
		t.Errorf("%d facts became %d: about a tenth ought to come twice", len(facts), len(changed))
	}
	ordered := true
	for i := 1; i < len(changed); i++ {
		ordered = ordered && changed[i-1].ReceivedAt <= changed[i].ReceivedAt
	}
	if ordered {
		t.Error("the facts come in order although they ought to be reordered")
	}
	if got := gather(changed).verdicts(truth.Until); !maps.Equal(got, want) {
		t.Errorf("%d records without faults, %d with: they ought to be the same", len(want), len(got))
	}
	if len(truth.Units) != len(again.Units) {
		t.Errorf("the truth changed from %d to %d units", len(truth.Units), len(again.Units))
	}
}

func TestConfigThatCannotBeSimulated(t *testing.T) {
	good := Config{Start: dateOf(2026, 11, 1), Days: 3, Persons: 5}
	for name, change := range map[string]func(*Config){
		"no persons":     func(c *Config) { c.Persons = 0 },
		"no days":        func(c *Config) { c.Days = 0 },
		"too many":       func(c *Config) { c.Persons, c.Days = MaxPersons, MaxDays },
		"too early":      func(c *Config) { c.Start = dateOf(2023, 3, 31) },
		"far future":     func(c *Config) { c.Start = dateOf(2098, 12, 30) },
		"clock before":   func(c *Config) { c.Until = at(c.Start, 60, 0) },
		"clock after":    func(c *Config) { c.Until = at(c.Start+5, 60, 0) },
		"share":          func(c *Config) { c.Faults.Duplicate = 1.5 },
		"reorder":        func(c *Config) { c.Faults.Reorder = -1 },
		"negative delay": func(c *Config) { c.Faults.DelayMax = -1 },
		"unknown centre": func(c *Config) { c.Faults.Lose = []Lose{{Centre: "XX", From: 1, To: 2}} },
		"empty loss":     func(c *Config) { c.Faults.Lose = []Lose{{Centre: kh, From: 2, To: 2}} },
	} {
		cfg := good
		change(&cfg)
		if _, err := Run(cfg, &Collect{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := Run(good, &Collect{}); err != nil {
		t.Errorf("a good configuration: %v", err)
	}
}
