package replay

import (
	"errors"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/schemas"
)

// errUntimed is why a record is refused whose logged_at cannot be a time of a fact
// (contract §1). Every other time is the core's to judge, which names the fact and
// holds what it may speak of; this one says when the fact is known, and far ahead it
// would keep it unknown for ever.
var errUntimed = errors.New("logged_at lies outside the years 2000 to 2100; " +
	"perhaps it counts in another unit than milliseconds")

// untimed files such a record as one that cannot be read: it is known since its
// received_at, and opens the hold on its key.
func (d *decoder) untimed(b *batch, t *topic, l *schemas.Line) error {
	head, _ := schemas.HeadOf(l.Value)
	key, _ := casefile.Key(l.Value)
	u := payload{code: codeUnreadable, topic: t.Topic(), id: head.ID, pos: position(l.Partition, l.Offset)}
	if head.ReceivedAt.Plausible() {
		u.at = duty.Some(head.ReceivedAt)
		b.see(head.ReceivedAt)
	}
	if duty.UsableKey(key) {
		u.key = key
	}
	a := casefile.AboutRecord(l.Value)
	if u.key == "" || !t.person {
		b.centres.add("", u.appendTo(nil))
		return errUntimed
	}
	if a.Paper && a.Nameless {
		b.centres.add("", u.appendTo(nil))
	}
	b.persons.add(key, u.appendTo(nil))
	if a.Parked {
		u.card = key
		b.park(key, u.appendTo(nil))
	}
	return errUntimed
}
