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

// Bounds of what is unpacked. A compressed batch is small on the wire and may be of
// any size behind it, so that the memory that reading takes is bounded here, by
// record and by batch, whatever a producer sends.
const (
	// MaxRecordBytes is the largest record of an input topic that is read: its key,
	// value and headers, in bytes. It is what a broker takes by default
	// (max.message.bytes), and far more than any fact; a larger one, which only
	// compression or another setting lets in, is handed out with its key and
	// [Record.Fault]. So whatever is read fits into the topics that it is copied to:
	// [Client.Check] wants them to be larger.
	MaxRecordBytes = 1 << 20
	// MaxWindowBytes is the largest window of a zstd frame that is read, in bytes:
	// level 22 of Kafka's Java client writes it, and its consumer reads no larger one
	// (ZSTD_WINDOWLOG_LIMIT_DEFAULT is 27). It is taken once in a process, and only
	// while a batch is read that unpacks to more than a piece. So far back copies of
	// snappy may reach too.
	MaxWindowBytes = 128 << 20
	// maxUnpackedBatch is how much of one batch is read at all, in bytes. What lies
	// behind cannot be told apart any more: Kafka itself bounds a batch to what is sent.
	maxUnpackedBatch = 1 << 30
	// maxOwnBatch is the same for topics that only we write.
	maxOwnBatch = 64 << 20
	// pieceBytes is up to how much a batch is unpacked at once; of a larger one, that
	// much at a time.
	pieceBytes = 8 << 20
	// maxFaultKey is the longest key that comes with a record that is too large. No
	// usable one is longer (contract §1).
	maxFaultKey = 4 << 10
)

// bigBatch unpacks the batch that is larger than a piece and read at the moment. A
// decoder keeps a window of up to MaxWindowBytes, so there is one for the whole
// process: another batch takes it over, and who comes back begins again.
type bigBatch struct {
	mu sync.Mutex
	// of is whose batch it is, at how much of it was read.
	of  *bigOwner
	at  int64
	src io.Reader
	end func()
}

// bigOwner stands for one reading of one batch.
type bigOwner struct{ _ byte }

var oneBig bigBatch

// read fills buf to a piece that begins at an offset in the unpacked batch; what buf
// holds is the beginning of it. ended is true where nothing comes after the piece.
func (g *bigBatch) read(of *bigOwner, codec Compression, packed []byte, begin int64, buf []byte) (piece []byte, ended bool, err error) {
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

// endsHere tells the end of the batch from one that is cut short, for which some
// codecs have the same error.
func (g *bigBatch) endsHere() bool {
	var one [1]byte
	_, err := g.src.Read(one[:])
	return errors.Is(err, io.EOF)
}

// leave lets go of the decoder, where it is still at that batch.
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

// unpackStream returns a reader of what a batch holds, and what lets go of it.
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
		r, err := zstd.NewReader(src, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(MaxWindowBytes))
		if err != nil {
			return nil, nothing, err
		}
		return r, r.Close, nil
	}
	return nil, nothing, fmt.Errorf("codec %d is not known", codec)
}
