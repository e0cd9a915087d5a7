package replay

import (
	"encoding/binary"
	"slices"

	"github.com/cespare/xxhash/v2"

	"tilsyn/engine/replay/extsort"
)

// The highest version of a fact counts everywhere, whomever the others name
// (contract §1). So all whom any version of a fact concerns get all versions of
// it: the core then sees that the fact has become somebody else's. Only facts that
// have another version than the first are looked at.

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

// movedVersion is one version of a fact for the sorter of moved facts: whom it
// concerns, and the record.
func movedVersion(fact uint64, persons []string, record []byte) (key, value []byte) {
	key = binary.BigEndian.AppendUint64(nil, fact)
	value = binary.AppendUvarint(value, uint64(len(persons)))
	for _, p := range persons {
		value = appendText(value, p)
	}
	return key, append(value, record...)
}

// version is what movedVersion made.
type version struct {
	persons []string
	record  []byte
}

func parseVersion(b []byte) (version, error) {
	var v version
	n, size := binary.Uvarint(b)
	if size <= 0 || n > uint64(len(b)) {
		return v, errPayload
	}
	b = b[size:]
	for range n {
		l, size := binary.Uvarint(b)
		if size <= 0 || l > uint64(len(b)-size) {
			return v, errPayload
		}
		v.persons = append(v.persons, string(b[size:size+int(l)]))
		b = b[size+int(l):]
	}
	v.record = slices.Clone(b)
	return v, nil
}

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
		v, err := parseVersion(it.Value())
		if err != nil {
			return nil, false, err
		}
		p, err := parsePayload(v.record)
		if err != nil {
			return nil, false, err
		}
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
		for j := range list {
			if i == j {
				continue
			}
			for _, person := range list[j].persons {
				if _, has := slices.BinarySearch(list[i].persons, person); has {
					continue
				}
				if err := r.extra.Add([]byte(person), list[i].record); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
