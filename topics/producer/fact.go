package producer

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/cespare/xxhash/v2"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/schemas"
	"tilsyn/topics"
)

var (
	// ErrFull says that the buffer has no room until something is sent. Keep the facts and put them again;
	// tell somebody, since a device that cannot be written down is one whose rows get lost.
	ErrFull = errors.New("the buffer is full")
	// ErrOther says that an id and version was put before with another content. Give each fact an id of its
	// own and each correction a higher version.
	ErrOther = errors.New("its id and version were put before with another content")
	// ErrNumber says that a correction of a row does not say the number of its first version, which the
	// buffer has forgotten.
	ErrNumber = errors.New("a correction of a row has the number of the row (source_seq and source_epoch)")
	// ErrFact says that a record cannot be sent as it is.
	ErrFact = errors.New("the record cannot be sent")
)

// made is a record on its way into the buffer.
type made struct {
	entry
	schema *schemas.Schema
	record any // a copy that is the buffer's
	// numbers is true for a row that gets a number.
	numbers bool
}

// makeFact checks a record, fills in what a source may leave out, and works out its key where none is given.
func makeFact(record any, key string, now duty.Instant) (m made, err error) {
	v := reflect.ValueOf(record)
	s, ok := schemas.Of(record)
	if !ok || v.Kind() != reflect.Pointer || v.IsNil() || !s.Input() {
		return m, fmt.Errorf("%w: %T is no pointer to a fact of an input topic", ErrFact, record)
	}
	own := reflect.New(v.Type().Elem())
	own.Elem().Set(v.Elem())
	if f := own.Elem().FieldByName("Version"); f.Int() == 0 {
		f.SetInt(1)
	}
	m.schema, m.record, m.topic = s, own.Interface(), s.Topic()
	if key == "" {
		key, _ = casefile.Key(m.record)
	}
	if !duty.UsableKey(key) {
		return m, fmt.Errorf("%s: %w: its key is not usable: give 1 to %d bytes of UTF-8 without blanks at the ends, "+
			"with PutUnder where the record does not hold its key", m.topic, ErrFact, duty.MaxKeyBytes)
	}
	head, _ := schemas.HeadOf(m.record)
	if !duty.UsableKey(head.ID) {
		return m, fmt.Errorf("%s: %w: give it an id of its own, 1 to %d bytes of UTF-8", m.topic, ErrFact, duty.MaxKeyBytes)
	}
	m.key, m.version = []byte(key), head.Version
	m.name = nameOf(m.topic, key, head.ID)

	received := own.Elem().FieldByName("ReceivedAt")
	if m.at = duty.Instant(received.Int()); m.at == 0 {
		m.at = now
	}
	received.SetInt(0)
	m.content = xxhash.Sum64(s.Append(nil, m.record))
	received.SetInt(int64(m.at))
	return m, m.asRow()
}

// asRow looks at the number and the device of a row.
func (m *made) asRow() error {
	row, ok := m.record.(*duty.CardEvent)
	if !ok {
		return nil
	}
	m.device, m.numbers = row.DeviceID, !row.SourceSeq.OK
	switch {
	case !duty.UsableKey(row.DeviceID):
		return fmt.Errorf("%s: %w: it names no device", m.topic, ErrFact)
	case m.version == 1 && !m.numbers:
		return fmt.Errorf("%s of %s: %w: the buffer numbers rows, leave source_seq out", m.topic, row.DeviceID, ErrFact)
	}
	return nil
}

// finish numbers a row and encodes the record.
func (m *made) finish(epoch, number int64) error {
	if row, is := m.record.(*duty.CardEvent); is {
		if m.numbers {
			row.SourceEpoch, row.SourceSeq = epoch, duty.Some(number)
		}
		m.epoch, m.number = row.SourceEpoch, row.SourceSeq.V
	}
	m.value = m.schema.AppendValue(nil, m.record)
	if n := len(m.key) + len(m.value); n > topics.MaxRecordBytes {
		return fmt.Errorf("%s: %w: it takes %d bytes, more than the %d that are read", m.topic, ErrFact, n,
			topics.MaxRecordBytes)
	}
	return nil
}

// nameOf stands for a fact under a key; no key and no id has a NUL.
func nameOf(topic, key, id string) uint64 {
	return xxhash.Sum64String(topic + "\x00" + key + "\x00" + id)
}
