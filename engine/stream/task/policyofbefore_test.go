package task

import (
	"strings"
	"testing"
)

// A record of progress of an older version names no policy of the settings: the present policy is
// recorded, and other policies are refused from then on.
func TestPolicyOfBefore(t *testing.T) {
	s := clocked(t)
	task := s.cycles(4)
	if task.at.Base != s.policy.Digest {
		t.Fatalf("base %q", task.at.Base)
	}
	old := task.at
	old.Base = ""
	if err := task.checkPolicy(&old); err != nil {
		t.Error(err)
	}
	old.Base = "another"
	if err := task.checkPolicy(&old); err == nil || !strings.Contains(err.Error(), "policy activate") {
		t.Error(err)
	}
}
