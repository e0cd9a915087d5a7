package task

import (
	"errors"
	"fmt"

	"tilsyn/engine/stream/stored"
)

// CheckPolicy compares it with that of the last commit. A record of before has
// none and takes the present one on.
func (t *Task) CheckPolicy(last *stored.Progress) error {
	if now := t.centres.Snapshot().Base(); last.Base != "" && last.Base != now {
		return fmt.Errorf("task %d: digest %.12s…, was %.12s…: %w", t.At.Task, now, last.Base, ErrPolicy)
	}
	return nil
}

// Decision 0009. The policy of the settings counts as active since ever. So another one in its
// place would change the past: who is judged again would be told what the new
// policy says, harsher too (LIF-03, TX-22 want the mildest of all that were
// active), and who is not would keep what the old one said. What the old one was
// nobody knows any more. Nor would judging everybody anew do: a unit whose material
// fields stay gets no revision (contract §3), and names the old policy for ever.
// A new policy is brought into force by an activation on the topic `policies`,
// which leaves the old one where it was; another one in the settings is refused.

// ErrPolicy says that the policy of the settings is not the one that was judged
// with so far.
var ErrPolicy = errors.New("the policy of the settings is another one than before: give the one of before, and bring the new one into force with `tilsyn policy activate FILE`; an older tilsyn writes its built-in one with `tilsyn policy show --yaml`")
