package topics

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	plainsnappy "github.com/golang/snappy"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
)

// packed is a batch of card-events as another client compresses it.
func packed(t testing.TB, codec Compression, pack func(records []byte) []byte, outs ...Out) *Fetched {
	t.Helper()
	var b batchBuilder
	for i := range outs {
		b.add(&outs[i], 1000)
	}
	whole := slices.Clone(b.buf)
	batch := append(whole[:batchHeader:batchHeader], pack(b.records())...)
	b.finish(batch, codec, producerState{id: -1}, -1)
	p := &Fetched{TopicPartition: TopicPartition{CardEvents, 0}, LastStable: -1}
	p.fill(codeNone, batch, nil, true)
	if p.Err != nil || p.Next != int64(len(outs)) {
		t.Fatalf("next %d, %v", p.Next, p.Err)
	}
	return p
}

// javaZstd compresses as Kafka's Java client does: as a stream, so that the frame
// does not say what it holds, with the window of the level.
func javaZstd(t testing.TB, window int) func([]byte) []byte {
	return func(records []byte) []byte {
		var out bytes.Buffer
		w, err := zstd.NewWriter(&out, zstd.WithWindowSize(window), zstd.WithEncoderConcurrency(1),
			zstd.WithSingleSegment(false))
		if err != nil {
			t.Fatal(err)
		}
		for part := range slices.Chunk(records, 1<<20) {
			if _, err := w.Write(part); err != nil {
				t.Fatal(err)
			}
			_ = w.Flush()
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
}

func packers(t testing.TB) map[string]struct {
	codec Compression
	pack  func([]byte) []byte
} {
	type packer = struct {
		codec Compression
		pack  func([]byte) []byte
	}
	own := func(c Compression) packer {
		return packer{c, func(b []byte) []byte { return compress(nil, c, b) }}
	}
	return map[string]packer{
		"gzip": own(Gzip), "snappy": own(Snappy), "lz4": own(LZ4), "zstd": own(Zstd), "zstd 22": {Zstd,
			javaZstd(t, MaxWindowBytes)},
		"xerial": {Snappy, func(b []byte) []byte {
			out := append(slices.Clone(xerialMagic), 0, 0, 0, 1, 0, 0, 0, 1)
			for part := range slices.Chunk(b, 32<<10) {
				block := snappy.Encode(nil, part)
				out = append(out, byte(len(block)>>24), byte(len(block)>>16), byte(len(block)>>8), byte(len(block)))
				out = append(out, block...)
			}
			return out
		}},
	}
}

// TestZstdWindow: what Kafka's own consumer reads is read here: a window of 128 MB, as level 22 of
// the Java client writes it, without using that much memory. A larger window, which Kafka's
// consumer refuses, is refused.
func TestZstdWindow(t *testing.T) {
	value := bytes.Repeat([]byte("a row of the access-control system "), 3000)
	out := Out{Topic: CardEvents, Key: []byte("P-001"), Value: value}
	for _, window := range []int{1 << 20, 8 << 20, 16 << 20, MaxWindowBytes} {
		p := packed(t, Zstd, javaZstd(t, window), out, out)
		n := 0
		took := allocated(func() {
			if err := p.Each(func(r *Record) error {
				if r.Fault != nil || !bytes.Equal(r.Value, value) || string(r.Key) != "P-001" {
					t.Errorf("window %d: %v", window, r.Fault)
				}
				n++
				return nil
			}); err != nil {
				t.Error(err)
			}
		})
		if n != 2 || took > 16<<20 {
			t.Errorf("window %d: %d records with %d MB", window, n, took>>20)
		}
	}
	p := packed(t, Zstd, javaZstd(t, 2*MaxWindowBytes), out, out)
	var faults []string
	if err := p.Each(func(r *Record) error {
		faults = append(faults, fmt.Sprint(r.Offset, " ", r.Fault))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if len(faults) != 1 || !strings.HasPrefix(faults[0], "1 the batch of 2 records") ||
		!strings.Contains(faults[0], "larger than the 128 MB") {
		t.Errorf("%q", faults)
	}
}

// allocated is how many bytes f took, freed or not.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestLargeBatch: a batch that unpacks to very much is read record by record, by Each and by a
// cursor, in bounded memory. A record that is too large comes with its key and without its value.
func TestLargeBatch(t *testing.T) {
	zeros, ordinary := make([]byte, 12<<20), MaxRecordBytes/8
	if os.Getenv("TILSYN_FULL") != "" {
		zeros, ordinary = make([]byte, 70<<20), MaxRecordBytes-1000
	}
	seed := uint64(7)
	random := rand.New(rand.NewPCG(seed, 0))
	var outs []Out
	var want []string
	note := func(i int, r *Record) string {
		return fmt.Sprintf("%d %s %d %t %t", i, r.Key, len(r.Value), r.Fault != nil, len(r.Headers) == 1)
	}
	for i := range 40 {
		o := Out{Key: fmt.Appendf(nil, "P-%03d", i),
			Value: bytes.Repeat([]byte{byte(i)}, random.IntN(ordinary)), Headers: []Header{{"h", nil}}}
		switch i {
		case 7:
			o.Value = zeros
		case 8:
			o.Value = zeros[:MaxRecordBytes] // more with its key
		case 9:
			o.Value = zeros[:MaxRecordBytes-100]
		case 20:
			o.Key, o.Value = zeros[:9<<20], nil
		case 39:
			o.Value = zeros[:10<<20]
		}
		outs = append(outs, o)
		r := Record{Key: o.Key, Value: o.Value, Headers: []RecordHeader{{}}}
		if i == 7 || i == 8 || i == 39 || i == 20 {
			r = Record{Key: o.Key, Fault: io.EOF}
		}
		if i == 20 {
			r.Key = nil
		}
		want = append(want, note(i, &r))
	}
	all := packers(t)
	for _, name := range variants(t.Name(), slices.Sorted(maps.Keys(all))...) {
		by := all[name]
		t.Run(name, func(t *testing.T) {
			p := packed(t, by.codec, by.pack, outs...)
			var got []string
			debug.FreeOSMemory()
			var most uint64
			if err := p.Each(func(r *Record) error {
				if r.Offset%8 == 0 {
					var m runtime.MemStats
					runtime.GC() // what is reached, not what the collector has not come to
					runtime.ReadMemStats(&m)
					most = max(most, m.HeapAlloc)
				}
				got = append(got, note(int(r.Offset), r))
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, want) {
				t.Fatalf("Each gives\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			// The records that were written, two windows at most, some pieces.
			if limit := uint64(2*(len(zeros)+10<<20) + 2*MaxWindowBytes + 6*pieceBytes); most > limit {
				t.Errorf("%d MB of heap are reached, at most %d are right", most>>20, limit>>20)
			}
			got = got[:0]
			var mem Unpacked
			c := p.Cursor(&mem)
			for i := 0; ; i++ {
				ok, err := c.Next()
				if err != nil {
					t.Fatal(err)
				}
				if !ok {
					break
				}
				got = append(got, note(int(c.At().Offset), c.At()))
				if i%3 == 0 {
					c.Leave()
					mem.Reuse()
				}
			}
			if !slices.Equal(got, want) {
				t.Fatalf("a cursor gives\n%s", strings.Join(got, "\n"))
			}
			for _, from := range variants[int64](name, 7, 8, 25, 39) {
				again := Fetched{TopicPartition: p.TopicPartition, From: from, batches: p.batches}
				got = got[:0]
				if err := again.Each(func(r *Record) error {
					got = append(got, note(int(r.Offset), r))
					return nil
				}); err != nil || !slices.Equal(got, want[from:]) {
					t.Errorf("from %d: %v, %v", from, got, err)
				}
			}
		})
	}
	if oneBig.of != nil {
		t.Error("a decoder is kept")
	}
}

// TestLargeBatchesByTurns: two batches that are read at the same time take the decoder
// from each other and lose nothing.
func TestLargeBatchesByTurns(t *testing.T) {
	t.Parallel()
	outs := largeOuts()
	var mem Unpacked
	var cursors []*Cursor
	for _, by := range packers(t) {
		c := packed(t, by.codec, by.pack, outs...).Cursor(&mem)
		cursors = append(cursors, &c)
	}
	for i := range outs {
		for _, c := range cursors {
			ok, err := c.Next()
			if !ok || err != nil || !bytes.Equal(c.At().Value, outs[i].Value) || !bytes.Equal(c.At().Key, outs[i].Key) {
				t.Fatalf("record %d: %t, %v, %v", i, ok, err, c.At().Fault)
			}
		}
	}
	for _, c := range cursors {
		if ok, err := c.Next(); ok || err != nil {
			t.Fatal(ok, err)
		}
	}
}

// TestBrokenLargeBatch: if a large batch ends too early or never ends, the records before are
// read, and one record stands for the rest.
func TestBrokenLargeBatch(t *testing.T) {
	t.Parallel()
	outs := largeOuts()
	for name, by := range packers(t) {
		for _, part := range variants(name, 3, 40, 95) {
			p := packed(t, by.codec, func(b []byte) []byte {
				whole := by.pack(b)
				return whole[:len(whole)*part/100]
			}, outs...)
			var last *Record
			n := 0
			if err := p.Each(func(r *Record) error {
				if last != nil {
					t.Fatalf("%s: a record follows the fault", name)
				}
				if r.Fault != nil {
					c := keep(r)
					last = &c
					return nil //nolint:nilerr // the fault is looked at below
				}
				if r.Offset != int64(n) || !bytes.Equal(r.Value, outs[n].Value) {
					t.Fatalf("%s: record %d is not what was written", name, r.Offset)
				}
				n++
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if last == nil || int(last.Offset) != len(outs)-1 || last.Key != nil || n == len(outs) {
				t.Errorf("%s cut to %d %%: %d records, then %+v", name, part, n, last)
			}
		}
	}
}

// TestSnappyStream: what the library writes, in pieces and in blocks that copy from
// far back.
func TestSnappyStream(t *testing.T) {
	t.Parallel()
	seed := uint64(3)
	random := rand.New(rand.NewPCG(seed, 1))
	for n := range 60 {
		src := make([]byte, random.IntN(1<<uint(n%22)+1))
		for i := range src {
			src[i] = byte(random.IntN(1 + n%7))
			if i > 40 && random.IntN(3) > 0 {
				src[i] = src[i-1-random.IntN(40)]
			}
		}
		for _, framed := range []bool{false, true} {
			block := snappy.Encode(nil, src)
			if framed {
				block = packers(t)["xerial"].pack(src)
			}
			got, err := io.ReadAll(newSnappyStream(block))
			if err != nil || !bytes.Equal(got, src) {
				t.Fatalf("seed %d, %d, framed %t: %d bytes of %d, %v", seed, n, framed, len(got), len(src), err)
			}
		}
	}
}

// FuzzSnappyStream: no block makes us panic or run on, and where the library can read
// it, both read the same.
func FuzzSnappyStream(f *testing.F) {
	f.Add(snappy.Encode(nil, bytes.Repeat([]byte("person-17 "), 100)))
	f.Add([]byte{5, 0x10, 'a', 'b', 'c', 'd', 'e'})
	f.Add(append(slices.Clone(xerialMagic), 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0))
	f.Fuzz(func(t *testing.T, block []byte) {
		if n, err := snappy.DecodedLen(block); err == nil && n > 1<<20 {
			return
		}
		got, err := io.ReadAll(io.LimitReader(newSnappyStream(block), 1<<26))
		if bytes.HasPrefix(block, xerialMagic) {
			return
		}
		want, theirs := plainsnappy.Decode(nil, block) // the library that writes reads copies from nowhere too
		if (err == nil) != (theirs == nil) || err == nil && !bytes.Equal(got, want) {
			t.Errorf("%d bytes, %v; the library reads %d, %v", len(got), err, len(want), theirs)
		}
	})
}

// TestHugeLength: an impossible record length in a batch that is read piece by piece ends the
// batch with a fault; the records before it are read.
func TestHugeLength(t *testing.T) {
	t.Parallel()
	outs := largeOuts()
	for name, by := range packers(t) {
		for _, size := range variants[int64](name, 1<<31, 1<<62, 1<<63-1, 1<<63-8) {
			p := packed(t, by.codec, func(b []byte) []byte {
				at := 0
				for range 3 { // more than a piece comes behind it
					n, head := binary.Varint(b[at:])
					at += head + int(n)
				}
				n, head := binary.Varint(b[at:])
				huge := binary.AppendVarint(slices.Clone(b[:at]), size)
				huge = append(huge, b[at+head:at+head+int(n)]...)
				return by.pack(append(huge, b[at+head+int(n):]...))
			}, outs...)
			n, faults := 0, 0
			if err := p.Each(func(r *Record) error {
				if r.Fault != nil {
					faults++
					if int(r.Offset) != len(outs)-1 {
						t.Errorf("%s: the fault stands at %d", name, r.Offset)
					}
					return nil
				}
				n++
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if n != 3 || faults != 1 {
				t.Errorf("%s, a length of %d: %d records and %d faults", name, size, n, faults)
			}
		}
	}
}

// keep copies a record so that it outlives the callback.
func keep(r *Record) Record {
	out := *r
	out.Key, out.Value = slices.Clone(r.Key), slices.Clone(r.Value)
	out.Headers = nil
	for _, h := range r.Headers {
		out.Headers = append(out.Headers, RecordHeader{slices.Clone(h.Key), slices.Clone(h.Value)})
	}
	return out
}
