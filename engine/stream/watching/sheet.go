package watching

import (
	"bytes"
	"slices"
	"strings"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/wire"
	"tilsyn/engine/uuid"
	"tilsyn/engine/watch"
)

// OwnerTask is the task that owns the watch of the whole prefix. The devices of a centre send rows
// of persons of every partition, and some things are seen only at several persons together, so
// that one task must see everything.
const OwnerTask = 0

// Record is the first byte of a record on the hand-over topic that forwards something to the owner
// of the watch. Package claims has 2 and 3, and 1 is a fact that was handed over.
const Record = 4

// wireVersion is the second byte of such a record.
const wireVersion = 1

// What a record consists of after these two bytes, each thing with its kind in front. A row is
// written as the difference to the row before it in the record, and its source (device, centre and
// epoch) by its number: that of the first source in the record is 0.
const (
	kindSource = iota + 1
	kindRow
	kindPairs
	kindDue
)

// Flags of a row.
const (
	rowUUID = 1 << iota // the id is a UUID in binary form
	rowNumbered
	rowCorrected // a version other than the first follows
	rowFlags     = 1<<iota - 1
)

// recordBytes is the size from which on a record takes nothing more.
const recordBytes = 128 << 10

// source is what rows of one device have in common.
type source struct {
	device, centre string
	epoch          int64
}

// Sheet gathers what a cycle forwards to the owner of the watch; it is reused over cycles. Its zero
// value is empty and ready to use. It is not safe for concurrent use.
type Sheet struct {
	w wire.Writer
	// sources are those of the record that is being written, found is where a source with this hash
	// was last found, one more than its index.
	sources []source
	numbers map[source]int
	found   [64]int
	before  lastRow
	full    [][]byte
	// single is set where one record takes everything.
	single bool
}

// lastRow is what the next row is written as the difference to.
type lastRow struct{ occurred, seq int64 }

// Row adds a version of a card row that the task read. It keeps no reference to the row or its
// texts.
func (s *Sheet) Row(r *watch.Row) {
	s.begin()
	n := s.source(r)
	flags := byte(0)
	var raw [uuid.Bytes]byte
	if uuid.Pack(&raw, r.ID) {
		flags |= rowUUID
	}
	if r.Seq.OK {
		flags |= rowNumbered
	}
	if r.Version != 1 {
		flags |= rowCorrected
	}
	s.w.Byte(kindRow)
	s.w.Byte(flags)
	s.w.Uint(uint64(n))
	if flags&rowUUID != 0 {
		s.w.Bytes = append(s.w.Bytes, raw[:]...)
	} else {
		s.w.Text(r.ID)
	}
	s.w.Int(int64(r.OccurredAt) - s.before.occurred)
	s.w.Int(int64(r.ReceivedAt - r.OccurredAt))
	s.w.Int(int64(r.Known - r.ReceivedAt))
	s.before.occurred = int64(r.OccurredAt)
	if r.Seq.OK {
		s.w.Int(r.Seq.V - s.before.seq)
		s.before.seq = r.Seq.V
	}
	if r.Version != 1 {
		s.w.Int(r.Version)
	}
}

// Pairs adds the inconsistent pairs of a person under the policy with this digest, as duty.Pairs
// returns them for a clock from since on. They replace what was forwarded before of the person under
// the policy for that clock and every later one, and hold until later ones say otherwise; no pairs
// say that the person has none. So the owner can look at a clock before facts that are read already.
func (s *Sheet) Pairs(person, policy string, since duty.Instant, pairs []duty.Pair) {
	s.begin()
	s.w.Byte(kindPairs)
	s.w.Text(person)
	s.w.Text(policy)
	s.w.Int(int64(since))
	var centres []string
	for i := range pairs {
		if !slices.Contains(centres, pairs[i].CentreID) {
			centres = append(centres, pairs[i].CentreID)
		}
	}
	s.w.Texts(centres)
	s.w.Uint(uint64(len(pairs)))
	before := int64(0)
	for i := range pairs {
		p := &pairs[i]
		s.w.Uint(uint64(slices.Index(centres, p.CentreID)))
		s.w.Int(int64(p.From) - before)
		s.w.Int(int64(p.To - p.From))
		s.w.Bool(p.Strict)
		s.w.Int(int64(p.Due.From))
		s.w.Int(int64(p.Due.To))
		before = int64(p.From)
	}
}

// Due adds a local time of day, in minutes from 00:00 to 24:00, at which some unit falls due.
func (s *Sheet) Due(minutes int) {
	s.begin()
	s.w.Byte(kindDue)
	s.w.Uint(uint64(minutes))
}

// Records returns the records with everything that was added since the last Reset; none if there is
// nothing. They are copies, so that they stay as they are after Reset.
func (s *Sheet) Records() [][]byte {
	s.seal()
	return s.full
}

// Empty reports whether nothing was added since the last Reset.
func (s *Sheet) Empty() bool { return len(s.w.Bytes) == 0 && len(s.full) == 0 }

// Reset begins the next cycle.
func (s *Sheet) Reset() {
	s.drop()
	s.full = nil
}

// begin makes room for one thing more.
func (s *Sheet) begin() {
	if len(s.w.Bytes) >= recordBytes && !s.single {
		s.seal()
	}
	if len(s.w.Bytes) == 0 {
		s.w.Byte(Record)
		s.w.Byte(wireVersion)
	}
}

// seal ends the record that is being written.
func (s *Sheet) seal() {
	if len(s.w.Bytes) > 0 {
		s.full = append(s.full, bytes.Clone(s.w.Bytes))
	}
	s.drop()
}

// drop forgets the record that is being written and keeps its memory.
func (s *Sheet) drop() {
	s.w.Bytes = s.w.Bytes[:0]
	s.sources = s.sources[:0]
	clear(s.numbers)
	s.found, s.before = [len(s.found)]int{}, lastRow{}
}

// source returns the number of a row's source in the record, and writes the source if it is new
// there. Looking where a device with the same last letters was found spares most rows the map.
func (s *Sheet) source(r *watch.Row) int {
	k := source{r.DeviceID, r.CentreID, r.Epoch}
	slot := &s.found[k.slot()]
	if n := *slot - 1; n >= 0 && s.sources[n] == k {
		return n
	}
	n, ok := s.numbers[k]
	if !ok {
		k.device, k.centre = strings.Clone(k.device), strings.Clone(k.centre)
		if s.numbers == nil {
			s.numbers = map[source]int{}
		}
		n = len(s.sources)
		s.numbers[k], s.sources = n, append(s.sources, k)
		s.w.Byte(kindSource)
		s.w.Text(k.device)
		s.w.Text(k.centre)
		s.w.Int(k.epoch)
	}
	*slot = n + 1
	return n
}

// slot returns the place in Sheet.found for a source.
func (k *source) slot() int {
	h := byte(k.epoch)
	for i := max(0, len(k.device)-3); i < len(k.device); i++ {
		h = h*7 + k.device[i]
	}
	return int(h) % len(Sheet{}.found)
}
