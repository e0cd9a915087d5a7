package task

import (
	"errors"
	"fmt"

	"tilsyn/engine/stream/stored"
)

// checkPolicy refuses a policy of the settings other than the one of the last commit. A record
// from before policies were recorded has none, and accepts the present one.
func (t *Task) checkPolicy(last *stored.Progress) error {
	if now := t.centres.Picture().Base(); last.Base != "" && last.Base != now {
		return fmt.Errorf("task %d: digest %.12s…, was %.12s…: %w", t.at.Task, now, last.Base, ErrPolicy)
	}
	return nil
}

// Decision 0009. The policy of the settings counts as active from the beginning, so another one
// in its place would change the past. Whoever is judged again would be told what the new policy
// says, even if that is harsher (LIF-03, TX-22 want the mildest of all that were active);
// whoever is not would keep what the old one said; and nobody would know any more what the old
// one was. Judging everybody anew would not do either: a unit whose material fields stay the
// same gets no revision (contract §3), and would name the old policy for ever. A new policy is
// brought into force by an activation on the topic `policies`, which leaves the old one in
// place. Another one in the settings is refused.

// ErrPolicy says that the policy of the settings is not the one used so far.
var ErrPolicy = errors.New("the policy of the settings is another one than before: give the one of before, " +
	"and bring the new one into force with `tilsyn policy activate FILE`; " +
	"an older tilsyn writes its built-in one with `tilsyn policy show --yaml`")
