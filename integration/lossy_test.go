package integration

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/simulate"
)

// beatEvery is how often devices say that they are well in these tests: seldom, so that weeks stay small.
const beatEvery = duty.Hour

// lossyPlans are faults of devices that the data show, so that nobody who complied may be INDICATED
// (issue 12): a silent device, rows lost or late in numbered sequences, a wrong clock, an outage with late
// forms, lost heartbeats, a counter that begins again.
var lossyPlans = []simulate.Plan{simulate.SilentDevice, simulate.LostRows, simulate.DelayedRows, simulate.DeviceClock,
	simulate.ServerOutage, simulate.DataWithoutHeartbeat, simulate.HeartbeatWithoutData, simulate.NumbersReset}

// watched makes a simulation one whose devices number their rows, say that they are well and count.
func watched(cfg simulate.Config) simulate.Config {
	cfg.Numbered, cfg.Heartbeats, cfg.Reconciled = true, beatEvery, true
	return cfg
}

// withoutFeeds leaves out what feeds say of themselves. Weeks of facts come in minutes here, so that every
// feed would be long silent by the clock of the engine, which then accuses nobody (REL-06); replay has no
// such brake.
func withoutFeeds(facts []simulate.Fact) []simulate.Fact {
	return slices.DeleteFunc(facts, func(f simulate.Fact) bool {
		h, ok := f.Record.(*duty.Heartbeat)
		return ok && strings.HasPrefix(h.SourceID, duty.FeedPrefix)
	})
}

// usePolicy lets engines, verify and replay judge by the policy of such a simulation.
func (r *rig) usePolicy(t *testing.T) {
	t.Helper()
	text := []byte(simulate.PolicyText(beatEvery))
	p, err := policy.Load(simulate.PolicyFile, text)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(r.dir, simulate.PolicyFile)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	r.policy, r.settings = p, []string{"--policy", file}
}

// verify ends the test where the program itself finds a difference.
func (r *rig) verify(t *testing.T) { r.tilsyn(t, nil, append([]string{"verify"}, r.settings...)...) }

// checkCompliant requires that nobody who did their duty is INDICATED at the end, and that there is
// somebody who is.
func checkCompliant(t *testing.T, live map[string][]violation, truth *simulate.Truth) {
	t.Helper()
	breaches, found, wrong := 0, 0, 0
	for i := range truth.Units {
		u := &truth.Units[i]
		h := live[duty.UnitID(u.Kind, u.Date, u.PersonID)]
		indicated := len(h) > 0 && h[len(h)-1].text("status") == "INDICATED"
		switch {
		case u.What == simulate.Breach && u.Indicated:
			breaches++
			if indicated {
				found++
			}
		case u.What != simulate.Breach && indicated:
			wrong++
			t.Errorf("%s %s %s is INDICATED, in truth %s", u.PersonID, u.Kind, simulate.DateString(u.Date), u.What)
		}
	}
	for _, f := range truth.Faults {
		t.Logf("fault %s", f.Plan)
	}
	t.Logf("%d breaches that the facts can carry, %d of them INDICATED at the end; %d who complied are",
		breaches, found, wrong)
	if found == 0 {
		t.Error("no breach is INDICATED; the comparison proves nothing")
	}
}
