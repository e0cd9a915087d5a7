package centres

import (
	"errors"

	"tilsyn/engine/duty"
)

// PolicyOf reads the policy of an activation; nil for a version that takes it back.
func PolicyOf(a *duty.PolicyActivation, parse func(text string) (*duty.Policy, error)) (*duty.Policy, error) {
	if a.Retracted {
		return nil, nil
	}
	p, err := parse(a.Text)
	if err == nil && p.Digest != a.Digest {
		err = errOtherText
	}
	return p, err
}

// errOtherText says that an activation was changed on its way.
var errOtherText = errors.New("its text is not the one that its digest is of")

// Why an activation that can be used brings no policy into force (contract §1).
var (
	ErrPolicyRetracted = errors.New("taken back")
	ErrPolicyReplaced  = errors.New("another version of it counts")
)
