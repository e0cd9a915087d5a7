package task

import (
	"math"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/centres"
	"tilsyn/engine/stream/telling"
)

// While a supervised feed is silent for longer than staleness.stop_after, nobody whom it covers is
// accused (REL-06, contract §6, Feed coverage). That is a brake on what is told, and no part of an
// outcome: the ledger says what the facts give, `replay` has no brake, and what clears somebody is
// told as always.

// brakeLook is how long a person waits, on the task's clock, whose revision was held for a silent
// feed: then it is looked at again.
const brakeLook = duty.Minute

// silentFeeds are the feeds that are silent at a clock.
func (t *Task) silentFeeds(at duty.Instant) []duty.FeedBeat { return SilentFeeds(t.picture, at) }

// SilentFeeds are the feeds of a picture that are silent at a clock.
func SilentFeeds(snap *centres.Picture, at duty.Instant) []duty.FeedBeat {
	if len(snap.Feeds) == 0 {
		return nil
	}
	return snap.InForce(at).Policy.SilentFeeds(snap.Feeds, at)
}

// brake removes the revisions that Brake holds at a clock. It returns how many there were.
func (t *Task) brake(revisions []duty.Violation, said []duty.Said, at duty.Instant) (may []duty.Violation, held int) {
	may = Brake(t.silentFeeds(at), revisions, said)
	return may, len(revisions) - len(may)
}

// Brake returns the revisions that may be told while feeds are silent: those milder than what was
// last told, and those about a centre that no silent feed covers. The list is reused.
func Brake(silent []duty.FeedBeat, revisions []duty.Violation, said []duty.Said) []duty.Violation {
	if len(silent) == 0 {
		return revisions
	}
	return slices.DeleteFunc(revisions, func(v duty.Violation) bool {
		return v.Status.Severity() >= telling.RankOfSaid(said, v.Kind, v.UnitDate) &&
			slices.ContainsFunc(silent, func(b duty.FeedBeat) bool { return b.Covers(v.CentreID) })
	})
}

// noteBraked counts the units of a person that the brake holds, beside those that the verdict does.
func (t *Task) noteBraked(p *person, res *duty.Result, braked int) {
	n := countHeld(res)
	n[heldByFeed] = uint16(min(braked, math.MaxUint16))
	t.noteHeld(p, n)
}
