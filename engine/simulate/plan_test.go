package simulate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/watch"
)

// watched is a simulation whose silence can be proven; of fewer persons where it is not at full size.
func watched(seed uint64, plans ...Plan) Config {
	persons := 40
	if !seeds.Full() {
		persons = 24
	}
	return Config{
		Seed: seed, Start: dateOf(2026, 2, 2), Days: 12, Persons: persons, Ordinary: true, Numbered: true,
		Heartbeats: 10 * duty.Minute, Reconciled: true, Faults: Faults{Plans: plans},
	}
}

// look gives what the watch sees at a clock of facts.
func look(t *testing.T, facts []Fact, interval, clock duty.Instant) watch.Report {
	t.Helper()
	p, err := policy.Load(PolicyFile, []byte(PolicyText(interval)))
	if err != nil {
		t.Fatal(err)
	}
	g := gather(facts)
	f := watch.Facts{
		Heartbeats: g.centres.Heartbeats, Reconciliations: g.centres.Reconciliations,
		Incidents: g.centres.Incidents, Centres: duty.NewCentres(g.centres),
	}
	for _, x := range facts {
		if e, ok := x.Record.(*duty.CardEvent); ok {
			f.Rows = append(f.Rows, watch.RowOf(&duty.Known[duty.CardEvent]{Fact: *e, At: x.ReceivedAt}))
		}
	}
	return watch.New(f, p).Look(watch.View{At: clock}, nil)
}

// active are the incidents that stand.
func active(r watch.Report) []watch.Automatic {
	return slices.DeleteFunc(r.Incidents, func(a watch.Automatic) bool { return a.State != watch.Active })
}

// Without a fault the watch sees nothing at any time of the day.
func TestWatchSeesNothingWithoutFaults(t *testing.T) {
	seeds.Large(t, "a world for each interval, watched at several times")
	for _, interval := range []duty.Instant{duty.Minute, 10 * duty.Minute, duty.Hour} {
		cfg := watched(3)
		cfg.Heartbeats, cfg.Days = interval, 3
		facts, truth := simulated(t, cfg)
		for at := truth.Until - duty.Day; at <= truth.Until; at += 11 * duty.Hour {
			r := look(t, facts, interval, at)
			if len(r.Incidents) != 0 || len(r.DataQuality) != 0 || len(r.Coverage) != 5 {
				t.Errorf("interval %d s, at %s: %d incidents (%+v), %d lines of data quality, %d feeds", interval/duty.Second, at,
					len(r.Incidents), r.Incidents, len(r.DataQuality), len(r.Coverage))
			}
		}
	}
}

// Nor does it where the clocks change: a counted day is then 23 or 25 hours long.
func TestWatchSeesNothingWhereClocksChange(t *testing.T) {
	for _, start := range []duty.Date{dateOf(2026, 3, 27), dateOf(2026, 10, 23)} {
		cfg := watched(3)
		cfg.Start, cfg.Days, cfg.Heartbeats, cfg.Persons = start, 4, duty.Hour, 200
		facts, truth := simulated(t, cfg)
		if r := look(t, facts, duty.Hour, truth.Until); len(r.Incidents) != 0 || len(r.DataQuality) != 0 {
			t.Errorf("from %s: %+v, %d lines of data quality", DateString(start), r.Incidents, len(r.DataQuality))
		}
	}
}

// Whatever a visible plan takes away, an incident that stands covers it.
func TestVisiblePlansAreSeen(t *testing.T) {
	for i, p := range Plans() {
		if !p.Visible() || i%seeds.Few(1, 3) > 0 {
			continue
		}
		harms := 0
		for seed := uint64(1); seed <= uint64(seeds.Size(t, 4)); seed++ {
			facts, truth := simulated(t, watched(seed, p))
			if len(truth.Faults) != 1 || truth.Faults[0].Plan != p {
				t.Fatalf("%s: %d faults", p, len(truth.Faults))
			}
			f := truth.Faults[0]
			harms += f.Total
			stand := active(look(t, facts, 10*duty.Minute, truth.Until))
			for _, h := range f.Harms {
				if h.What == Late || unseen(f, &h) || slices.ContainsFunc(stand, func(a watch.Automatic) bool {
					return a.CentreID == f.CentreID && a.From <= h.At+transit && h.At <= a.To.Or(duty.Forever)
				}) {
					continue
				}
				t.Errorf("%s, seed %d (%s, %s to %s): no incident over %s of %s at %s",
					p, seed, f.Note, f.From, f.To, h.What, h.ID, h.At)
			}
		}
		nothing := []Plan{ServerOutage, DataWithoutHeartbeat, DuplicatedRows, ReorderedRows}
		if (harms == 0) != slices.Contains(nothing, p) && seeds.Full() {
			t.Errorf("%s: %d registrations concerned in all simulations", p, harms)
		}
	}
}

// transit is how long a row is on its way at most.
const transit = 3 * duty.Second

// unseen reports what the contract lets nobody see: that a clock is behind shows
// only half an hour after its last right heartbeat and until half an hour before
// the next one (contract-watch 6.5, W-42).
func unseen(f *Fault, h *Harm) bool {
	edge := 30*duty.Minute + 10*duty.Minute
	return f.Plan == DeviceClock && strings.Contains(f.Note, "-") && (h.At < f.From+edge || h.At > f.To-edge)
}

