package topics

import (
	"slices"
	"time"
)

// How often within which time a fenced member rejoins as the newest process of its instance.
const (
	maxRetakes   = 4
	retakeWithin = time.Minute
)

// retake handles FENCED_INSTANCE_ID. Usually there is no other process: the answer to a JoinGroup
// was lost with its connection, the member asked again, and the group took the two requests for
// two processes (KIP-345 gives each its own id). So the member rejoins without an id, which makes
// it the newest. If two processes really share one instance id, they take it from each other in
// turn; the first that has done so too often is told that it is fenced, and the other continues. Only what a
// member had is taken from it: a coordinator that forgets its members before they have their share, as one does
// whose state is behind its log, fences them again and again, and is waited for.
func (m *Member) retake(e *CodeError) error {
	e.class = ErrRebalance
	m.now.MemberID = ""
	if !m.sharing {
		return e
	}
	now := time.Now()
	m.retaken = slices.DeleteFunc(m.retaken, func(at time.Time) bool { return now.Sub(at) > retakeWithin })
	if len(m.retaken) >= maxRetakes {
		e.class = ErrFenced
		return e
	}
	m.sharing, m.retaken = false, append(m.retaken, now)
	return e
}
