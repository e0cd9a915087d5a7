package stream

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"tilsyn/engine/duty"
)

// save writes the register down where that is due, beside the reader's own work;
// with last it does so whenever something came, and waits. What fails is logged,
// and tried again when it is next due.
func (r *CentreReader) save(last bool) {
	k := r.keep
	if k == nil || r.joins.log.file == nil || r.refusals > maxRefused || r.joins.damaged.Load() {
		return
	}
	if last {
		k.turn <- struct{}{}
	} else {
		select {
		case k.turn <- struct{}{}:
		default:
			return
		}
	}
	end := r.joins.log.end()
	since := time.Since(k.tried)
	due := last || since >= k.cfg.Every || since >= keepSoonest && end-k.end >= max(keepBytes, k.end/keepPart)
	if !due || maps.Equal(k.saved, r.joinPositions()) {
		<-k.turn
		return
	}
	k.tried = time.Now()
	snap, err := r.keptNow()
	if err != nil {
		<-k.turn
		k.cfg.Log.Warn().Err(err).Msg("the register of links and cards is not written; what came since is read again at the next start")
		return
	}
	file, positions := r.joins.log.file, r.joinPositions()
	write := func() {
		defer func() { <-k.turn }()
		began := time.Now()
		err := file.Sync()
		if err == nil {
			err = writeIndex(k.cfg.Dir, snap)
		}
		if err != nil {
			k.cfg.Log.Warn().Err(err).Msg("the register of links and cards is not written; what came since is read again at the next start")
			return
		}
		k.saved, k.end = positions, end
		k.cfg.Log.Debug().Int("cards", snap.head.Cards).Dur("took", time.Since(began)).Msg("register of links and cards written")
	}
	if last {
		write()
	} else {
		go write()
	}
}

// keptNow is the register as it is now. The records are in the file when it
// returns, though not on the disk yet; the table is a copy that stays.
func (r *CentreReader) keptNow() (*kept, error) {
	if err := r.joins.flush(); err != nil {
		return nil, err
	}
	h := keptHead{Topics: r.keep.topics(), Schema: recordSchema(), Records: r.keep.records, Length: r.joins.log.end(),
		Positions: r.joinPositions().names(), Marks: map[string]Mark{}, Newest: map[string]int64{}, Assigned: map[string]keptTouch{}, Refused: map[string][]int64{}}
	for p, m := range r.marks {
		if isJoin(p) {
			h.Marks[p.name()] = m
		}
	}
	for p, at := range r.per {
		if isJoin(p) {
			h.Newest[p.name()] = int64(at)
		}
	}
	for p, x := range r.assigned {
		h.Assigned[p.name()] = keptTouch{Offset: x.offset, Known: int64(x.known)}
	}
	for p, list := range r.refused {
		h.Refused[p.name()] = slices.Clone(list)
	}
	h.Cards = r.joins.cards.n
	return &kept{head: h, links: encodeLinks(r.joins.groups, r.touches), cards: r.joins.cards.copy()}, nil
}

// encodeLinks is who is linked with whom, and the touches of all links.
func encodeLinks(groups map[string][]string, touches []touch) []byte {
	var all, links writer
	n := 0
	for person, group := range groups {
		if person == group[0] {
			links.strings(group)
			n++
		}
	}
	all.uint(uint64(n))
	all.b = append(all.b, links.b...)
	for i := range touches {
		if x := &touches[i]; x.joins {
			all.int(int64(x.at.Index))
			all.int(x.offset)
			all.int(int64(x.known))
			all.string(x.person)
		}
	}
	return all.b
}

func decodeLinks(b []byte) (map[string][]string, []touch, error) {
	r := reader{b: b}
	groups := map[string][]string{}
	for range r.count(1) {
		group := r.strings()
		for _, p := range group {
			groups[p] = group
		}
	}
	var touches []touch
	for r.err == nil && len(r.b) > 0 {
		touches = append(touches, touch{at: Partition{Topic: topicIdentityLinks, Index: int32(r.int())}, offset: r.int(),
			known: duty.Instant(r.int()), person: r.string(), quiet: true, joins: true})
	}
	return groups, touches, r.end()
}

// Close writes the register down a last time. Nobody may read from the reader or
// ask its register afterwards.
func (r *CentreReader) Close() {
	k := r.keep
	if k == nil || r.joins.log.file == nil {
		return
	}
	r.save(true)
	k.turn <- struct{}{} // one that was being written is over
	<-k.turn
	if err := r.joins.log.file.Close(); err != nil {
		k.cfg.Log.Warn().Err(err).Msg("the records of the register were not closed cleanly")
	}
}

// mend builds the register again from the topics where its file turned out not to
// hold what was written. Tasks that ask meanwhile get an error and begin their
// cycle again; none goes on without an answer.
func (r *CentreReader) mend(ctx context.Context) error {
	if r.keep == nil || !r.joins.damaged.Load() {
		return nil
	}
	k := r.keep
	k.turn <- struct{}{}
	defer func() { <-k.turn }()
	old := r.joins.log.file
	k.putAside(errRecordLog)
	fresh := newRegister()
	r.refused, r.refusals = map[Partition][]int64{}, 0
	r.keepAnew(fresh)
	from := Offsets{}
	for p := range r.joinPositions() {
		from[p] = r.from[p]
	}
	err := r.scan().each(ctx, from, r.joinPositions(), func(rec *Record) error {
		if rec.Topic == topicCardAssignments {
			r.fileAssignment(fresh, rec)
		} else {
			r.fileLink(fresh, rec)
		}
		return nil
	})
	if err != nil {
		if f := fresh.log.file; f != nil {
			err = errors.Join(err, f.Close())
		}
		return fmt.Errorf("build the register of links and cards again: %w", err)
	}
	r.joins.replace(fresh)
	return old.Close()
}
