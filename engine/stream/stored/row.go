package stored

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/wire"
	"tilsyn/engine/uuid"
	"tilsyn/state"
)

// PackedRow marks a stored row in the short form: what all rows of a device have in
// common is a number (a shape), and the person is the key it is stored under. A row then takes
// about 45 bytes instead of 180.
const PackedRow = 0xfe

// shape is what rows of one device have in common.
type shape struct {
	cardType       duty.CardType
	centre, device string
	deviceType     duty.DeviceType
	kind           duty.CardEventKind
	directed       bool
	direction      duty.Direction
	scan           duty.Scan
	epoch          int64
}

// Shapes assigns numbers to the shapes of a task. The numbers are part of its state.
type Shapes struct {
	numbers map[shape]uint32
	list    []shape
	// centres are those met since the start, in the order of their numbers. They are not stored.
	centres []string
	// saved is how many shapes the store has.
	saved int
}

// maxShapes and maxCentres bound the memory. Rows of further shapes are stored in full; rows at
// further centres are judged the long way.
const (
	maxShapes  = 1 << 14
	maxCentres = 1 << 10
)

// NewShapes returns shapes of which none has a number yet.
func NewShapes() *Shapes { return &Shapes{numbers: map[shape]uint32{}} }

// shapeKey is the prefix of the state's metadata keys that hold shapes.
const shapeKey = "row-shape/"

// shapeOf returns the shape of a row.
func shapeOf(e *duty.CardEvent) shape {
	return shape{e.CardType, e.CentreID, e.DeviceID, e.DeviceType, e.Kind, e.Direction.OK, e.Direction.V,
		e.Scan, e.SourceEpoch}
}

// number returns the number of a shape, assigning one if it is new; false if there is no room.
func (s *Shapes) number(k shape) (uint32, bool) {
	if n, ok := s.numbers[k]; ok {
		return n, true
	}
	if len(s.list) >= maxShapes {
		return 0, false
	}
	// The strings may belong to a buffer that will be reused.
	k.centre, k.device = strings.Clone(k.centre), strings.Clone(k.device)
	s.add(k)
	return uint32(len(s.list) - 1), true
}

// add appends a shape.
func (s *Shapes) add(k shape) {
	s.numbers[k], s.list = uint32(len(s.list)), append(s.list, k)
}

// Centre returns the number of a centre, from 1 on, for comparison in memory; 0 if there are too
// many.
func (s *Shapes) Centre(id string) uint16 {
	n := slices.Index(s.centres, id)
	if n < 0 {
		if len(s.centres) == maxCentres {
			return 0
		}
		n = len(s.centres)
		s.centres = append(s.centres, strings.Clone(id))
	}
	return uint16(n + 1)
}

// Load reads the shapes from the state.
func (s *Shapes) Load(st state.Task) error {
	*s = *NewShapes()
	err := st.WalkMeta(shapeKey, func(key string, value []byte) error {
		if key != shapeName(len(s.list)) {
			return fmt.Errorf("%w: a shape of rows is missing", state.ErrCorrupt)
		}
		k, err := decodeShape(value)
		if err != nil {
			return err
		}
		s.add(k)
		return nil
	})
	s.saved = len(s.list)
	return err
}

// Save adds the new shapes to a batch.
func (s *Shapes) Save(b *state.Batch) {
	for ; s.saved < len(s.list); s.saved++ {
		b.SetMeta(shapeName(s.saved), s.list[s.saved].encode())
	}
}

// shapeName returns the metadata key of a shape.
func shapeName(n int) string { return fmt.Sprintf("%s%08d", shapeKey, n) }

// encode returns the stored form of a shape.
func (k *shape) encode() []byte {
	var w wire.Writer
	w.Byte(byte(k.cardType))
	w.Text(k.centre)
	w.Text(k.device)
	w.Byte(byte(k.deviceType))
	w.Byte(byte(k.kind))
	w.Bool(k.directed)
	w.Byte(byte(k.direction))
	w.Byte(byte(k.scan))
	w.Int(k.epoch)
	return w.Bytes
}

// decodeShape reads what encode wrote.
func decodeShape(b []byte) (shape, error) {
	r := wire.Reader{Rest: b}
	k := shape{cardType: duty.CardType(r.Byte()), centre: r.Text(), device: r.Text(),
		deviceType: duty.DeviceType(r.Byte()),
		kind:       duty.CardEventKind(r.Byte()), directed: r.Bool(), direction: duty.Direction(r.Byte()),
		scan: duty.Scan(r.Byte()), epoch: r.Int()}
	return k, r.End()
}

