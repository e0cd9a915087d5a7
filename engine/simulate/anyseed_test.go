package simulate

import (
	"math/rand/v2"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
)

// agrees holds the records at the end of a simulation against its truth. Nobody
// watches here, so that what is open is INDICATED.
func agrees(t *testing.T, cfg Config) {
	t.Helper()
	facts, truth := simulated(t, cfg)
	score := truth.Compare(gather(facts).verdicts(truth.Until), duty.KindUnknown)
	for _, d := range score.Differences {
		t.Errorf("seed %d, %d days from %s until %s: %s %s %s: truth %s, expected INDICATED %v (%s), is %s",
			cfg.Seed, cfg.Days, DateString(cfg.Start), truth.Until, d.Unit.PersonID, d.Unit.Kind, DateString(d.Unit.Date),
			d.Unit.What, d.Unit.Indicated, d.Unit.Why, d.Status)
	}
	if score.Indicated != score.Expected+score.Open {
		t.Errorf("seed %d, %d days from %s until %s: %d INDICATED, %d expected and %d open",
			cfg.Seed, cfg.Days, DateString(cfg.Start), truth.Until, score.Indicated, score.Expected, score.Open)
	}
}

// Whatever the seed, the length, the date and the time of day at which it ends: the
// records are those that the facts can carry.
func TestAnySeedAgreesWithItsTruth(t *testing.T) {
	seeds.ForEach(t, 600, func(t *testing.T, seed uint64) {
		dice := rand.New(rand.NewPCG(seed, 61))
		cfg := Config{Seed: seed, Start: earliest + duty.Date(dice.IntN(8*365)), Persons: 60}
		cfg.Days = MinEventDays + dice.IntN(30)
		minute, milli := hm(dice.IntN(int(nextDawn))), dice.IntN(60_000)
		cfg.Until = at(cfg.Start+duty.Date(cfg.Days), minute, 0) + duty.Instant(milli)
		agrees(t, cfg)
	})
}

// Simulations whose truth once was another than that of the facts.
func TestSeedsThatOnceDisagreed(t *testing.T) {
	for name, cfg := range map[string]Config{
		"back from some days away and out again in the same second": {
			Seed: 7770425, Start: dateOf(2026, 11, 23), Days: 24, Until: 1797548149225},
		"moved in a week of the quota, an exclusion at the old centre": {
			Seed: 16850194370414747609, Start: dateOf(2025, 1, 4), Days: 24, Until: 1738108575278},
		"moved in a week of the quota, an outage at the old centre": {
			Seed: 18351211553939949676, Start: dateOf(2024, 9, 10), Days: 24, Until: 1728032660137},
		"a form due on the last day, a Monday": {
			Seed: 1093, Start: dateOf(2025, 12, 25), Days: 18, Until: 1768176786578},
		"the same in a simulation of fifteen days": {
			Seed: 720, Start: dateOf(2028, 7, 16), Days: 15, Until: 1848641100921},
		"back this morning, written by hand, and the page still at the centre": {
			Seed: 1099, Start: dateOf(2027, 10, 9), Days: 18, Until: 1824638025383},
	} {
		t.Run(name, func(t *testing.T) {
			cfg.Persons = 60
			agrees(t, cfg)
		})
	}
}
