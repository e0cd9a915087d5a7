package duty

import (
	"cmp"
	"slices"
)

// Activation is a record of the topic policies together with the policy in its text.
type Activation struct {
	Record Known[PolicyActivation]
	// Policy is nil for a version that retracts the activation: its text is not read.
	Policy *Policy
}

func (v *PolicyActivation) head() (string, int64, bool) { return v.ID, v.Version, v.Retracted }

// ActivePolicies returns the policies of base and those that the activations known at t bring into
// force, sorted by the time at which they do: the instant that a record names, or when it became
// known if that is later. Of the versions of one id the highest counts, and a retracted one brings
// none (contract §1). The result may hold policies that come into force after t.
func ActivePolicies(base []ActivePolicy, list []Activation, t Instant) []ActivePolicy {
	sorted := slices.Clone(list)
	slices.SortFunc(sorted, func(a, b Activation) int { return compareVersions(&a.Record, &b.Record) })
	out := slices.Clone(base)
	decided, some := "", false
	for i := range sorted {
		k := &sorted[i].Record
		if k.At > t || some && k.Fact.ID == decided {
			continue
		}
		decided, some = k.Fact.ID, true
		if !k.Fact.Retracted {
			out = append(out, ActivePolicy{From: max(k.Fact.ActivatedAt, k.At), Policy: sorted[i].Policy})
		}
	}
	slices.SortStableFunc(out, func(a, b ActivePolicy) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.Policy.Digest, b.Policy.Digest))
	})
	return slices.CompactFunc(out, func(a, b ActivePolicy) bool {
		return a.From == b.From && a.Policy.Digest == b.Policy.Digest
	})
}
