package topics

import (
	"slices"
	"time"
)

// How often within what time a member that is fenced joins again as the newest
// process of its instance.
const (
	maxRetakes   = 4
	retakeWithin = time.Minute
)

// retake answers FENCED_INSTANCE_ID. Mostly nobody else is there: the answer to a
// JoinGroup was lost with its connection, the member asked again, and the group
// took the two requests, in the order in which its coordinator came to them, for
// two processes (KIP-345 gives each an id of its own). So the member joins again
// without an id, which makes it the newest. Where really two processes have one
// instance id they take it from each other in turn; the first one that has done
// so too often is told that it is fenced, and the other one goes on.
func (m *Member) retake(e *CodeError) error {
	now := time.Now()
	m.retaken = slices.DeleteFunc(m.retaken, func(at time.Time) bool { return now.Sub(at) > retakeWithin })
	if len(m.retaken) >= maxRetakes {
		return e
	}
	m.retaken = append(m.retaken, now)
	m.now.MemberID = ""
	e.class = ErrRebalance
	return e
}
