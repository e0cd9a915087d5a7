package producer

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"

	"tilsyn/engine/duty"
	"tilsyn/topics"
)

// entry is a record that waits, as it will be sent.
type entry struct {
	topic      string
	key, value []byte
	// at is the time of receipt, the timestamp of the record.
	at duty.Instant
	// device is whose number it has; empty where it has none.
	device        string
	epoch, number int64
	// name stands for topic and id, version for itself, content for everything in the record but what
	// the buffer adds.
	name    uint64
	version int64
	content uint64
}

// An entry is its length, the checksum of its body, the checksum of these two, and the body. The
// second checksum tells a write cut short, whose length can be believed, from damage.
const (
	headBytes = 12
	// maxBody is the largest body: a record that is read (topics.MaxRecordBytes), and what stands beside it.
	maxBody = topics.MaxRecordBytes + 4096
)

var (
	// errShort says that the bytes end before the entry does: it was never promised to anybody.
	errShort = errors.New("the entry is cut short")
	// errDamaged says that these bytes are no entry, and may have been one.
	errDamaged = errors.New("the entry is damaged")
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// appendEntry appends the bytes of an entry.
func appendEntry(b []byte, e *entry) []byte {
	start := len(b)
	b = append(b, make([]byte, headBytes)...)
	for _, s := range [][]byte{[]byte(e.topic), e.key, e.value, []byte(e.device)} {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	for _, n := range []int64{int64(e.at), e.epoch, e.number, e.version} {
		b = binary.AppendVarint(b, n)
	}
	b = binary.LittleEndian.AppendUint64(b, e.name)
	b = binary.LittleEndian.AppendUint64(b, e.content)
	head, body := b[start:start+headBytes], b[start+headBytes:]
	binary.LittleEndian.PutUint32(head, uint32(len(body)))
	binary.LittleEndian.PutUint32(head[4:], crc32.Checksum(body, castagnoli))
	binary.LittleEndian.PutUint32(head[8:], crc32.Checksum(head[:8], castagnoli))
	return b
}

// readEntry reads the entry that b begins with and returns how many bytes it takes. The entry shares
// memory with b. Zeros to the end count as cut short: that is how some file systems fill a file
// that they could not finish.
func readEntry(b []byte) (e entry, size int, err error) {
	if len(b) < headBytes || len(bytes.Trim(b, "\x00")) == 0 {
		return e, 0, errShort
	}
	length := int(binary.LittleEndian.Uint32(b))
	if crc32.Checksum(b[:8], castagnoli) != binary.LittleEndian.Uint32(b[8:]) || length > maxBody {
		return e, 0, errDamaged
	}
	size = headBytes + length
	if len(b) < size {
		return e, 0, errShort
	}
	body := b[headBytes:size]
	if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(b[4:]) || !e.read(body) {
		return entry{}, 0, errDamaged
	}
	return e, size, nil
}

// read reads the body; false if it is none.
func (e *entry) read(b []byte) bool {
	var parts [4][]byte
	for i := range parts {
		n, took := binary.Uvarint(b)
		if took <= 0 || n > uint64(len(b)-took) {
			return false
		}
		parts[i], b = b[took:took+int(n)], b[took+int(n):]
	}
	var numbers [4]int64
	for i := range numbers {
		n, took := binary.Varint(b)
		if took <= 0 {
			return false
		}
		numbers[i], b = n, b[took:]
	}
	if len(b) != 16 {
		return false
	}
	e.topic, e.key, e.value, e.device = string(parts[0]), parts[1], parts[2], string(parts[3])
	e.at, e.epoch, e.number, e.version = duty.Instant(numbers[0]), numbers[1], numbers[2], numbers[3]
	e.name, e.content = binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
	return true
}

// nextEntry returns where the next whole entry begins behind damage, or len(b).
func nextEntry(b []byte) int {
	for i := 1; i+headBytes <= len(b); i++ {
		if _, _, err := readEntry(b[i:]); err == nil {
			return i
		}
	}
	return len(b)
}
