package main

import (
	"strings"
	"testing"

	"tilsyn/bench/internal/bed"
)

// TestCompared: the ratio of each pair is taken, and of an even number the mean of the middle two is the median.
func TestCompared(t *testing.T) {
	var own, peers []*bed.Figures
	for _, x := range []struct{ own, peer float64 }{{400, 100}, {300, 100}, {900, 100}, {200, 100}} {
		e, p := &bed.Figures{}, &bed.Figures{}
		e.Add("engine", "CPU s of the broker", x.own)
		p.Add("streams", "CPU s of the broker", x.peer)
		own, peers = append(own, e), append(peers, p)
	}
	if got := compared(own, peers); !strings.Contains(got, "| CPU s of the broker | 3.50 | 2.00–9.00 |") {
		t.Errorf("compared as %s", got)
	}
}

// TestPeerAgainst: the nights of the peer count only if they are the truth, each once.
func TestPeerAgainst(t *testing.T) {
	truth := map[string]bool{"a": true, "b": true}
	for name, p := range map[string]*peer{
		"one is missing": {units: map[string]int{"a": 1}},
		"one too many":   {units: map[string]int{"a": 1, "b": 1, "c": 1}},
		"one twice":      {units: map[string]int{"a": 1, "b": 2}},
		"no night":       {units: map[string]int{"a": 1, "b": 1}, odd: 1},
	} {
		if p.against(truth) == nil {
			t.Errorf("%s: the run counts", name)
		}
	}
	if err := (&peer{units: map[string]int{"a": 1, "b": 1}}).against(truth); err != nil {
		t.Error(err)
	}
}
