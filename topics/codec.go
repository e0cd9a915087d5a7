package topics

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// Compression is a codec of a record batch.
type Compression uint8

// The codecs of Kafka's record batches.
const (
	None   Compression = 0
	Gzip   Compression = 1
	Snappy Compression = 2
	LZ4    Compression = 3
	Zstd   Compression = 4
)

// compressFrom is the size from which compressing a batch pays, in bytes.
const compressFrom = 512

// maxBatchBytes bounds what a batch may decompress to. Kafka's own limit is on
// the compressed size, so that a small batch could otherwise fill the memory.
const maxBatchBytes = 64 << 20

var errTooLarge = fmt.Errorf("%w: it decompresses to more than %d MB", ErrCorrupt, maxBatchBytes>>20)

var (
	zstdEncoder = sync.OnceValue(func() *zstd.Encoder {
		e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(2),
			zstd.WithEncoderCRC(false), zstd.WithWindowSize(1<<20))
		if err != nil {
			panic(err) // the options above are constants
		}
		return e
	})
	zstdDecoder = sync.OnceValue(func() *zstd.Decoder {
		d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(2), zstd.WithDecoderMaxMemory(maxBatchBytes),
			zstd.WithDecoderLowmem(true))
		if err != nil {
			panic(err) // the options above are constants
		}
		return d
	})
	lz4Readers = sync.Pool{New: func() any { return lz4.NewReader(nil) }}
	gzReaders  = sync.Pool{New: func() any { return new(gzip.Reader) }}
	// A writer takes 800 KB.
	gzWriters = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}
)

// sink appends what is written to a slice.
type sink struct{ b []byte }

func (s *sink) Write(p []byte) (int, error) {
	s.b = append(s.b, p...)
	return len(p), nil
}

// compress appends the compressed form of src to dst. Writing to memory does
// not fail.
func compress(dst []byte, codec Compression, src []byte) []byte {
	switch codec {
	case Zstd:
		return zstdEncoder().EncodeAll(src, dst)
	case Snappy:
		at, most := len(dst), snappy.MaxEncodedLen(len(src))
		dst = room(dst, most)
		return dst[:at+len(snappy.Encode(dst[at:at+most], src))]
	case Gzip:
		s := &sink{dst}
		w, _ := gzWriters.Get().(*gzip.Writer)
		defer gzWriters.Put(w)
		w.Reset(s)
		_, _ = w.Write(src)
		_ = w.Close()
		w.Reset(nil) // lets go of the batch
		return s.b
	case LZ4:
		return toLZ4(dst, src)
	default:
		return append(dst, src...)
	}
}

// decompress appends what src holds to dst[:0] and never makes it larger than
// maxBatchBytes.
func decompress(dst []byte, codec Compression, src []byte) ([]byte, error) {
	dst = dst[:0]
	var err error
	switch codec {
	case None:
		return append(dst, src...), nil
	case Gzip:
		r, _ := gzReaders.Get().(*gzip.Reader)
		defer gzReaders.Put(r)
		if err = r.Reset(bytes.NewReader(src)); err == nil {
			dst, err = readAll(dst, r)
		}
	case Snappy:
		dst, err = unsnappy(dst, src)
	case LZ4:
		var ordinary bool
		if dst, ordinary, err = unLZ4(dst, src); !ordinary {
			r, _ := lz4Readers.Get().(*lz4.Reader)
			defer lz4Readers.Put(r)
			r.Reset(bytes.NewReader(src))
			dst, err = readAll(dst, r)
		}
	case Zstd:
		dst, err = zstdDecoder().DecodeAll(src, dst)
		if errors.Is(err, zstd.ErrDecoderSizeExceeded) {
			err = errTooLarge
		}
	default:
		err = fmt.Errorf("%w: codec %d is not known", ErrCorrupt, codec)
	}
	if err != nil && !errors.Is(err, ErrCorrupt) {
		err = fmt.Errorf("%w: decompressing: %w", ErrCorrupt, err)
	}
	if len(dst) > maxBatchBytes {
		err = errTooLarge
	}
	return dst, err
}

// readAll reads r to its end into dst.
func readAll(dst []byte, r io.Reader) ([]byte, error) {
	for idle := 0; idle < 100; {
		if len(dst) > maxBatchBytes {
			return dst, errTooLarge
		}
		if cap(dst)-len(dst) < 512 {
			grown := make([]byte, len(dst), max(2*cap(dst), 16<<10))
			copy(grown, dst)
			dst = grown
		}
		n, err := r.Read(dst[len(dst):cap(dst)])
		dst = dst[:len(dst)+n]
		if errors.Is(err, io.EOF) {
			return dst, nil
		}
		if err != nil {
			return dst, err
		}
		if n == 0 {
			idle++
		} else {
			idle = 0
		}
	}
	return dst, io.ErrNoProgress
}

// xerialMagic begins the framing that the Java client puts around snappy
// blocks.
var xerialMagic = []byte{0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0}

func unsnappy(dst, src []byte) ([]byte, error) {
	if !bytes.HasPrefix(src, xerialMagic) {
		return snappyBlock(dst, src)
	}
	if len(src) < 16 {
		return dst, io.ErrUnexpectedEOF
	}
	for src = src[16:]; len(src) > 0; {
		if len(src) < 4 {
			return dst, io.ErrUnexpectedEOF
		}
		n := int(binary.BigEndian.Uint32(src))
		src = src[4:]
		if n > len(src) {
			return dst, io.ErrUnexpectedEOF
		}
		var err error
		if dst, err = snappyBlock(dst, src[:n]); err != nil {
			return dst, err
		}
		src = src[n:]
	}
	return dst, nil
}

func snappyBlock(dst, block []byte) ([]byte, error) {
	n, err := snappy.DecodedLen(block)
	if err != nil {
		return dst, err
	}
	if n > maxBatchBytes-len(dst) {
		return dst, errTooLarge
	}
	at := len(dst)
	if cap(dst)-at < n {
		grown := make([]byte, at, max(2*cap(dst), at+n))
		copy(grown, dst)
		dst = grown
	}
	if _, err := snappy.Decode(dst[at:at+n], block); err != nil {
		return dst, err
	}
	return dst[:at+n], nil
}
