package verify

import (
	"context"
	"slices"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/telling"
	"tilsyn/engine/stream/watching"
	"tilsyn/schemas"
)

// verified runs verify at a clock and returns the differences of automatic incidents, by id.
func (w *verifyRig) verified(at duty.Instant) (*verifier, Verified, map[string]string) {
	w.t.Helper()
	found := map[string]string{}
	v := &verifier{cfg: VerifyConfig{Policy: w.policy, Judge: task.Core{}, At: duty.Some(at),
		Found:         func(telling.Difference) {},
		FoundIncident: func(d IncidentDifference) { found[d.IncidentID] = d.What }},
		codec: w.codec, broker: w.broker, parts: w.parts, centres: w.centrePartitions()}
	got, err := v.run(context.Background())
	w.must(err)
	return v, got, found
}

// TestVerifyNamesIncidentsThatWereSaidOtherwise: where the owner of the watch has spoken for the
// clock, verify names every automatic incident about which it said something else than the facts
// show, on coverage or on incidents.
func TestVerifyNamesIncidentsThatWereSaidOtherwise(t *testing.T) {
	all := watchVectors(t)
	i := slices.IndexFunc(all, func(v watchVector) bool {
		return len(v.Stages[0].Incidents) > 1 && v.Stages[0].Incidents[0].State == "ACTIVE"
	})
	w := newVerifyRig(t, 5, 3)
	w.policy = all[i].policy(t)
	at, _ := duty.ParseInstant(all[i].Stages[0].AsOf)
	lines := slices.SortedStableFunc(slices.Values(all[i].lines), func(a, b schemas.Line) int {
		return int(knownAt(&a) - knownAt(&b))
	})
	for j := range lines {
		if knownAt(&lines[j]) <= at {
			w.putLine(&lines[j])
		}
	}
	w.now = at
	v, got, found := w.verified(at)
	if got.Incidents < 1 || got.IncidentDifferences != 0 || got.IncidentsCompared || len(found) > 0 {
		t.Fatalf("before the owner has spoken: %+v, %v", got, found)
	}
	right := v.watch.says[v.watch.last].Incidents.List()
	wrong := right[0]
	wrong.Incident.IncidentID = "auto:gap:KH:KH-carousel:0:77"
	later := slices.Clone(right)
	later[0].Incident.To = duty.Some(later[0].Incident.To.V + 1)
	said := watching.NewCoverage()
	say := func(at duty.Instant, incidents ...duty.AutomaticIncident) {
		for _, s := range said.Say(at, map[string]*watching.Opinion{w.policy.Digest: {Incidents: incidents}}) {
			w.broker.Append(broker.Partition{Topic: duty.TopicCoverage}, s.Key, s.Value)
		}
	}
	versions := map[string]int64{}
	publish := func(state duty.IncidentState, incidents ...duty.AutomaticIncident) {
		for _, x := range incidents {
			i := x.Incident
			versions[i.IncidentID]++
			i.State, i.Version, i.ReceivedAt = state, versions[i.IncidentID], at
			w.put(duty.TopicIncidents, i.CentreID, &i)
		}
	}
	each := func(what string, list ...duty.AutomaticIncident) map[string]string {
		out := map[string]string{}
		for _, x := range list {
			out[x.Incident.IncidentID] = what
		}
		return out
	}
	for _, step := range []struct {
		name string
		do   func()
		want map[string]string
	}{
		{"not published", func() { say(at, right...) }, each(notPublished, right...)},
		{"as it is", func() { publish(duty.IncidentStateActive, right...) }, nil},
		{"dissolved too early", func() { publish(duty.IncidentStateDissolved, right...) }, each(notPublished, right...)},
		{"and back", func() { publish(duty.IncidentStateActive, right...) }, nil},
		{"not said", func() { say(at+1, right[1:]...) }, nil},
		{"not said by now", func() { at++ }, each(notSaid, right[0])},
		{"said otherwise", func() { at++; say(at, later...) }, each(saidOther, right[0])},
		{"said alone", func() { at++; say(at, append(slices.Clone(right), wrong)...) }, each(saidAlone, wrong)},
		{"published alone", func() { at++; say(at, right...); publish(duty.IncidentStateActive, wrong) },
			each(stillActive, wrong)},
	} {
		step.do()
		_, got, found := w.verified(at)
		if len(found) != len(step.want) || got.IncidentDifferences != len(step.want) || got.Incidents != len(right) {
			t.Errorf("%s: %+v, %v, want %v", step.name, got, found, step.want)
		}
		for id, what := range step.want {
			if found[id] != what {
				t.Errorf("%s: %s %q, want %q", step.name, id, found[id], what)
			}
		}
	}
}

// TestTwoGapsOfOneID: which of two gaps with one id is compared does not depend on their order.
func TestTwoGapsOfOneID(t *testing.T) {
	gap := func(from duty.Instant) duty.AutomaticIncident {
		return duty.AutomaticIncident{Incident: duty.Incident{IncidentID: "auto:gap:KH:KH-carousel:0:2", From: from}}
	}
	for _, list := range [][]duty.AutomaticIncident{{gap(1), gap(2)}, {gap(2), gap(1)}} {
		if got := firstOfID(list); len(got) != 1 || got["auto:gap:KH:KH-carousel:0:2"].Incident.From != 1 {
			t.Errorf("of %+v there is %+v", list, got)
		}
	}
}
