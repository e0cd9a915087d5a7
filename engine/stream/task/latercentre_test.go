package task

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"tilsyn/engine/casefile"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/centres"
	"tilsyn/engine/stream/testkit"
)

// policies are those of the settings and of the activations in the log.
func (w *world) policies() []duty.ActivePolicy {
	base := []duty.ActivePolicy{{From: duty.Beginning, Policy: w.policy}}
	if w.parse == nil {
		return base
	}
	var list []duty.Activation
	for i := range w.parts {
		for _, rec := range w.broker.Committed(broker.Partition{Topic: duty.TopicPolicies, Index: i}) {
			record, err := w.codec.Decode(duty.TopicPolicies, rec.Value)
			if err != nil {
				continue // a dead letter
			}
			a := record.(*duty.PolicyActivation)
			p, err := casefile.PolicyOf(a, w.parse)
			if err != nil {
				continue // no policy, which changes nothing
			}
			list = append(list, duty.Activation{Record: duty.Known[duty.PolicyActivation]{Fact: *a, At: rec.At}, Policy: p})
		}
	}
	return duty.ActivePolicies(base, list, duty.Forever)
}

// inForce is the one of them that is in force now.
func (w *world) inForce() *duty.Policy {
	p := w.policy
	for _, a := range w.policies() {
		if a.From <= w.now {
			p = a.Policy
		}
	}
	return p
}

func namesPlace(p *duty.Policy, key string) bool {
	return slices.ContainsFunc(p.Centres, func(c duty.Centre) bool { return c.ID == key })
}

// laterCentre is a centre that no policy has but the one that withLaterCentre adds.
const laterCentre = "NY"

// withLaterCentre lets activations of the text "later" name one more centre, a copy of KH.
func withLaterCentre(w *world) *duty.Policy {
	p := *w.policy
	p.Version, p.Digest = "later", "digest of later"
	p.Centres, p.Devices = slices.Clone(p.Centres), slices.Clone(p.Devices)
	for _, c := range w.policy.Centres {
		if c.ID == "KH" {
			c.ID, c.Name = laterCentre, laterCentre
			p.Centres = append(p.Centres, c)
		}
	}
	for _, d := range w.policy.Devices {
		if d.CentreID == "KH" {
			d.ID, d.CentreID = laterCentre+strings.TrimPrefix(d.ID, "KH"), laterCentre
			if d.PairedWith != "" {
				d.PairedWith = laterCentre + strings.TrimPrefix(d.PairedWith, "KH")
			}
			p.Devices = append(p.Devices, d)
		}
	}
	w.parse = func(text string) (*duty.Policy, error) {
		if text != "later" {
			return nil, errors.New("no such policy")
		}
		return &p, nil
	}
	return &p
}

// laterSteps are what may happen in any order around a centre that is named later.
func laterSteps(w *world) map[string]func() {
	policy := withLaterCentre(w)
	activation := func(version int64) {
		a := &duty.PolicyActivation{ID: "later", Version: version, Retracted: version%2 == 0, ReceivedAt: w.now, PolicyVersion: policy.Version,
			Digest: policy.Digest, Text: "later", ActivatedAt: w.now, By: "a test"}
		w.send(&testkit.Feed{Topic: duty.TopicPolicies, Key: "policy", Record: a})
	}
	paper := func(index int32) {
		w.broker.Append(broker.Partition{Topic: duty.TopicManualEntries, Index: index}, []byte(laterCentre), []byte{0xff, 0x00, 0xff})
	}
	return map[string]func(){
		"activation":  func() { activation(1) },
		"taken back":  func() { activation(2) },
		"once more":   func() { activation(3) },
		"paper":       func() { paper(w.partitionOf(laterCentre)) },
		"paper afar":  func() { paper((w.partitionOf(laterCentre) + 1) % w.parts) },
		"a new start": func() { w.restore(); w.boot() },
		"away": func() {
			for _, who := range []string{"Qa", "Qb", "Qc"} { // of several tasks
				w.sendGroup(who)
				w.send(&testkit.Feed{Topic: "obligation-changes", Key: who, Record: &duty.ObligationChange{ID: "o" + who, Version: 1, ReceivedAt: w.now,
					DecisionID: "d" + who, PersonID: who, Kind: duty.KindStay, Action: duty.ActionImpose, LegalBasis: duty.LegalBasisReturnAct132,
					CentreID: laterCentre, ServedAt: duty.Some(w.now), ValidFrom: w.now}})
				w.send(&testkit.Feed{Topic: duty.TopicCardEvents, Key: who, Record: &duty.CardEvent{ID: "row" + who, Version: 1, ReceivedAt: w.now,
					PersonID: duty.Some(who), CardID: "c" + who, CardType: duty.CardTypeBiometric, CentreID: laterCentre, DeviceID: laterCentre + "-carousel",
					DeviceType: duty.DeviceTypeCarousel, Kind: duty.CardEventKindPassage, Direction: duty.Some(duty.DirectionOut), Scan: duty.ScanComplete, OccurredAt: w.now}})
			}
			w.now += 3 * duty.Day
		},
	}
}

