package erase

import (
	"crypto/rand"
	"fmt"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/uuid"
	"tilsyn/topics"
)

// strangers give rows that have to stay to persons and cards of chance, of whom nothing else is known: a row that is
// left out is a gap in the numbers of its device (contract-watch 6.3), and would keep others' units from being told.
type strangers struct {
	// ids are the new ids of rows; all versions of one have the same.
	ids map[string]string
}

// chance returns a new name: nobody has it by chance.
func chance() string {
	var b [uuid.Bytes]byte
	_, _ = rand.Read(b[:]) // it never fails
	return uuid.Unpack(b[:])
}

// renamed returns the new id of a row that was given to a stranger; that of another row stays.
func (s *strangers) renamed(id string) string {
	if other, ok := s.ids[id]; ok {
		return other
	}
	return id
}

// row returns a row that only its place, its times and its device are left of, under the key of a stranger who
// belongs to the partition.
func (s *strangers) row(codec broker.Codec, rec *broker.Record, partitionOf func(string) int32) (topics.Out, error) {
	record, err := rec.Decode(codec)
	if err != nil {
		return topics.Out{}, err
	}
	e, ok := record.(*duty.CardEvent)
	if !ok {
		return topics.Out{}, fmt.Errorf("%s partition %d offset %d is no row", rec.Topic, rec.Index, rec.Offset)
	}
	who := chance()
	for partitionOf(who) != rec.Index {
		who = chance()
	}
	if s.ids[e.ID] == "" {
		s.ids[e.ID] = chance()
	}
	e.ID, e.PersonID, e.CardID = s.ids[e.ID], duty.Some(who), chance()
	value, err := codec.Encode(rec.Topic, e)
	return topics.Out{Topic: rec.Topic, Partition: rec.Index, Key: []byte(who), Value: value,
		Timestamp: int64(rec.At)}, err
}