// Flags of a packed row: its id is a UUID in binary form, and it has a sequence number.
const (
	RowUUID = 1 << iota
	rowNumbered
)

// PackRow appends the short form of a row filed under its own person. It returns false for a row
// that must be stored in full.
func (s *Shapes) PackRow(b []byte, e *duty.CardEvent, known duty.Instant, offset int64) ([]byte, bool) {
	if e.Version != 1 || e.Retracted || !e.PersonID.OK {
		return b, false
	}
	n, ok := s.number(shapeOf(e))
	if !ok {
		return b, false
	}
	b = append(b, PackedRow)
	b = binary.AppendUvarint(b, uint64(n))
	b = binary.AppendVarint(b, offset)
	b = binary.AppendVarint(b, int64(e.OccurredAt))
	b = binary.AppendVarint(b, int64(e.ReceivedAt-e.OccurredAt))
	b = binary.AppendVarint(b, int64(known-e.ReceivedAt))
	at := len(b)
	b = append(b, 0)
	var raw [uuid.Bytes]byte
	if uuid.Pack(&raw, e.ID) {
		b[at] |= RowUUID
		b = append(b, raw[:]...)
	} else {
		b = binary.AppendUvarint(b, uint64(len(e.ID)))
		b = append(b, e.ID...)
	}
	b = binary.AppendUvarint(b, uint64(len(e.CardID)))
	b = append(b, e.CardID...)
	if e.SourceSeq.OK {
		b[at] |= rowNumbered
		b = binary.AppendVarint(b, e.SourceSeq.V)
	}
	return b, true
}

// RowReading selects how the strings of a row are read.
type RowReading bool

// The ways to read a row.
const (
	// WholeRow copies all strings.
	WholeRow RowReading = false
	// SharedRow leaves the card and the id in the bytes read. The id keeps its packed form: it differs
	// where the id does, and is empty if the id is unusable.
	SharedRow RowReading = true
)

// UnpackRow reads the short form of a row of a person into to.
func (s *Shapes) UnpackRow(b []byte, person string, partition int32, how RowReading,
	to *duty.Known[duty.CardEvent]) error {
	r := wire.Reader{Rest: b}
	if r.Byte() != PackedRow {
		return wire.ErrCut
	}
	n := r.Uint()
	if n >= uint64(len(s.list)) {
		return wire.ErrCut
	}
	k, e := &s.list[n], &to.Fact
	to.Pos = duty.Some(duty.Position{Partition: partition, Offset: r.Int()})
	e.Version, e.Retracted = 1, false
	e.OccurredAt = duty.Instant(r.Int())
	e.ReceivedAt = e.OccurredAt + duty.Instant(r.Int())
	to.At = e.ReceivedAt + duty.Instant(r.Int())
	flags := r.Byte()
	length := uint64(uuid.Bytes)
	if flags&RowUUID == 0 {
		length = r.Uint()
	}
	id := r.Bytes(length)
	card := r.Bytes(r.Uint())
	if how == SharedRow {
		if e.ID, e.CardID = wire.View(id), wire.View(card); flags&RowUUID == 0 && !duty.UsableKey(e.ID) {
			e.ID = ""
		}
	} else if e.ID, e.CardID = string(id), string(card); flags&RowUUID != 0 && r.Err == nil {
		e.ID = uuid.Unpack(id)
	}
	e.SourceSeq = duty.None[int64]()
	if flags&rowNumbered != 0 {
		e.SourceSeq = duty.Some(r.Int())
	}
	e.PersonID = duty.Some(person)
	e.CardType, e.CentreID, e.DeviceID, e.DeviceType = k.cardType, k.centre, k.device, k.deviceType
	e.Kind, e.Direction, e.Scan, e.SourceEpoch = k.kind, duty.Opt[duty.Direction]{V: k.direction, OK: k.directed},
		k.scan, k.epoch
	return r.End()
}

// AppendRow reads the short form of a row and appends it to the person's facts.
func (s *Shapes) AppendRow(to *duty.Facts, b []byte, person string, partition int32,
	how RowReading) (*duty.Known[duty.CardEvent], error) {
	n := len(to.CardEvents)
	to.CardEvents = append(to.CardEvents, duty.Known[duty.CardEvent]{})
	row := &to.CardEvents[n]
	return row, s.UnpackRow(b, person, partition, how, row)
}

// RowCode is the topic code of card-events (topicCodes).
const RowCode = 0

// RowDay returns the UTC day that a row is stored under.
func RowDay(e *duty.CardEvent) int32 { return int32(FloorDiv(int64(e.OccurredAt), int64(duty.Day))) }
