package stream

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"
	"unsafe"

	"tilsyn/engine/duty"
	"tilsyn/state"
)

// packedRow marks a stored card registration in the short form: what all rows
// of a device have in common is named by a number (a shape), the person is that
// of the key it is stored under. A row is about 45 bytes then instead of 180.
const packedRow = 0xfe

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

// shapes numbers the shapes of a task. The numbers are part of its state.
type shapes struct {
	numbers map[shape]uint32
	list    []shape
	// centres are those met since the start, in the order of their numbers in memory.
	centres []string
	// saved is how many the store has.
	saved int
}

// maxShapes and maxCentres bound the memory; rows of further shapes are stored in
// full, those at further centres take the long way.
const (
	maxShapes  = 1 << 14
	maxCentres = 1 << 10
)

// shapeKey is the prefix of the state's values that hold shapes.
const shapeKey = "row-shape/"

func shapeOf(e *duty.CardEvent) shape {
	return shape{e.CardType, e.CentreID, e.DeviceID, e.DeviceType, e.Kind, e.Direction.OK, e.Direction.V, e.Scan, e.SourceEpoch}
}

// number returns the number of a shape; false where there is no room for more.
func (s *shapes) number(k shape) (uint32, bool) {
	if n, ok := s.numbers[k]; ok {
		return n, true
	}
	if len(s.list) >= maxShapes {
		return 0, false
	}
	// The strings may be those of a buffer that is used again.
	k.centre, k.device = strings.Clone(k.centre), strings.Clone(k.device)
	s.add(k)
	return uint32(len(s.list) - 1), true
}

func (s *shapes) add(k shape) {
	s.numbers[k], s.list = uint32(len(s.list)), append(s.list, k)
}

