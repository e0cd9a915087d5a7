package task

import (
	"slices"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
)

// Data quality about facts of centres belongs to no person. The task that has the partition of
// a line's subject tells it, with the subject as its key, and closes it when it no longer
// holds. `replay` tells the same (duty.CentreQuality). All tasks have the same facts; each
// looks again when they, or the policy, have changed.

// maxCentreLines is how many of these lines one task keeps open, in the order of code, subject
// and start; the others are not told. It bounds a value of the state.
const maxCentreLines = 8192

// centreLines is what a task last made its lines from.
type centreLines struct {
	of     *duty.Centres
	policy *duty.Policy
	at     duty.Instant
	// whole is true if all facts were known at the clock, so that the lines cannot change
	// before the facts do.
	whole bool
}

// tellCentres tells this task's lines about centres if they may have changed. While facts are
// read that caught_up has not reached, it looks once a minute.
func (t *Task) tellCentres() error {
	now := t.at.CaughtUp
	if now == duty.Beginning {
		return nil
	}
	facts, p := t.centreFacts(), t.picture.InForce(now).Policy
	known := max(t.picture.AllKnown(), t.moved.paper.newest)
	l := &t.beside.centres
	whole := known <= now
	if l.of == facts && l.policy == p && (l.whole || !whole && now < l.at+duty.Minute) {
		return nil
	}
	var list []duty.DataQuality
	if whole && facts == t.picture.Centres {
		list = t.picture.QualityOf(p)
	} else {
		list = duty.CentreQuality(facts, p, now)
	}
	*l = centreLines{of: facts, policy: p, at: now, whole: whole}
	var own []sideLine
	for i := range list {
		q := &list[i]
		// Paper with a number that nobody can read is told by the task that has read it
		// (tellPaper).
		if q.Code != duty.DataQualityCodeUnknownPerson && t.partitionOf(q.Subject) == t.at.Task && len(own) < maxCentreLines {
			own = append(own, lineOfQuality(q))
		}
	}
	if len(own) == 0 { // make no entry in the store if there never were any lines
		if n, err := t.roster.find([]byte(casefile.CentresKey)); err != nil || n == noResident {
			return err
		}
	}
	who, err := t.person(casefile.CentresKey)
	if err != nil {
		return err
	}
	if err := t.tellLines(who, "", own, now, nil); err != nil {
		return err
	}
	t.forget(who)
	return nil
}

// ofCentres reports whether a line that was told under a key is one about centres.
func ofCentres(q *duty.DataQuality, key string) bool {
	detail := func(name string) string {
		for _, d := range q.Detail {
			if d.Name == name {
				return d.Value
			}
		}
		return ""
	}
	switch q.Code {
	case duty.DataQualityCodeWatchMissing:
		return true // of an older program: it is closed
	case duty.DataQualityCodeUnreadable:
		return duty.LostOfCentres(q)
	case duty.DataQualityCodeFactInvalid:
		if duty.LostOfCentres(q) {
			return true
		}
		topic := detail("topic")
		return slices.Contains(broker.CentreTopics, topic) || topic == duty.TopicManualEntries && q.Subject == key
	case duty.DataQualityCodeClockOffset:
		return detail("source_id") != "" || detail("centre_id") != ""
	}
	return false
}