// Paper that cannot be read under the key of a centre holds the centre's units, whether
// the policy that names the centre comes before it or after, and whatever partition the
// paper lies in. Without it they are told.
func TestPaperOfALaterCentre(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		steps []string
		held  bool
	}{
		{[]string{"activation", "away"}, false},
		{[]string{"activation", "paper", "away"}, true},
		{[]string{"paper", "activation", "away"}, true},
		{[]string{"paper", "away", "activation"}, true},
		{[]string{"away", "paper", "activation"}, true},
		{[]string{"away", "activation", "paper"}, true},
		{[]string{"activation", "away", "paper"}, true},
		{[]string{"paper afar", "activation", "away"}, true},
		{[]string{"activation", "away", "paper afar"}, true},
		{[]string{"paper", "a new start", "activation", "away"}, true},
		{[]string{"activation", "away", "paper", "a new start"}, true},
		{[]string{"activation", "paper", "taken back", "once more", "away"}, true},
		{[]string{"paper", "taken back", "once more", "away"}, true},
	} {
		for seed := range uint64(4) {
			t.Run(fmt.Sprint(c.steps, seed), func(t *testing.T) {
				t.Parallel()
				w := newCoreWorld(t, seed, 3)
				step := laterSteps(w)
				w.boot()
				for _, name := range c.steps {
					step[name]()
					w.now += duty.Hour
					if seed%2 == 0 { // else they come at once
						w.rest()
					}
				}
				w.rest()
				indicated := 0
				for _, h := range w.histories() {
					if h[len(h)-1].Status == duty.StatusIndicated {
						indicated++
					}
				}
				if indicated > 0 == c.held {
					t.Errorf("%d units are indicated", indicated)
				}
				w.check()
				w.checkLetters()
			})
		}
	}
}

// What a dead letter holds is shown under the policies as they are: of paper the person
// of its key until a policy names a centre so, and of a centre's own record nobody.
func TestLettersOfALaterCentre(t *testing.T) {
	t.Parallel()
	w := newCoreWorld(t, 5, 3)
	step := laterSteps(w)
	w.boot()
	step["paper"]()
	w.broker.Append(broker.Partition{Topic: "incidents", Index: w.partitionOf(laterCentre)}, []byte(laterCentre), []byte{0xff, 0x00, 0xff})
	for _, c := range []struct {
		step         string
		paper, other centres.LetterHolds
		centre       string
	}{
		{"a new start", centres.HoldsPerson, centres.HoldsNobody, ""},
		{"activation", centres.HoldsCentre, centres.HoldsCentre, laterCentre},
		{"a new start", centres.HoldsCentre, centres.HoldsCentre, laterCentre},
		{"taken back", centres.HoldsPerson, centres.HoldsNobody, ""},
		{"once more", centres.HoldsCentre, centres.HoldsCentre, laterCentre},
	} {
		w.rest()
		step[c.step]()
		w.now += duty.Hour
		w.rest()
		d := w.letters()
		if d.Total != 2 || d.Open != 2 || len(d.Oldest) != 2 {
			t.Fatalf("%s: %+v", c.step, d)
		}
		for _, l := range d.Oldest {
			want := c.other
			if l.Topic == duty.TopicManualEntries {
				want = c.paper
			}
			if l.Holds != string(want) || l.Centre != c.centre {
				t.Errorf("%s: %+v", c.step, l)
			}
		}
		w.checkLetters()
	}
}
