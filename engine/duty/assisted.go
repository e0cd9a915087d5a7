package duty

import (
	"cmp"
	"slices"
)

// assistEntry is an entry of the assisted-passage log without a matching row (PAS-09, RD-28).
type assistEntry struct {
	key       *Known[ManualEntry] // the entry
	at        Instant
	direction Direction
}

// removeAssisted removes passages that were registered only to unlock a card (PAS-07, PAS-08):
// each entry removes the nearest passage of its direction within the limit, nearest pairs first
// (PAS-09).
func removeAssisted(list []passage, entries []*Known[ManualEntry],
	withinMinutes int) (left, removed []passage, unmatched []assistEntry) {
	type match struct {
		entry, passage int
		apart          int64
	}
	var logs []*Known[ManualEntry]
	for _, k := range entries {
		if k.Fact.unlocks() {
			logs = append(logs, k)
		}
	}
	if len(logs) == 0 {
		return list, nil, nil
	}
	var matches []match
	reach := reachOf(list)
	for i, k := range logs {
		l, _ := parseLocal(k.Fact.LocalTime)
		from, to := nearby(list, Span{l.early, l.late}, reach, withinMinutes)
		for j := from; j < to; j++ {
			if list[j].paper || list[j].direction != k.Fact.Direction.V {
				continue
			}
			if apart := nearest(list[j].times, l); apart <= int64(withinMinutes)*int64(Minute) {
				matches = append(matches, match{i, j, apart})
			}
		}
	}
	slices.SortStableFunc(matches, func(a, b match) int {
		return cmp.Or(cmp.Compare(a.apart, b.apart), cmp.Compare(list[a.passage].at, list[b.passage].at))
	})
	takenEntry, takenPassage := make([]bool, len(logs)), make([]bool, len(list))
	for _, m := range matches {
		if !takenEntry[m.entry] && !takenPassage[m.passage] {
			takenEntry[m.entry], takenPassage[m.passage] = true, true
		}
	}
	for j := range list {
		if takenPassage[j] {
			removed = append(removed, list[j])
		} else {
			left = append(left, list[j])
		}
	}
	for i, k := range logs {
		if !takenEntry[i] {
			l, _ := parseLocal(k.Fact.LocalTime)
			unmatched = append(unmatched, assistEntry{k, l.early, k.Fact.Direction.V})
		}
	}
	return left, removed, unmatched
}

// nearest returns the smallest distance in ms, in whole minutes, between a paper time in its more
// favourable reading and any of several rows (RD-15).
func nearest(times []Instant, l localTime) int64 {
	best := int64(Forever)
	for _, t := range times {
		best = min(best, minutesApart(t, l.early)*int64(Minute), minutesApart(t, l.late)*int64(Minute))
	}
	return best
}