// What loses nothing leaves no incident behind, and during it there was one.
func TestPlansThatLoseNothingDissolve(t *testing.T) {
	seeds.Large(t, "a world for each plan")
	for _, p := range []Plan{DataWithoutHeartbeat, DelayedRows, DuplicatedRows, ReorderedRows, ServerOutage, StoppedFeed} {
		during := 0
		for seed := uint64(1); seed <= uint64(seeds.Size(t, 4)); seed++ {
			facts, truth := simulated(t, watched(seed, p))
			if left := active(look(t, facts, 10*duty.Minute, truth.Until)); len(left) != 0 {
				t.Errorf("%s, seed %d: at the end %d incidents stand, the first %+v", p, seed, len(left), left[0])
			}
			f := truth.Faults[0]
			during += len(active(look(t, facts, 10*duty.Minute, (f.From+f.To)/2)))
		}
		if during == 0 && p != DuplicatedRows && p != ReorderedRows && p != StoppedFeed {
			t.Errorf("%s: nothing was seen of it while it lasted", p)
		}
	}
}

// An invisible plan harms and leaves nothing for the watch to see.
func TestInvisiblePlansAreNotSeen(t *testing.T) {
	for i, p := range Plans() {
		if p.Visible() || i%seeds.Few(1, 3) > 0 {
			continue
		}
		harms := 0
		for seed := uint64(1); seed <= uint64(seeds.Size(t, 4)); seed++ {
			facts, truth := simulated(t, watched(seed, p))
			harms += truth.Faults[0].Total
			for _, a := range active(look(t, facts, 10*duty.Minute, truth.Until)) {
				// A clock that jumps back may let numbers fall.
				if p != SlightClock {
					t.Errorf("%s, seed %d: %+v", p, seed, a)
				}
			}
		}
		if harms == 0 && !testing.Short() {
			t.Errorf("%s: nobody is concerned in all simulations", p)
		}
	}
}

// Plans are the same in every run, change nothing of the lives that are led, and
// do not hang together.
func TestPlansAreDrawnFromTheSeed(t *testing.T) {
	cfg := watched(5, Plans()...)
	if a, b := digest(t, cfg), digest(t, cfg); a != b {
		t.Error("two runs of one Config differ")
	}
	_, truth := simulated(t, cfg)
	for i, f := range truth.Faults {
		if i%3 != 0 && !seeds.Full() {
			continue
		}
		_, truth := simulated(t, watched(5, f.Plan))
		if alone := truth.Faults[0]; alone.From != f.From || alone.CentreID != f.CentreID {
			t.Errorf("%s begins at %s alone and at %s with others", f.Plan, alone.From, f.From)
		}
	}
	_, without := simulated(t, watched(5))
	_, with := simulated(t, watched(5, LostRows, DeviceClock, ServerOutageUnwritten))
	for i, u := range with.Units {
		if v := without.Units[i]; u.What != v.What || u.PersonID != v.PersonID || u.Date != v.Date {
			t.Fatalf("a fault changes what %s did on %s: %s, without it %s", u.PersonID, DateString(u.Date), u.What, v.What)
		}
		if u.Open != u.Indicated {
			t.Fatalf("%s on %s: open %v, indicated %v", u.PersonID, DateString(u.Date), u.Open, u.Indicated)
		}
	}
}

// faults.jsonl says what was lost, and policy.yaml can be loaded.
func TestFaultsFile(t *testing.T) {
	dir := t.TempDir()
	if _, _, err := WriteFiles(watched(2, SilentDevice, OverTheFence), dir); err != nil {
		t.Fatal(err)
	}
	if _, err := policy.Load(PolicyFile, readFile(t, filepath.Join(dir, PolicyFile))); err != nil {
		t.Error(err)
	}
	lines := bytes.Split(bytes.TrimSpace(readFile(t, filepath.Join(dir, FaultsFile))), []byte("\n"))
	if len(lines) != 2 {
		t.Fatalf("%d lines", len(lines))
	}
	for i, want := range []string{"silent-device true [HEARTBEATS NUMBERS] LOST", "over-the-fence false [] UNREGISTERED"} {
		var l faultLine
		if err := json.Unmarshal(lines[i], &l); err != nil {
			t.Fatal(err)
		}
		if l.Total == 0 || l.Total != len(l.Harms) {
			t.Fatalf("%s: %d registrations, %d listed", l.Plan, l.Total, len(l.Harms))
		}
		if got := fmt.Sprint(l.Plan, " ", l.Visible, " ", l.Seen, " ", l.Harms[0].What); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	truth := readFile(t, filepath.Join(dir, TruthFile))
	if !bytes.Contains(truth, []byte(`"expected":"OPEN"`)) || bytes.Contains(truth, []byte(`"expected":"INDICATED"`)) {
		t.Error("with a fault the truth promises records that may be held")
	}
}

func TestPlansThatCannotBe(t *testing.T) {
	for want, change := range map[string]func(*Config){
		"there is no such plan":       func(c *Config) { c.Faults.Plans = []Plan{"flood"} },
		"it is named twice":           func(c *Config) { c.Faults.Plans = []Plan{LostRows, LostRows} },
		"give --numbered as well":     func(c *Config) { c.Numbered = false },
		"give --heartbeats as well":   func(c *Config) { c.Heartbeats = 0 },
		"choose 10 days or more":      func(c *Config) { c.Days = 9 },
		"choose 1m to 1h":             func(c *Config) { c.Heartbeats = duty.Second },
		"whole seconds, or 0s for no": func(c *Config) { c.Heartbeats = duty.Minute + 1 },
	} {
		cfg := watched(1, SilentDevice)
		change(&cfg)
		if err := cfg.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
