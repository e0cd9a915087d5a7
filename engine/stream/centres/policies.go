package centres

import "errors"

// Why a usable activation brings no policy into force (contract §1).
var (
	ErrPolicyRetracted = errors.New("taken back")
	ErrPolicyReplaced  = errors.New("another version of it counts")
)
