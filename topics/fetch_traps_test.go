package topics

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/snappy"
)

// handmade builds responses as a real broker gives them and the embedded one
// never does.
type handmade struct{ b []byte }

// data appends a batch of records whose values are given, first offset base.
// The batch claims to end at last, as one does that compaction has thinned.
func (h *handmade) data(base, last int64, producer int64, txn bool, codec Compression, offsets []int64) []byte {
	var b batchBuilder
	for _, o := range offsets {
		b.count = int32(o - base) // so that the record carries this offset delta
		b.first = 1000 + base
		b.add(&Out{Key: []byte("k"), Value: fmt.Appendf(nil, "v%d-%s", o, strings.Repeat("x", 700))}, 1000+o)
	}
	b.first, b.count = 1000+base, int32(len(offsets))
	start := len(h.b)
	h.b = b.appendBatch(h.b, codec, producerState{id: producer, transactional: txn}, 0)
	return h.finish(start, base, last)
}

// marker appends a control batch: the end of a transaction.
func (h *handmade) marker(at, producer int64, commit bool) {
	key := []byte{0, 0, 0, 0}
	if commit {
		key[3] = 1
	}
	var b batchBuilder
	b.add(&Out{Key: key, Value: make([]byte, 6)}, 1000+at)
	start := len(h.b)
	h.b = b.appendBatch(h.b, None, producerState{id: producer, transactional: true}, -1)
	binary.BigEndian.PutUint16(h.b[start+batchAttrsAt:], attrTxn|attrControl)
	h.finish(start, at, at)
}

func (h *handmade) finish(start int, base, last int64) []byte {
	batch := h.b[start:]
	binary.BigEndian.PutUint64(batch, uint64(base))
	binary.BigEndian.PutUint32(batch[batchEpochAt:], 7)
	binary.BigEndian.PutUint32(batch[batchLastAt:], uint32(last-base))
	sealBatch(batch)
	return batch
}

// read fills a partition's part of a response and reads it.
func (h *handmade) read(from, stable int64, list ...aborted) (Fetched, []int64, error) {
	p := Fetched{TopicPartition: TopicPartition{CardEvents, 0}, From: from, Next: from, LastStable: stable,
		LogStart: 0, HighWatermark: 1 << 40}
	p.fill(codeNone, h.b, slices.Clone(list), true)
	var got []int64
	err := p.Each(func(r *Record) error {
		if want := fmt.Sprintf("v%d-", r.Offset); !strings.HasPrefix(string(r.Value), want) || r.Timestamp != 1000+r.Offset {
			return fmt.Errorf("offset %d has another record's value or time %d", r.Offset, r.Timestamp)
		}
		got = append(got, r.Offset)
		return nil
	})
	return p, got, err
}

func expect(t *testing.T, h *handmade, from, next int64, offsets []int64, list ...aborted) {
	t.Helper()
	p, got, err := h.read(from, -1, list...)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, offsets) || p.Next != next {
		t.Errorf("from %d: got %v, next %d; want %v, next %d", from, got, p.Next, offsets, next)
	}
}

func TestEachCodec(t *testing.T) {
	for _, codec := range []Compression{None, Gzip, Snappy, LZ4, Zstd} {
		h := &handmade{}
		h.data(10, 12, -1, false, codec, []int64{10, 11, 12})
		expect(t, h, 10, 13, []int64{10, 11, 12})
		// A batch may begin before the position.
		expect(t, h, 12, 13, []int64{12})
	}
}

// TestXerialSnappy: the framing of the Java client, several blocks.
func TestXerialSnappy(t *testing.T) {
	plain := []byte(strings.Repeat("tilsyn", 1000))
	framed := append(slices.Clone(xerialMagic), 0, 0, 0, 1, 0, 0, 0, 1)
	for part := range slices.Chunk(plain, 2500) {
		block := snappy.Encode(nil, part)
		framed = binary.BigEndian.AppendUint32(framed, uint32(len(block)))
		framed = append(framed, block...)
	}
	got, err := decompress(nil, Snappy, framed, maxOwnBatch)
	if err != nil || string(got) != string(plain) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	for cut := range len(framed) {
		if got, err := decompress(nil, Snappy, framed[:cut], maxOwnBatch); err == nil && len(got) == len(plain) {
			t.Errorf("cut at %d of %d and still whole", cut, len(framed))
		}
	}
}

