package testkit

import (
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/stream/stored"
)

// Feed is one record that comes into the log at a time.
type Feed struct {
	At    duty.Instant
	Topic string
	Key   string
	// Record is nil for bytes that cannot be read.
	Record any
	// Broken is true for a record of which the end is missing: its id can be read, the
	// rest cannot.
	Broken bool
}

// DayOfInstant is the day of the model's law, which knows no time zones.
func DayOfInstant(t duty.Instant) duty.Date {
	return duty.Date(stored.FloorDiv(int64(t), int64(ModelDay)))
}

// ModelDay is the length of a day of the model's law.
const ModelDay = duty.Day

// MustPolicy reads a policy file that a test has written.
func MustPolicy(t *testing.T, text string) *duty.Policy {
	t.Helper()
	p, err := policy.Load("test.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}
