package task

import (
	"errors"
	"slices"
	"testing"
)

// Laps follow each other within their cycle, idle cycles are not told of, and there is a bound.
func TestLaps(t *testing.T) {
	var told []Cycle
	l := laps{tell: func(c *Cycle) {
		copied := *c
		copied.Laps = slices.Clone(c.Laps)
		told = append(told, copied)
	}}
	l.begin(3)
	l.lap(LapFetch, 0)
	l.end(false, nil)
	if len(told) != 0 {
		t.Errorf("told of an idle cycle: %+v", told)
	}
	l.begin(3)
	for range mostLaps {
		l.lap(LapFetch, 2)
		l.pause()
		l.lap(LapFile, 2)
	}
	l.lap(LapCommit, 0)
	l.end(true, nil)
	l.begin(3)
	l.lap(LapJudge, 1)
	l.end(false, errors.New("broken"))
	if len(told) != 2 || told[0].Failed || !told[1].Failed || told[0].Task != 3 || len(told[1].Laps) != 1 {
		t.Fatalf("%+v", told)
	}
	c := told[0]
	sum, last := 0, c.Laps[0].Began
	for _, x := range c.Laps {
		if x.Began.Before(c.Began) || x.Ended.After(c.Ended) || x.Ended.Before(x.Began) || x.Began.Before(last) {
			t.Errorf("%+v lies outside %s to %s, or before the one before", x, c.Began, c.Ended)
		}
		sum, last = sum+x.Count, x.Began
	}
	if sum != 4*mostLaps || len(c.Laps) != mostLaps+1 || c.Laps[mostLaps].Name != LapCommit {
		t.Errorf("%d laps with %d records", len(c.Laps), sum)
	}
}

// Where nobody is told, laps cost nothing.
func TestNoLapsCostNothing(t *testing.T) {
	var l laps
	if n := testing.AllocsPerRun(100, func() {
		l.begin(1)
		l.lap(LapFetch, 5)
		l.pause()
		l.end(true, nil)
	}); n != 0 || !l.cycle.Began.IsZero() || !l.mark.IsZero() {
		t.Errorf("%v allocations, or a clock was asked: %+v", n, l)
	}
}
