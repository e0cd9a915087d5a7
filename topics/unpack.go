package topics

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// Limits of unpacking. A compressed batch is small on the wire but may unpack to any size, so
// memory is bounded here, by record and by batch, whatever a producer sends.
const (
	// MaxRecordBytes is the largest record of an input topic that is read: key, value and headers, in
	// bytes. It is what a broker accepts by default (max.message.bytes), and far more than any fact. A
	// larger one, which only compression or another setting lets in, comes with its key and
	// [Record.Fault]. So everything that is read fits into the topics that it is copied to, which
	// [Client.Check] requires to be larger.
	MaxRecordBytes = 1 << 20
	// MaxWindowBytes is the largest window of a zstd frame that is read, in bytes: level 22 of Kafka's
	// Java client writes it, and its consumer reads no larger one (ZSTD_WINDOWLOG_LIMIT_DEFAULT is
	// 27). It is allocated once per process, and only while a batch that unpacks to more than a piece
	// is read. Copies of snappy may reach back as far.
	MaxWindowBytes = 128 << 20
	// maxUnpackedBatch is how many bytes of one batch are read at all. What lies behind cannot be told
	// apart; Kafka itself bounds only what is sent.
	maxUnpackedBatch = 1 << 30
	// maxOwnBatch is the same for topics that only this program writes.
	maxOwnBatch = 64 << 20
	// pieceBytes is up to which size a batch is unpacked at once; a larger one is unpacked in pieces
	// of that size.
	pieceBytes = 8 << 20
	// maxFaultKey is the longest key that is kept of a too large record. No usable key is longer
	// (contract §1).
	maxFaultKey = 4 << 10
)

// bigBatch unpacks the one batch larger than a piece that is being read. A decoder keeps a window
// of up to MaxWindowBytes, so the process has only one: another batch takes it over, and the
// interrupted one starts again.
type bigBatch struct {
	mu sync.Mutex
	// of is whose batch it is, at how many bytes of it were read.
	of  *bigOwner
	at  int64
	src io.Reader
	end func()
}

// bigOwner identifies one reading of one batch.
type bigOwner struct{ _ byte }

// oneBig is the decoder of this process.
var oneBig bigBatch

// read fills buf up to a piece that begins at an offset in the unpacked batch; buf already holds
// its beginning. ended is true if nothing follows the piece.
func (g *bigBatch) read(of *bigOwner, codec Compression, packed []byte, begin int64,
	buf []byte) (piece []byte, ended bool, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	from := begin + int64(len(buf))
	if from > maxUnpackedBatch {
		return buf, true, fmt.Errorf("it unpacks to more than %d MB", maxUnpackedBatch>>20)
	}
	if g.of != of || g.at > from {
		g.release()
		if g.src, g.end, err = unpackStream(codec, packed); err != nil {
			return buf, true, err
		}
		g.of, g.at = of, 0
	}
	skipped, err := io.CopyN(io.Discard, g.src, from-g.at)
	g.at += skipped
	if err == nil {
		more := pieceBytes - len(buf)
		buf = room(buf, more)
		var n int
		n, err = io.ReadFull(g.src, buf[len(buf):len(buf)+more])
		g.at, buf = g.at+int64(n), buf[:len(buf)+n]
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) && g.endsHere() {
		return buf, true, nil
	}
	return buf, false, err
}

// endsHere distinguishes the end of the batch from a truncated one, for which some codecs return
// the same error.
func (g *bigBatch) endsHere() bool {
	var one [1]byte
	_, err := g.src.Read(one[:])
	return errors.Is(err, io.EOF)
}

// leave releases the decoder, if it still belongs to that reading.
func (g *bigBatch) leave(of *bigOwner) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.of == of {
		g.release()
	}
}

func (g *bigBatch) release() {
	if g.end != nil {
		g.end()
	}
	g.of, g.at, g.src, g.end = nil, 0, nil, nil
}

// unpackStream returns a reader of the content of a batch, and a function that releases it.
func unpackStream(codec Compression, packed []byte) (io.Reader, func(), error) {
	src := bytes.NewReader(packed)
	nothing := func() {}
	switch codec {
	case Gzip:
		r, err := gzip.NewReader(src)
		return r, nothing, err
	case Snappy:
		return newSnappyStream(packed), nothing, nil
	case LZ4:
		return lz4.NewReader(src), nothing, nil
	case Zstd:
		r, err := zstd.NewReader(src, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(MaxWindowBytes))
		if err != nil {
			return nil, nothing, err
		}
		return r, r.Close, nil
	}
	return nil, nothing, fmt.Errorf("codec %d is not known", codec)
}
