package task

import (
	"encoding/binary"
	"maps"
	"math"
	"slices"
	"strings"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/claims"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/wire"
	"tilsyn/schemas"
	"tilsyn/state"
)

// A name that is claimed for two keys is contested (package claims, decision 0020). The task that
// finds it tells all tasks, in the transaction that moves its positions. Each task remembers
// the name and walks over its persons: if a fact of theirs has it, all versions of that fact
// under its own key travel, like versions that name somebody else (moved.go). So does every
// version read later. Everybody who has the fact then has all its versions, and the core
// chooses between them.

// examine looks for names claimed for two keys, in all shards with new claims. A pass that does
// not fit into the cycle goes on in the next.
func (t *Task) examine() error {
	w := claims.When{
		Soon: t.unexamined, All: t.watermark.ReadAll(), Mark: t.watermark.ReadMark(),
		Virtual: t.clock.Virtual(), MarkEvery: t.limits.MarkEvery,
	}
	if !t.claims.Begin(w, t.wall(), t.at.Clock, t.watermark.Inputs) {
		return nil
	}
	to, clock, over, err := t.claims.Examine(t.cycle.room, t.wall)
	if err != nil || !over {
		return err
	}
	t.at.Examined = to
	t.watermark.Examined(clock)
	return nil
}

// handClaims writes claims to the hand-over partition of another task.
func (t *Task) handClaims(owner int32, value []byte) {
	t.cycle.write(broker.Out{Partition: broker.Partition{Topic: duty.TopicHandOver, Index: owner}, Value: value})
	t.cycle.move()
}

// contest takes in that a name is contested, and tells all other tasks.
func (t *Task) contest(name uint64) error {
	if !t.takeContested(name) {
		return nil
	}
	value := binary.BigEndian.AppendUint64([]byte{claims.RecordContest}, t.claims.Contested.Newest())
	for part := range t.parts {
		if part != t.at.Task {
			t.cycle.write(broker.Out{Partition: broker.Partition{Topic: duty.TopicHandOver, Index: part}, Value: value})
		}
	}
	return nil
}

// takeContested remembers a contested name and begins a walk for those who have the fact; false
// if the name is known.
func (t *Task) takeContested(name uint64) bool {
	if !t.claims.Contested.Take(name) {
		return false
	}
	t.cycle.move()
	if !t.claims.Contested.TooMany() {
		t.stats.Contested.Add(1)
		t.at.AddContested(name)
	}
	return true
}

// applyContest takes in a contested name that another task has found.
func (t *Task) applyContest(b []byte) error {
	r := wire.Reader{Rest: b}
	t.takeContested(r.Fixed())
	return r.End()
}

// seeksClaim reports whether a sweep looks for a claimed name: one of those it lists, or any
// that is contested.
func seeksClaim(s *stored.Sweep, claimed uint64, c *claims.Contested) bool {
	if len(s.Facts) == 0 {
		return c.Has(claimed)
	}
	return slices.Contains(s.Facts, claims.Kept(claimed))
}

// walkContested advances a walk over everything that is filed, and hands over the versions of
// the contested facts found. It reports whether the walk is over.
func (t *Task) walkContested(s *stored.Sweep) (bool, error) {
	found := map[string]map[uint64]bool{}
	err := t.walkFacts(s, func(v *state.View) error {
		for _, b := range v.Facts {
			name, version, err := t.versionStored(b)
			if err != nil {
				return err
			}
			if name == 0 || !seeksClaim(s, claims.Name(name, version), &t.claims.Contested) {
				continue
			}
			id := string(v.Person)
			if found[id] == nil {
				found[id] = map[uint64]bool{}
			}
			found[id][name] = true
		}
		return nil
	})
	if err != nil {
		return false, err
	}
	for _, id := range slices.Sorted(maps.Keys(found)) {
		if err := t.letTravel(id, found[id]); err != nil {
			return false, err
		}
	}
	return len(s.Cursor) == 0, nil
}