func TestCompactedGaps(t *testing.T) {
	h := &handmade{}
	h.data(0, 9, -1, false, LZ4, []int64{3, 9})    // the first records are gone
	h.data(20, 29, -1, false, Snappy, []int64{21}) // a whole batch between and the tail of this one are gone
	expect(t, h, 0, 30, []int64{3, 9, 21})
	expect(t, h, 10, 30, []int64{21})
	expect(t, h, 22, 30, nil)
}

// TestEmptyBatches: compaction keeps the last batch of a producer without its
// records; a response may hold nothing else, and reading must go on behind it.
func TestEmptyBatches(t *testing.T) {
	h := &handmade{}
	h.data(5, 8, 42, false, None, nil)
	expect(t, h, 5, 9, nil)
	h.data(9, 11, 42, false, None, nil)
	expect(t, h, 5, 12, nil)
	h.data(12, 12, -1, false, None, []int64{12})
	expect(t, h, 5, 13, []int64{12})
}

func TestAbortedRecords(t *testing.T) {
	h := &handmade{}
	h.data(0, 1, 1, true, None, []int64{0, 1}) // producer 1: aborted
	h.data(2, 2, 2, true, None, []int64{2})    // producer 2: committed
	h.data(3, 3, -1, false, None, []int64{3})  // no transaction
	h.data(4, 4, 1, true, None, []int64{4})
	h.marker(5, 1, false)
	h.data(6, 6, 1, true, None, []int64{6}) // producer 1 again: committed
	h.marker(7, 2, true)
	h.marker(8, 1, true)
	h.data(9, 9, 2, true, None, []int64{9}) // producer 2: aborted
	h.data(10, 10, 1, true, None, []int64{10})
	h.marker(11, 2, false)
	h.marker(12, 1, true)
	list := []aborted{{1, 0}, {2, 9}}
	expect(t, h, 0, 13, []int64{2, 3, 6, 10}, list...)
	// From the middle of an aborted transaction the broker still lists it.
	expect(t, h, 4, 13, []int64{6, 10}, list...)
}

func TestOnlyMarkers(t *testing.T) {
	h := &handmade{}
	h.marker(0, 1, true)
	h.marker(1, 2, false)
	expect(t, h, 0, 2, nil)
}

func TestBeyondLastStable(t *testing.T) {
	h := &handmade{}
	h.data(0, 0, 1, true, None, []int64{0})
	h.data(1, 1, 1, true, None, []int64{1})
	p, got, err := h.read(0, 1)
	if err != nil || !slices.Equal(got, []int64{0}) || p.Next != 1 {
		t.Errorf("%v, next %d, %v", got, p.Next, err)
	}
}

func TestTruncatedTail(t *testing.T) {
	h := &handmade{}
	first := len(h.data(0, 0, -1, false, None, []int64{0}))
	h.data(1, 3, -1, false, Zstd, []int64{1, 2, 3})
	whole := h.b
	for cut := range len(whole) {
		h.b = whole[:cut]
		want, next := []int64(nil), int64(0)
		if cut >= first {
			want, next = []int64{0}, 1
		}
		expect(t, h, 0, next, want)
	}
}

// TestBadChecksum: whatever byte under the checksum changes, nothing of the
// batch is given out and nothing after it either.
func TestBadChecksum(t *testing.T) {
	h := &handmade{}
	first := len(h.data(0, 0, -1, false, None, []int64{0}))
	second := len(h.data(1, 1, -1, false, None, []int64{1}))
	h.data(2, 2, -1, false, None, []int64{2})
	whole := h.b
	for at := first + batchCRCAt; at < first+second; at += 13 {
		h.b = slices.Clone(whole)
		h.b[at] ^= 0x10
		p, got, err := h.read(0, -1)
		if !errors.Is(err, ErrCorrupt) || !slices.Equal(got, []int64{0}) || p.Next != 1 {
			t.Errorf("byte %d: %v, next %d, %v", at, got, p.Next, err)
		}
		if err != nil && strings.Contains(err.Error(), "xxx") {
			t.Errorf("the error shows the value: %v", err)
		}
	}
}

// TestBomb: a batch that decompresses to more than the limit is refused without
// taking that much memory.
func TestBomb(t *testing.T) {
	t.Parallel()
	zeros := make([]byte, maxOwnBatch+1)
	for _, codec := range []Compression{Gzip, Snappy, LZ4, Zstd} {
		if _, err := decompress(nil, codec, compress(nil, codec, zeros), maxOwnBatch); !errors.Is(err, ErrCorrupt) {
			t.Errorf("codec %d: %v", codec, err)
		}
	}
}

