package casefile

import (
	"errors"

	"tilsyn/engine/duty"
)

// PolicyOf parses the policy of an activation and checks its digest; nil for a retraction.
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

// errOtherText says that the text of an activation does not match its digest.
var errOtherText = errors.New("its text is not the one that its digest is of")
