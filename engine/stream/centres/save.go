package centres

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/register"
	"tilsyn/engine/stream/wire"
)

// Save writes the register to disk if that is due, in the background. With last it writes whenever
// anything came, and waits. A failure is logged and tried again when it is next due.
func (r *CentreReader) Save(last bool) {
	k := r.keep
	if k == nil || r.register.Log.File == nil || r.refusals > maxRefused || r.register.Damaged.Load() {
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
	end := r.register.Log.End()
	since := time.Since(k.tried)
	due := last || since >= k.cfg.Every || since >= keepSoonest && end-k.end >= max(keepBytes, k.end/keepPart)
	if !due || maps.Equal(k.saved, r.IdentityPositions()) {
		<-k.turn
		return
	}
	k.tried = time.Now()
	snap, err := r.keptNow()
	if err != nil {
		<-k.turn
		k.cfg.Log.Warn().Err(err).
			Msg("the register of links and cards is not written; what came since is read again at the next start")
		return
	}
	file, positions := r.register.Log.File, r.IdentityPositions()
	write := func() {
		defer func() { <-k.turn }()
		began := time.Now()
		err := file.Sync()
		if err == nil {
			err = register.WriteIndex(k.cfg.Dir, k.cfg.Vault, snap)
		}
		if err != nil {
			k.cfg.Log.Warn().Err(err).Msg("the register of links and cards is not written; " +
				"what came since is read again at the next start")
			return
		}
		k.saved, k.end = positions, end
		k.cfg.Log.Debug().Int("cards", snap.Head.Cards).Dur("took", time.Since(began)).
			Msg("register of links and cards written")
	}
	if last {
		write()
	} else {
		go write()
	}
}

// keptNow returns the index of the register as it is now. Its records have been written to the
// file but not synced; the table is a copy that stays as it is.
func (r *CentreReader) keptNow() (*register.Kept, error) {
	if err := r.register.Flush(); err != nil {
		return nil, err
	}
	h := register.KeptHead{Topics: r.keep.topics(), Schema: recordSchema(), Records: r.keep.records,
		Length:    r.register.Log.End(),
		Positions: r.IdentityPositions().Names(), Marks: map[string]broker.Mark{}, Newest: map[string]int64{},
		Assigned: map[string]register.KeptTouch{}, Refused: map[string][]int64{}}
	for p, m := range r.marks {
		if holdsIdentities(p) {
			h.Marks[p.Name()] = m
		}
	}
	for p, at := range r.per {
		if holdsIdentities(p) {
			h.Newest[p.Name()] = int64(at)
		}
	}
	for p, x := range r.assigned {
		h.Assigned[p.Name()] = register.KeptTouch{Offset: x.Offset, Known: int64(x.Known)}
	}
	for p, list := range r.refused {
		h.Refused[p.Name()] = slices.Clone(list)
	}
	h.Cards = r.register.Cards.N
	return &register.Kept{Head: h, Links: encodeLinks(r.register.Groups, r.touches), Cards: r.register.Cards.Copy()}, nil
}

// encodeLinks returns the groups of linked persons and the touches of all links.
func encodeLinks(groups map[string][]string, touches []Touch) []byte {
	var all, links wire.Writer
	n := 0
	for person, group := range groups {
		if person == group[0] {
			links.Texts(group)
			n++
		}
	}
	all.Uint(uint64(n))
	all.Bytes = append(all.Bytes, links.Bytes...)
	for i := range touches {
		if x := &touches[i]; x.Identity {
			all.Int(int64(x.At.Index))
			all.Int(x.Offset)
			all.Int(int64(x.Known))
			all.Text(x.Person)
		}
	}
	return all.Bytes
}

// decodeLinks reads what encodeLinks wrote.
func decodeLinks(b []byte) (map[string][]string, []Touch, error) {
	r := wire.Reader{Rest: b}
	groups := map[string][]string{}
	for range r.Count(1) {
		group := r.Texts()
		for _, p := range group {
			groups[p] = group
		}
	}
	var touches []Touch
	for r.Err == nil && len(r.Rest) > 0 {
		touches = append(touches,
			Touch{At: broker.Partition{Topic: duty.TopicIdentityLinks, Index: int32(r.Int())}, Offset: r.Int(),
				Known: duty.Instant(r.Int()), Person: r.Text(), Passive: true, Identity: true})
	}
	return groups, touches, r.End()
}

// Close writes the register a last time and closes it. Afterwards nobody may use the reader or its
// register.
func (r *CentreReader) Close() {
	k := r.keep
	if k == nil || r.register.Log.File == nil {
		return
	}
	r.Save(true)
	k.turn <- struct{}{} // one that was being written is over
	<-k.turn
	if err := r.register.Log.File.Close(); err != nil {
		k.cfg.Log.Warn().Err(err).Msg("the records of the register were not closed cleanly")
	}
}

// mend rebuilds the register from the topics if its file turned out to be damaged. Tasks that ask
// meanwhile get an error and restart their cycle; none continues without an answer.
func (r *CentreReader) mend(ctx context.Context) error {
	if r.keep == nil || !r.register.Damaged.Load() {
		return nil
	}
	k := r.keep
	k.turn <- struct{}{}
	defer func() { <-k.turn }()
	old := r.register.Log.File
	k.putAside(register.ErrRecordLog)
	fresh := register.NewRegister()
	r.refused, r.refusals = map[broker.Partition][]int64{}, 0
	r.keepAnew(fresh)
	from := broker.Offsets{}
	for p := range r.IdentityPositions() {
		from[p] = r.from[p]
	}
	err := r.scan().Each(ctx, from, r.IdentityPositions(), func(rec *broker.Record) error {
		if rec.Topic == duty.TopicCardAssignments {
			r.fileAssignment(fresh, rec)
		} else {
			r.fileLink(fresh, rec)
		}
		return nil
	})
	if err != nil {
		if f := fresh.Log.File; f != nil {
			err = errors.Join(err, f.Close())
		}
		return fmt.Errorf("build the register of links and cards again: %w", err)
	}
	r.register.Replace(fresh)
	return old.Close()
}
