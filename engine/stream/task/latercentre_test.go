package task

import (
	"errors"
	"slices"
	"strings"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
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

// laterCentre is a centre that only the policy of withLaterCentre has.
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
