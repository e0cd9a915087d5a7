package integration

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"
)

// agreeWithin is how long the engines may take to say what replay says, once
// nothing is wrong any more and no new facts come: a dead instance must be
// noticed, its tasks recovered, transactions of the dead ended.
const agreeWithin = 2 * time.Minute

// check requires, while no new facts come: every acknowledged fact is there, no revision is gone,
// histories are sound, and what was said is what replay says.
func (c *campaign) check(t *testing.T) {
	t.Helper()
	c.checks++
	began := time.Now()
	inSync(t, c.cluster)
	input := c.inputs(t)
	if n := bytes.Count(input, []byte("\n")); n != c.feed.sent {
		t.Errorf("step %d: %d facts were acknowledged, tail prints %d", c.steps, c.feed.sent, n)
		return
	}
	if c.checks%rereadEvery == 0 && len(c.records) < rereadMost {
		c.records, c.next = nil, map[int32]int64{}
	}
	read, looks := time.Since(began), 0
	for {
		looks++
		for _, e := range c.engines {
			e.reviveNow(t)
		}
		now := time.Now()
		live := c.heard(t)
		if t.Failed() {
			return
		}
		told, counted := c.replay(t, input, now)
		diff := append(differences(live, told), summaryDifferences(c.summaries(t), counted)...)
		if len(diff) == 0 {
			break
		}
		if now.Sub(began) > agreeWithin {
			t.Errorf("step %d: run and replay differ in %d places after %s:\n%s", c.steps, len(diff),
				agreeWithin, strings.Join(diff[:min(len(diff), 10)], "\n"))
			return
		}
		time.Sleep(time.Second)
	}
	c.engines[c.checks%len(c.engines)].backup(t)
	for _, e := range c.engines {
		e.pages(t)
	}
	t.Logf("step %d: agreed after %s, of which %s to read the inputs, at look %d; %d facts, %d revisions of %d units",
		c.steps, time.Since(began).Round(100*time.Millisecond), read.Round(100*time.Millisecond), looks,
		c.feed.sent, len(c.records), len(c.told))
}

// rereadEvery is after how many checks all violations are read again, as long as
// they are not more than rereadMost; else only what is new.
const (
	rereadEvery = 10
	rereadMost  = 30_000
)

// heard reads the violations with the foreign client and requires sound histories. Every history
// must begin with what it was at the check before.
func (c *campaign) heard(t *testing.T) map[string][]violation {
	t.Helper()
	for _, r := range c.saidFrom(t, c.next) {
		if next, ok := c.next[r.Partition]; ok && r.Offset < next {
			t.Errorf("step %d: partition %d offset %d is read after %d", c.steps, r.Partition, r.Offset, next-1)
		}
		c.records = append(c.records, r)
		c.next[r.Partition] = r.Offset + 1
	}
	live := histories(t, c.records, partitions)
	told := map[string][]string{}
	for id, h := range live {
		for _, v := range h {
			told[id] = append(told[id], v.text("digest"))
		}
	}
	for id, before := range c.told {
		if now := told[id]; len(now) < len(before) || !slices.Equal(now[:len(before)], before) {
			t.Errorf("step %d: unit %s had %d revisions and now has %d, or others", c.steps, id, len(before), len(now))
		}
	}
	c.told = told
	return live
}
