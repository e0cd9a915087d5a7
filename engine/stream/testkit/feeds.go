package testkit

import (
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/stream/stored"
)

// Feed is one record to be written to a topic at a time.
type Feed struct {
	At    duty.Instant
	Topic string
	Key   string
	// Record is nil for bytes that cannot be read.
	Record any
	// Broken cuts the record short, so that its id can be read but the rest cannot.
	Broken bool
}

// DayOfInstant returns the day in the model's law, which knows no time zones.
func DayOfInstant(t duty.Instant) duty.Date {
	return duty.Date(stored.FloorDiv(int64(t), int64(ModelDay)))
}

// ModelDay is the length of a day in the model's law.
const ModelDay = duty.Day

// MustPolicy parses the text of a policy file.
func MustPolicy(t *testing.T, text string) *duty.Policy {
	t.Helper()
	p, err := policy.Load("test.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}