func TestAppendTime(t *testing.T) {
	var b batchBuilder
	b.add(&Out{Value: []byte("v")}, 5)
	batch := b.appendBatch(nil, None, producerState{id: -1}, -1)
	batch[batchAttrsAt+1] |= attrAppendTime
	binary.BigEndian.PutUint64(batch[batchMaxTSAt:], 99)
	sealBatch(batch)
	p := Fetched{LastStable: -1}
	p.fill(codeNone, batch, nil, true)
	n := 0
	if err := p.Each(func(r *Record) error {
		n++
		if r.Timestamp != 99 || !r.AppendTime {
			t.Errorf("timestamp %d, by the broker: %v", r.Timestamp, r.AppendTime)
		}
		return nil
	}); err != nil || n != 1 {
		t.Errorf("%d records, %v", n, err)
	}
}

func TestOutOfRange(t *testing.T) {
	p := Fetched{TopicPartition: TopicPartition{Notices, 2}, From: 5, Next: 5, LogStart: 9, HighWatermark: 20}
	p.fill(codeOffsetOutOfRange, nil, nil, true)
	var gone *OutOfRangeError
	if err := p.Each(func(*Record) error { return nil }); !errors.As(err, &gone) || gone.Start != 9 ||
		gone.Offset != 5 || p.Next != 5 {
		t.Errorf("%v, next %d", err, p.Next)
	}
}

// TestCompactedStart: a compacted topic may lose its beginning to compaction;
// reading goes on where the log begins. Beyond its end it does not.
func TestCompactedStart(t *testing.T) {
	p := Fetched{TopicPartition: TopicPartition{TaskCommits, 0}, From: 5, Next: 5, LogStart: 9, HighWatermark: 20}
	p.fill(codeOffsetOutOfRange, nil, nil, true)
	if p.Err != nil || p.Next != 9 {
		t.Errorf("%v, next %d", p.Err, p.Next)
	}
	p = Fetched{TopicPartition: TopicPartition{TaskCommits, 0}, From: 25, Next: 25, LogStart: 9, HighWatermark: 20}
	p.fill(codeOffsetOutOfRange, nil, nil, true)
	if p.Err == nil || p.Next != 25 {
		t.Errorf("beyond the end: %v, next %d", p.Err, p.Next)
	}
}

// TestNoAllocation: reading a batch costs nothing per record.
func TestNoAllocation(t *testing.T) {
	var offsets []int64
	for o := range int64(1000) {
		offsets = append(offsets, o)
	}
	most := 5.0
	if raceDetector {
		most = 100 // a decoder that the pool has lost is made anew
	}
	for _, codec := range []Compression{None, Snappy, Zstd} {
		h := &handmade{}
		h.data(0, 999, -1, false, codec, offsets)
		p := Fetched{LastStable: -1}
		p.fill(codeNone, h.b, nil, true)
		n := 0
		fn := func(r *Record) error { n += len(r.Value); return nil }
		if per := testing.AllocsPerRun(50, func() { _ = p.Each(fn) }); per > most {
			t.Errorf("codec %d: %v allocations for 1000 records", codec, per)
		}
		if n == 0 {
			t.Errorf("codec %d: nothing was read", codec)
		}
	}
}

func FuzzBatch(f *testing.F) {
	for _, codec := range []Compression{None, Gzip, Snappy, LZ4, Zstd} {
		h := &handmade{}
		h.data(3, 5, -1, false, codec, []int64{3, 5})
		h.marker(6, 1, false)
		f.Add(h.b, true)
	}
	f.Fuzz(func(t *testing.T, data []byte, reseal bool) {
		data = slices.Clone(data)
		if reseal && len(data) >= batchHeader {
			// Let faults through to the decoder behind the checksum.
			if size := int64(binary.BigEndian.Uint32(data[batchLengthAt:])) + batchEpochAt; size >= batchHeader &&
				size <= int64(len(data)) {
				sealBatch(data[:size])
			}
		}
		p := Fetched{LastStable: -1}
		p.fill(codeNone, data, []aborted{{1, 0}}, true)
		last := int64(-1)
		_ = p.Each(func(r *Record) error {
			if r.Offset < 0 || r.Offset >= p.Next && p.Err == nil {
				t.Fatalf("offset %d, next %d", r.Offset, p.Next)
			}
			if r.Offset <= last {
				t.Fatalf("offset %d after %d", r.Offset, last)
			}
			last = r.Offset
			return nil
		})
	})
}