// walkFacts passes the next keys of a walk to see, with all their facts, and moves the cursor.
// It shows persons and also keys that stand for no person, such as those of parked rows.
func (t *Task) walkFacts(s *stored.Sweep, see func(v *state.View) error) error {
	all := func(_, _ []byte) int32 { return state.Undated }
	next, err := t.store.WalkDue(math.MaxInt64, s.Cursor, t.limits.WalkStep, all, see)
	if err != nil {
		return err
	}
	t.cycle.decided++
	s.Cursor = next
	t.cycle.move()
	return nil
}

// examineAnew runs after a start, before anything else. It examines the claims of what was read up
// to the last commit, and hands over what is contested: the newest contests may have been lost
// with the state, and the caught_up of the last commit rests on them. It reports whether it is
// done.
func (t *Task) examineAnew() (bool, error) {
	if !t.unexamined {
		return true, nil
	}
	if err := t.examine(); err != nil || t.claims.Pending() {
		return false, err
	}
	for i := range t.at.Sweeps {
		for t.at.Sweeps[i].Contested && !t.at.Sweeps[i].Cleared {
			if !t.cycle.room() {
				return false, nil
			}
			done, err := t.walkContested(&t.at.Sweeps[i])
			if err != nil {
				return false, err
			}
			t.at.Sweeps[i].Cleared = done // the walk may have added others
		}
	}
	t.unexamined = false
	return true, nil
}

// letTravel gives all tasks the versions of some facts that lie under a person's own key. It
// may be repeated.
func (t *Task) letTravel(id string, names map[uint64]bool) error {
	if strings.HasPrefix(id, casefile.MovedKey) {
		return nil // these travel already
	}
	p, err := t.person(id)
	if err != nil {
		return err
	}
	byCard, err := t.ownFacts(p)
	if err != nil {
		return err
	}
	var list []stored.Fact
	for _, facts := range byCard {
		for i := range facts {
			if names[facts[i].Name()] {
				list = append(list, facts[i])
			}
		}
	}
	slices.SortFunc(list, compareFacts)
	p.connect()
	for i := range list {
		if err := t.keepMoved(&list[i]); err != nil {
			return err
		}
		if err := t.giveToAll(&list[i]); err != nil {
			return err
		}
	}
	return nil
}

// walkClaims advances a walk that claims every fact which this task has read, since an older
// program did not. It reports whether the walk is over.
func (t *Task) walkClaims(s *stored.Sweep) (bool, error) {
	err := t.walkFacts(s, func(v *state.View) error {
		own := claims.KeyHash(v.Person)
		for _, b := range v.Facts {
			if len(b) > 0 && b[0] == stored.PackedRow {
				name, _, err := t.versionStored(b)
				if err != nil {
					return err
				}
				t.claims.Claim(name, own, true)
				continue
			}
			f, err := t.decodeFact(slices.Clone(b), string(v.Person))
			if err != nil {
				return err
			}
			if head, ok := schemas.HeadOf(f.Record); ok && f.Pos.Partition == t.at.Task {
				t.claims.Claim(claims.Name(f.Name(), head.Version), claimKey(&f), true)
			}
		}
		return nil
	})
	return len(s.Cursor) == 0, err
}

// claimKey is the hash of the key that a fact is claimed for.
func claimKey(f *stored.Fact) uint32 {
	a := casefile.AboutRecord(f.Record)
	if e, ok := f.Record.(*duty.CardEvent); ok && a.Parked {
		return claims.KeyHash([]byte(casefile.ParkedKey + e.CardID))
	}
	return claims.KeyHash([]byte(a.Person))
}

// beginClaims begins a walk that claims everything an older program has read without claiming
// it, when its state is rebuilt for this one (again.go). If the last commit names such a walk
// and the state was lost with it, the walk begins again, which does no harm.
func (t *Task) beginClaims(last *stored.Progress) {
	of := func(s stored.Sweep) bool { return s.Claims }
	older := last.Seq > 0 && last.Layout != stored.StateLayout
	if (older || slices.ContainsFunc(last.Sweeps, of)) && !slices.ContainsFunc(t.at.Sweeps, of) {
		t.at.Sweeps = append(t.at.Sweeps, stored.Sweep{Claims: true})
	}
}
