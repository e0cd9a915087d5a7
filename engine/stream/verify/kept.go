package verify

import (
	"context"
	"maps"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/watching"
)

// kept is what a look leaves to the next one, so that it reads only what is new. It is of use as long as the logs are
// those that were read; else the next look starts from nothing.
type kept struct {
	parts    int32
	trust    bool
	at       duty.Instant
	packs    map[int32]*packs
	gathered *gathered
	logs     logsThere
}

// logsThere says which logs there are: those that something is kept of.
type logsThere struct {
	topics       map[string]broker.TopicState
	starts, ends broker.Offsets
}

// logsThere asks which logs there are, before any of them is read. It asks nothing where nothing is kept.
func (v *verifier) logsThere(ctx context.Context) (l logsThere, err error) {
	if v.keep == nil {
		return l, nil
	}
	parts := slices.Clone(v.centres)
	for part := range v.parts {
		parts = append(parts, broker.FactsOf(part)...)
	}
	slices.SortFunc(parts, broker.ComparePartitions)
	parts = slices.Compact(parts) // some topics are both
	if l.topics, err = v.broker.Topics(ctx); err != nil {
		return l, err
	}
	if l.starts, err = v.broker.Ends(ctx, parts, broker.LogStart); err != nil {
		return l, err
	}
	l.ends, err = v.broker.Ends(ctx, parts, broker.LastStable)
	return l, err
}

// resume goes on from what an earlier look kept, or begins to keep, at a clock, with the facts of centres that were
// read.
func (v *verifier) resume(logs logsThere, centres *watching.CentreFacts, at duty.Instant) {
	k := v.keep
	if k == nil {
		return
	}
	if k.gathered == nil || k.parts != v.parts || k.trust != v.trust || at < k.at || !k.goesOn(logs) ||
		!k.gathered.hasCentres(centres) {
		*k = kept{parts: v.parts, trust: v.trust, packs: map[int32]*packs{}, gathered: newGathered(true)}
	}
	k.at, k.logs = at, logs
	v.gathered = k.gathered
}

// goesOn reports whether the logs are those that were read, and nothing was deleted from them.
func (k *kept) goesOn(now logsThere) bool {
	if !maps.Equal(k.logs.starts, now.starts) {
		return false
	}
	for p := range now.starts { //house:order-free each is for itself
		was, is := k.logs.topics[p.Topic], now.topics[p.Topic]
		_, known := is.EpochOf(p.Index)
		same := known && is.ID != "" && is.ID == was.ID && slices.Equal(is.Epochs, was.Epochs)
		if !same || now.ends[p] < k.gathered.centres[p] {
			return false
		}
	}
	for _, of := range k.packs { //house:order-free each is for itself
		for p, n := range of.next { //house:order-free each is for itself
			if now.ends[p] < n {
				return false
			}
		}
	}
	return true
}

// What a look keeps in memory, roughly: of each fact, of each card row for the watch, of a version of a fact that
// others may have, and of the pairs of a person; of names it keeps so much for each fact, up to a constant
// (BenchmarkLook).
const (
	bytesOfFact    = 60
	bytesOfRow     = 100
	bytesOfVersion = 700
	bytesOfPairs   = 200
	bytesOfName    = 500
	mostOfNames    = 20 << 20
)

// LookNeeds is roughly how much memory a look takes for so many facts of persons, of which so many are card rows.
func LookNeeds(facts, rows int64) int64 {
	return bytesOfFact*facts + bytesOfRow*rows + min(bytesOfName*facts, mostOfNames)
}

// bytes is roughly how much memory it takes.
func (k *kept) bytes() (n int64) {
	for _, p := range k.packs { //house:order-free a sum
		n += p.bytes
	}
	if k.gathered != nil {
		n += k.gathered.bytes()
	}
	return n
}
