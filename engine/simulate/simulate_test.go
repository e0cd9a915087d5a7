package simulate

import (
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
)

// november is a three-week simulation without a change of clocks.
func november(seed uint64) Config {
	return Config{Seed: seed, Start: dateOf(2026, 11, 1), Days: 21, Persons: 200}
}

// With full data the records are exactly those that the facts can carry:
// precision 1, recall 1.
func TestFullDataFindsEveryBreachAndNobodyElse(t *testing.T) {
	for seed := uint64(1); seed <= 10; seed++ {
		cfg := november(seed)
		switch seed {
		case 4: // the clocks go back, and a month ends
			cfg.Start, cfg.Days = dateOf(2026, 10, 12), 30
		case 5: // the clocks go forward
			cfg.Start, cfg.Persons = dateOf(2026, 3, 16), 120
		case 6: // a year ends, and the clock stops in the middle of a night
			cfg.Start = dateOf(2026, 12, 20)
			cfg.Until = at(cfg.Start+20, 25*60+17, 0)
		case 7: // each passage is written by hand as well, and most exits are confirmed
			cfg.Start, cfg.Persons = dateOf(2023, 9, 4), 120
		case 8: // the temporary registration ends
			cfg.Start, cfg.Persons = dateOf(2024, 3, 11), 120
		case 9: // long enough for a silence of thirty dates
			cfg.Start, cfg.Days, cfg.Persons = dateOf(2026, 4, 6), 70, 100
		case 10: // the law and the devices of 2020
			cfg.Start, cfg.Persons = dateOf(2020, 9, 7), 120
		}
		least := 50
		if !seeds.Full() {
			cfg.Persons, least = cfg.Persons/2, 20
		}
		facts, truth := simulated(t, cfg)
		score := truth.Compare(gather(facts).verdicts(truth.Until), duty.KindUnknown)
		t.Logf("seed %d: %d facts, %d units, %d breaches, %d expected, %d indicated, %d review, unanswered %v",
			seed, len(facts), score.Units, score.Breaches, score.Expected, score.Indicated, score.Review, score.Unanswered)
		for i, d := range score.Differences {
			if i == 15 {
				break
			}
			t.Errorf("seed %d: %s %s %s: truth %s, expected INDICATED %v (%s), is %s",
				seed, d.Unit.PersonID, d.Unit.Kind, DateString(d.Unit.Date), d.Unit.What, d.Unit.Indicated, d.Unit.Why, d.Status)
		}
		if score.Expected+score.Open < least {
			t.Errorf("seed %d: only %d expected records: the simulation shows too little", seed, score.Expected)
		}
		// Nobody watches here, so that what is open is INDICATED.
		if score.Indicated != score.Expected+score.Open {
			t.Errorf("seed %d: %d INDICATED, %d expected and %d open", seed, score.Indicated, score.Expected, score.Open)
		}
	}
}
