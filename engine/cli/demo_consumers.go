package cli

import (
	"cmp"
	"fmt"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/recall"
	"tilsyn/engine/simulate"
)

// demoConsumers play those who read the records: each acknowledges what is taken back,
// one an hour after the other.
type demoConsumers struct {
	names []duty.ConsumerSpan
	// persons are what was told of each person, and what was acknowledged by now.
	persons map[string]*recall.Person
	// waiting are acknowledgements to come, ascending by time.
	waiting []duty.Acknowledgement
	made    int
}

// hear takes a revision in. What is taken back at now is acknowledged later.
func (c *demoConsumers) hear(v *duty.Violation, now duty.Instant) {
	p := c.persons[v.PersonID]
	if p == nil {
		p = &recall.Person{PersonID: v.PersonID}
		if c.persons == nil {
			c.persons = map[string]*recall.Person{}
		}
		c.persons[v.PersonID] = p
	}
	i := slices.IndexFunc(p.Units, func(u recall.Unit) bool { return u.UnitID == v.UnitID })
	if i < 0 {
		i = len(p.Units)
		p.Units = append(p.Units, recall.Unit{UnitID: v.UnitID})
	}
	p.Units[i].Revisions = append(p.Units[i].Revisions, recall.RevisionOf(v))
	if !v.CauseID.OK {
		return
	}
	for n, who := range c.names {
		c.made++
		at := now + duty.Instant(n+1)*demoStep
		c.waiting = append(c.waiting, duty.Acknowledgement{
			ID: fmt.Sprintf("ak-%07d", c.made), Version: 1, ReceivedAt: at, Consumer: who.Name, UnitID: v.UnitID,
			Revision: v.Revision, PersonID: v.PersonID, At: at,
		})
	}
	slices.SortStableFunc(c.waiting, func(a, b duty.Acknowledgement) int {
		return cmp.Compare(a.ReceivedAt, b.ReceivedAt)
	})
}

// until returns the acknowledgements that are known by an instant and were not before.
func (c *demoConsumers) until(now duty.Instant) []simulate.Fact {
	var out []simulate.Fact
	for len(c.waiting) > 0 && c.waiting[0].ReceivedAt <= now {
		a := c.waiting[0]
		c.waiting = c.waiting[1:]
		p := c.persons[a.PersonID]
		p.Acknowledgements = append(p.Acknowledgements, duty.Known[duty.Acknowledgement]{Fact: a, At: a.ReceivedAt})
		out = append(out, simulate.Fact{
			Topic: duty.TopicAcknowledgements, Key: a.PersonID, Record: &a, ReceivedAt: a.ReceivedAt,
		})
	}
	return out
}

// recall returns what a cause took back, and who has acknowledged it by an instant.
func (c *demoConsumers) recall(causeID string, at duty.Instant) (r duty.Recall, ok bool) {
	var sum recall.Part
	for _, p := range c.persons { //house:order-free shares of persons are added up
		parts, _ := recall.Fold(*p, c.names, recall.Clock{At: at, Overdue: duty.Forever})
		for _, x := range parts {
			switch {
			case x.CauseID != causeID:
			case ok:
				sum = recall.Merge(sum, x)
			default:
				sum, ok = x, true
			}
		}
	}
	return sum.Recall(), ok
}
