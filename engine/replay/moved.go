package replay

import (
	"encoding/binary"
	"slices"

	"github.com/cespare/xxhash/v2"

	"tilsyn/engine/duty"
	"tilsyn/engine/replay/extsort"
	"tilsyn/schemas"
)

// The highest version of a fact counts everywhere, whomever the others name
// (contract §1, decision 0015). So whoever has an earlier version of a fact gets
// the later ones, unless all that came before them lie under the same key: the
// core then sees that the fact has become somebody else's. `run` does the same.
// Only facts that have another version than the first are looked at.

// factHash names a fact of a topic; never 0. Two facts of one name are given to
// more persons than they concern, which changes nothing.
func factHash(topic byte, identity string) uint64 {
	return max(1, xxhash.Sum64String(identity)^(uint64(topic)+1)*0x9e3779b97f4a7c15)
}

// hashSet is a set of hashes in constant memory, which may say that it has one
// that it has not.
type hashSet struct{ bits []uint64 }

// hashSetBits is the size of a hashSet, a power of two.
const hashSetBits = 1 << 26

func (s *hashSet) add(h uint64) {
	if s.bits == nil {
		s.bits = make([]uint64, hashSetBits/64)
	}
	s.bits[h%hashSetBits/64] |= 1 << (h % 64)
}

func (s *hashSet) has(h uint64) bool {
	return s.bits != nil && h != 0 && s.bits[h%hashSetBits/64]&(1<<(h%64)) != 0
}

func (s *hashSet) empty() bool { return s.bits == nil }

// movedVersion is one version of a fact for the sorter of moved facts: under whose
// key it lies, whom it concerns, and the record.
func movedVersion(fact uint64, of string, persons []string, record []byte) (key, value []byte) {
	key = binary.BigEndian.AppendUint64(nil, fact)
	value = appendText(value, of)
	value = binary.AppendUvarint(value, uint64(len(persons)))
	for _, p := range persons {
		value = appendText(value, p)
	}
	return key, append(value, record...)
}

// version is what movedVersion made.
type version struct {
	schemas.Head
	// of is the key that it lies under, card the card that it names; an assignment
	// also concerns others who used its card.
	of, card   string
	assignment bool
	persons    []string
	record     []byte
}

func parseVersion(b []byte) (v version, ok bool) {
	text := func() (s string) {
		n, size := binary.Uvarint(b)
		if ok = ok && size > 0 && n <= uint64(len(b)-size); ok {
			s, b = string(b[size:size+int(n)]), b[size+int(n):]
		}
		return s
	}
	ok = true
	v.of = text()
	n, size := binary.Uvarint(b)
	if ok = ok && size > 0 && n <= uint64(len(b)); !ok {
		return v, false
	}
	b = b[size:]
	for i := uint64(0); i < n && ok; i++ {
		v.persons = append(v.persons, text())
	}
	v.record = slices.Clone(b)
	return v, ok
}

// travels reports whether a version concerns whoever has an earlier one: a later
// one whose earlier ones do not all lie under the same key, with the same card.
func (v *version) travels(all []version) bool {
	if v.Version <= 1 || v.assignment {
		return v.Version > 1 || v.Retracted
	}
	seen := 0
	for at := int64(1); at < v.Version; at++ {
		if !slices.ContainsFunc(all, func(o version) bool { return o.Version == at && o.of == v.of && o.card == v.card }) {
			return true
		}
		if seen++; seen == mostVersions {
			return true
		}
	}
	return false
}

// mostVersions is up to which version the earlier ones are looked for one by one.
const mostVersions = 63

// joinMoved gives the versions of facts to all whom another version of the same
// fact concerns.
func (r *run) joinMoved() error {
	it, err := r.moved.Iter()
	if err != nil {
		return err
	}
	defer it.Close()
	more := it.Next()
	for more {
		key := slices.Clone(it.Key())
		var versions []version
		if versions, more, err = r.versionsOf(it, key); err != nil {
			return err
		}
		if err := r.shareVersions(versions); err != nil {
			return err
		}
	}
	return it.Err()
}

// versionsOf reads the versions of one fact with everybody whom they concern: the
// person, those linked with it, and whoever used or held the card.
func (r *run) versionsOf(it *extsort.Iter, key []byte) (list []version, more bool, err error) {
	for more = true; more && slices.Equal(it.Key(), key); more = it.Next() {
		v, ok := parseVersion(it.Value())
		if !ok {
			return nil, false, errPayload
		}
		p, err := parsePayload(v.record)
		if err != nil {
			return nil, false, err
		}
		record, err := r.topics.byCode[p.code].Decode(p.body)
		if err != nil {
			return nil, false, err
		}
		v.Head, _ = schemas.HeadOf(record)
		v.card = p.card
		_, v.assignment = record.(*duty.CardAssignment)
		all := slices.Clone(r.shared[p.card].concern(r.topics, &p))
		for _, person := range v.persons {
			all = append(all, r.links.members(person)...)
		}
		slices.Sort(all)
		v.persons = slices.Compact(all)
		list = append(list, v)
	}
	return list, more, nil
}

func (r *run) shareVersions(list []version) error {
	for i := range list {
		v := &list[i]
		if !v.travels(list) {
			continue
		}
		for j := range list {
			if list[j].Version > v.Version {
				continue
			}
			for _, person := range list[j].persons {
				if _, has := slices.BinarySearch(v.persons, person); has {
					continue
				}
				if err := r.extra.Add([]byte(person), v.record); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
