package bed_test

import (
	"testing"

	"tilsyn/bench/internal/bed"
	"tilsyn/engine/duty"
)

func TestAgainst(t *testing.T) {
	truth := map[string]bool{"a": true, "b": true}
	for name, s := range map[string]bed.Seen{
		"one is missing":       {First: map[string]duty.Status{"a": duty.StatusIndicated}},
		"one too many":         {First: map[string]duty.Status{"a": duty.StatusIndicated, "b": duty.StatusIndicated, "c": duty.StatusIndicated}},
		"first for review":     {First: map[string]duty.Status{"a": duty.StatusIndicated, "b": duty.StatusNeedsReview}},
		"a revision is absent": {First: map[string]duty.Status{"a": duty.StatusIndicated, "b": duty.StatusIndicated}, Gaps: 1},
	} {
		if s.Against(truth) == nil {
			t.Errorf("%s: the run counts", name)
		}
	}
	good := bed.Seen{First: map[string]duty.Status{"a": duty.StatusIndicated, "b": duty.StatusIndicated}, Later: 3}
	if err := good.Against(truth); err != nil {
		t.Error(err)
	}
}

func TestNumber(t *testing.T) {
	for want, x := range map[string]float64{"0": 0, "0.25": 0.25, "12.3": 12.34, "999.0": 999, "1,234": 1234,
		"12,345,678": 12345678} {
		if got := bed.Number(x); got != want {
			t.Errorf("%v is written %q, want %q", x, got, want)
		}
	}
}