// centre numbers a centre from one on, for comparison in memory; zero where there
// are too many.
func (s *shapes) centre(id string) uint16 {
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

// load reads the shapes that the state has.
func (s *shapes) load(st state.Task) error {
	*s = shapes{numbers: map[shape]uint32{}}
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

// save adds what is new to a batch.
func (s *shapes) save(b *state.Batch) {
	for ; s.saved < len(s.list); s.saved++ {
		b.SetMeta(shapeName(s.saved), s.list[s.saved].encode())
	}
}

func shapeName(n int) string { return fmt.Sprintf("%s%08d", shapeKey, n) }

func (k *shape) encode() []byte {
	var w writer
	w.byte(byte(k.cardType))
	w.string(k.centre)
	w.string(k.device)
	w.byte(byte(k.deviceType))
	w.byte(byte(k.kind))
	w.bool(k.directed)
	w.byte(byte(k.direction))
	w.byte(byte(k.scan))
	w.int(k.epoch)
	return w.b
}

func decodeShape(b []byte) (shape, error) {
	r := reader{b: b}
	k := shape{cardType: duty.CardType(r.byte()), centre: r.string(), device: r.string(), deviceType: duty.DeviceType(r.byte()),
		kind: duty.CardEventKind(r.byte()), directed: r.bool(), direction: duty.Direction(r.byte()), scan: duty.Scan(r.byte()), epoch: r.int()}
	return k, r.end()
}

// Flags of a packed row.
const (
	rowUUID = 1 << iota
	rowNumbered
)

// uuidBytes and uuidText are the lengths of a UUID.
const (
	uuidBytes = 16
	uuidText  = 36
)

// packRow appends the short form of a row that is filed under its own person;
// false where it has none: then it is stored in full.
func (s *shapes) packRow(b []byte, e *duty.CardEvent, known duty.Instant, offset int64) ([]byte, bool) {
	if e.Version != 1 || e.Retracted || !e.PersonID.OK {
		return b, false
	}
	n, ok := s.number(shapeOf(e))
	if !ok {
		return b, false
	}
	b = append(b, packedRow)
	b = binary.AppendUvarint(b, uint64(n))
	b = binary.AppendVarint(b, offset)
	b = binary.AppendVarint(b, int64(e.OccurredAt))
	b = binary.AppendVarint(b, int64(e.ReceivedAt-e.OccurredAt))
	b = binary.AppendVarint(b, int64(known-e.ReceivedAt))
	at := len(b)
	b = append(b, 0)
	var raw [uuidBytes]byte
	if packUUID(&raw, e.ID) {
		b[at] |= rowUUID
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

// packUUID packs the usual text form of a UUID: lower case, with hyphens.
func packUUID(to *[uuidBytes]byte, id string) bool {
	if len(id) != uuidText || id[8] != '-' || id[13] != '-' || id[18] != '-' || id[23] != '-' {
		return false
	}
	n := 0
	for i := 0; i < uuidText; i += 2 {
		if id[i] == '-' {
			i++
		}
		hi, lo := hexDigit(id[i]), hexDigit(id[i+1])
		if hi > 15 || lo > 15 {
			return false
		}
		to[n] = hi<<4 | lo
		n++
	}
	return true
}

func hexDigit(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	}
	return math.MaxUint8
}

func unpackUUID(b []byte) string {
	var t [uuidText]byte
	hex.Encode(t[0:8], b[0:4])
	hex.Encode(t[9:13], b[4:6])
	hex.Encode(t[14:18], b[6:8])
	hex.Encode(t[19:23], b[8:10])
	hex.Encode(t[24:36], b[10:16])
	t[8], t[13], t[18], t[23] = '-', '-', '-', '-'
	return string(t[:])
}

// rowReading says what becomes of the strings of a row that is read.
type rowReading bool

const (
	// wholeRow makes strings of its own.
	wholeRow rowReading = false
	// sharedRow leaves the card and the id in the bytes read; the id is packed:
	// it differs where the id does, and is empty for one that is not usable.
	sharedRow rowReading = true
)

// unpackRow reads the short form of a row of a person.
func (s *shapes) unpackRow(b []byte, person string, partition int32, how rowReading, to *duty.Known[duty.CardEvent]) error {
	r := reader{b: b}
	if r.byte() != packedRow {
		return errCut
	}
	n := r.uint()
	if n >= uint64(len(s.list)) {
		return errCut
	}
	k, e := &s.list[n], &to.Fact
	to.Pos = duty.Some(duty.Position{Partition: partition, Offset: r.int()})
	e.Version, e.Retracted = 1, false
	e.OccurredAt = duty.Instant(r.int())
	e.ReceivedAt = e.OccurredAt + duty.Instant(r.int())
	to.At = e.ReceivedAt + duty.Instant(r.int())
	flags := r.byte()
	length := uint64(uuidBytes)
	if flags&rowUUID == 0 {
		length = r.uint()
	}
	id := r.bytes(length)
	card := r.bytes(r.uint())
	if how == sharedRow {
		if e.ID, e.CardID = viewOf(id), viewOf(card); flags&rowUUID == 0 && !duty.UsableKey(e.ID) {
			e.ID = ""
		}
	} else if e.ID, e.CardID = string(id), string(card); flags&rowUUID != 0 && r.err == nil {
		e.ID = unpackUUID(id)
	}
	e.SourceSeq = duty.None[int64]()
	if flags&rowNumbered != 0 {
		e.SourceSeq = duty.Some(r.int())
	}
	e.PersonID = duty.Some(person)
	e.CardType, e.CentreID, e.DeviceID, e.DeviceType = k.cardType, k.centre, k.device, k.deviceType
	e.Kind, e.Direction, e.Scan, e.SourceEpoch = k.kind, duty.Opt[duty.Direction]{V: k.direction, OK: k.directed}, k.scan, k.epoch
	return r.end()
}

// appendRow reads the short form of a row into what is known of a person.
func (s *shapes) appendRow(to *duty.Facts, b []byte, person string, partition int32, how rowReading) (*duty.Known[duty.CardEvent], error) {
	n := len(to.CardEvents)
	to.CardEvents = append(to.CardEvents, duty.Known[duty.CardEvent]{})
	row := &to.CardEvents[n]
	return row, s.unpackRow(b, person, partition, how, row)
}

// viewOf is a string on bytes that must not change as long as it is used.
func viewOf(b []byte) string {
	return unsafe.String(unsafe.SliceData(b), len(b)) //nolint:gosec // the callers say how long it holds
}
