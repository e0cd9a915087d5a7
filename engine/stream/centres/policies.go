package centres

import (
	"crypto/sha256"
	"errors"
	"slices"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
)

// Why a usable activation brings no policy into force (contract §1).
var (
	ErrPolicyRetracted = errors.New("taken back")
	ErrPolicyReplaced  = errors.New("another version of it counts")
)

// activate takes in a version of a policy activation, and reports whether the active policies
// change. An unusable text changes nothing.
func (r *CentreReader) activate(a *duty.PolicyActivation, at duty.Instant) bool {
	p, err := casefile.PolicyOf(a, r.parse)
	if err != nil {
		r.refusePolicy(a, err)
		return false
	}
	r.activations = append(r.activations,
		duty.Activation{Record: duty.Known[duty.PolicyActivation]{Fact: *a, At: at}, Policy: p})
	r.stale = true // it may know sources whose heartbeats no snapshot has
	before := r.active
	r.active = duty.ActivePolicies(r.base, r.activations, duty.Forever)
	r.placeLetters()
	return !slices.EqualFunc(before, r.active, func(x, y duty.ActivePolicy) bool {
		return x.From == y.From && x.Policy.Digest == y.Policy.Digest
	})
}

// refusePolicy counts and reports an unusable activation once. The same record written again, as a
// producer without an answer does, is the same fault.
func (r *CentreReader) refusePolicy(a *duty.PolicyActivation, why error) {
	value, err := r.codec.Encode(duty.TopicPolicies, a)
	of := sha256.Sum256(value)
	if err == nil && r.unusables[of] {
		return
	}
	if r.unusables == nil {
		r.unusables = map[[sha256.Size]byte]bool{}
	}
	r.unusables[of] = true
	r.Refused.Add(1)
	if r.unusable != nil {
		r.unusable(a, why)
	}
}
