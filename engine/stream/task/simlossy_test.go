package task

import (
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
)

// newLossySim is a simulation of lossy devices (testkit.Lossy), on one to four tasks, under a policy that
// looks at silence by the hour. By the seed a device moves to another centre, or its supervision begins
// or ends in the midst; persons concern each other and another policy is activated in the midst, or facts
// come under several persons.
func newLossySim(t *testing.T, seed uint64) *sim {
	plan := hostile()
	plan.tasks, plan.persons, plan.days, plan.restEvery, plan.turns = 1+int32(seed)%4, 5, 7, 2, 3
	plan.lossy, plan.kept, plan.contested = true, seed%5 == 3, seed%5 == 4
	s := newSim(t, seed, plan)
	s.keepDir = t.TempDir()
	text := testkit.LossyPolicy
	if seed%2 == 0 {
		text += "settle.required: []\n" // else few can be accused
	}
	p, err := policy.Load("lossy.yaml", []byte(text))
	s.must(err)
	moveDevice(p, seed/4, testkit.LossyMidst(plan.days))
	s.judge, s.policy = Core{}, p
	if plan.kept {
		later := *p
		later.Digest, later.Version, later.Steps = "digest of later", "later", slices.Clone(later.Steps)
		for i := range later.Steps {
			later.Steps[i].Params.HeartbeatMissed++
			later.Steps[i].Params.LateAccusation = 3 * duty.Day
		}
		moveDevice(&later, seed/4+1, testkit.LossyMidst(plan.days)+duty.Day)
		s.parse = func(string) (*duty.Policy, error) { return &later, nil }
	}
	return s
}

// moveDevice changes the register of a device from a time on: it stands elsewhere, is supervised, or is
// gone.
func moveDevice(p *duty.Policy, how uint64, from duty.Instant) {
	p.Devices = slices.Clone(p.Devices)
	i := slices.IndexFunc(p.Devices, func(d duty.Device) bool { return d.ID == "KH-carousel" })
	d := &p.Devices[i]
	switch how % 4 {
	case 0:
		moved := *d
		d.To, moved.From, moved.CentreID = from, from, "SJ"
		p.Devices = append(p.Devices, moved)
	case 1:
		d.SupervisedFrom = from
	case 2:
		d.To = from
	}
}

// TestSimulationOfLossyDevices: what the watch has to find is in the facts, and everything goes wrong in
// the engine as well. At every rest verdicts, automatic incidents with their versions, and lines of the
// watch are those that `replay` finds in the logs; at every moment nobody was told of beyond what the
// owner had said.
func TestSimulationOfLossyDevices(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "75 simulated worlds, until every kind of loss has occurred")
	seen := map[string]int{}
	var sims []*sim
	simulate(t, seeds.AtLeast(t, 600, 75), func(seed uint64) *sim {
		s := newLossySim(t, seed)
		sims = append(sims, s)
		return s
	})
	for _, s := range sims {
		s.seeWatch(seen)
	}
	t.Log(seen)
	for _, what := range []string{"HEARTBEAT_LOST", "SEQ_GAP", "SEQ_RESET", "CLOCK_OFFSET", "UNKNOWN_SOURCE",
		"MARKER_MISSING", "RECONCILIATION_MISSING",
		"silence ACTIVE", "silence DISSOLVED", "gap ACTIVE", "gap DISSOLVED", "reset ACTIVE", "epoch ACTIVE",
		"clock ACTIVE", "count ACTIVE", "burst ACTIVE"} {
		if seen[what] == 0 {
			t.Errorf("no world has %s", what)
		}
	}
}

// seeWatch counts what the owner of the watch has told.
func (w *world) seeWatch(seen map[string]int) {
	for i := range w.parts {
		for _, rec := range w.broker.Committed(broker.Partition{Topic: duty.TopicDataQuality, Index: i}) {
			if q := w.decoded(duty.TopicDataQuality, rec.Value).(*duty.DataQuality); ofWatch(q) {
				seen[q.Code.String()]++
			}
		}
		for _, rec := range w.broker.Committed(broker.Partition{Topic: duty.TopicIncidents, Index: i}) {
			record, err := rec.Decode(w.codec)
			if v, ok := record.(*duty.Incident); err == nil && ok && v.Origin == duty.OriginAutomatic {
				seen[strings.Split(v.IncidentID, ":")[1]+" "+v.State.String()]++
			}
		}
	}
}
