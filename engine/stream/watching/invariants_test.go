package watching

import (
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/invariant"
)

// TestEveryInvariantFires breaks every invariant of what the owner says on purpose, after a word at 1000.
func TestEveryInvariantFires(t *testing.T) {
	if !invariant.Enabled() {
		t.Skip("benchmarks assert nothing")
	}
	opinion := func(incidents ...duty.AutomaticIncident) map[string]*Opinion {
		return map[string]*Opinion{"policy": {Incidents: incidents}}
	}
	silence := duty.AutomaticIncident{Incident: duty.Incident{IncidentID: "auto:silence:KH:KH-carousel:x", CentreID: "KH",
		From: 5, DeviceIDs: []string{"KH-carousel"}}}
	for _, c := range []struct {
		name, breaks string
		do           func(c *Coverage)
	}{
		{"an earlier clock", throughRises, func(c *Coverage) { c.Say(999, opinion(silence)) }},
		{"a chunk is missing", saidWhole, func(c *Coverage) { clear(c.chunks); c.mustBeWhole() }},
		{"another chunk", saidWhole, func(c *Coverage) {
			for k := range c.chunks {
				c.chunks[k] = emptyChunk
			}
			c.mustBeWhole()
		}},
		{"a chunk that no record ends", saidWhole, func(c *Coverage) { c.Take([]byte("C"), emptyChunk); c.mustBeWhole() }},
		{"the same clock", "", func(c *Coverage) { c.Say(1000, opinion(silence)) }},
		{"a later word", "", func(c *Coverage) { c.Say(1001, opinion()) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			said := NewCoverage()
			said.Say(1000, opinion(silence))
			if len(said.chunks) == 0 {
				t.Fatal("nothing was said")
			}
			defer func() {
				broken := ""
				if f, ok := recover().(*invariant.Failure); ok {
					broken = f.Name
				}
				if broken != c.breaks {
					t.Errorf("breaks %q, not %q", broken, c.breaks)
				}
			}()
			c.do(said)
		})
	}
}
