package replay

import (
	"encoding/binary"
	"slices"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/replay/extsort"
	"tilsyn/schemas"
)

// One version of a fact counts, the highest and of equal ones the smallest, whomever
// the others name (contract §1, decision 0015). So whoever has a version of a fact
// gets all that are as high or higher, and the core sees whose the fact is. `run`
// does the same. Only facts that have another version than the first, or lie under
// several keys (shared.go), are looked at.

// factHash names a fact of a topic, given by its code; never 0.
func factHash(topic byte, identity string) uint64 { return max(1, casefile.FactName(topic, identity)) }

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
	schemas.Head
	// card is that of a row or an assignment; nameless says that it is a row
	// without person.
	card       string
	nameless   bool
	assignment bool
	persons    []string
	record     []byte
}

func parseVersion(b []byte) (v version, ok bool) {
	n, size := binary.Uvarint(b)
	if ok = size > 0 && n <= uint64(len(b)); !ok {
		return v, false
	}
	b = b[size:]
	for range n {
		length, size := binary.Uvarint(b)
		if size <= 0 || length > uint64(len(b)-size) {
			return v, false
		}
		v.persons = append(v.persons, string(b[size:size+int(length)]))
		b = b[size+int(length):]
	}
	v.record = slices.Clone(b)
	return v, true
}

// spreadMoved gives the versions of facts to all whom another version of the same
// fact concerns.
func (r *run) spreadMoved() error {
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
		if err := r.shareCards(versions); err != nil {
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
		v.nameless = casefile.AboutRecord(record).Parked
		v.assignment = r.topics.is(p.code, duty.TopicCardAssignments)
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

// shareVersions gives whoever has a version of a fact all that are as high or higher.
func (r *run) shareVersions(list []version) error {
	from := map[string]int64{}
	for i := range list {
		for _, person := range list[i].persons {
			if low, ok := from[person]; !ok || list[i].Version < low {
				from[person] = list[i].Version
			}
		}
	}
	for i := range list {
		v := &list[i]
		for person, low := range from {
			if _, has := slices.BinarySearch(v.persons, person); has || v.Version < low {
				continue
			}
			if err := r.extra.Add([]byte(person), v.record); err != nil {
				return err
			}
		}
	}
	return nil
}

// shareCards lets the cards of the versions of a row or an assignment know of those
// that name another card: whether a row is nobody's hangs on all (IDN-06).
func (r *run) shareCards(list []version) error {
	if list[0].card == "" {
		return nil
	}
	kind := byte(cardNamed)
	if list[0].assignment {
		kind = cardAssigned
	}
	cards := map[string]struct{}{}
	for i := range list {
		if v := &list[i]; v.assignment || v.nameless {
			cards[v.card] = struct{}{}
		}
	}
	for card := range cards {
		for i := range list {
			v := &list[i]
			if v.card == card && (v.assignment || v.nameless || v.Version > 1) {
				continue // the card has it
			}
			if err := r.cards.Add([]byte(card), prefixed(kind, v.record)); err != nil {
				return err
			}
		}
	}
	return nil
}
