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

// compressFrom is the size in bytes from which compressing a batch is worth it.
const compressFrom = 512

// errTooLarge says that a batch unpacks to more than is allowed.
var errTooLarge = fmt.Errorf("%w: it unpacks to more than it may", ErrCorrupt)

var (
	zstdEncoder = sync.OnceValue(func() *zstd.Encoder {
		e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(2),
			zstd.WithEncoderCRC(false), zstd.WithWindowSize(1<<20))
		if err != nil {
			panic(err) // the options above are constants
		}
		return e
	})
	// zstdDecoder reads frames with a window of up to 8 MB, which every level below 20 has. It unpacks
	// into the destination and keeps no window.
	zstdDecoder = sync.OnceValue(func() *zstd.Decoder { return newZstd(pieceBytes, false) })
	// zstdWide also reads larger windows, into no more room than it is given.
	zstdWide   = sync.OnceValue(func() *zstd.Decoder { return newZstd(MaxWindowBytes, true) })
	lz4Readers = sync.Pool{New: func() any { return lz4.NewReader(nil) }}
	gzReaders  = sync.Pool{New: func() any { return new(gzip.Reader) }}
	// gzWriters are pooled because each takes 800 KB.
	gzWriters = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}
)

// newZstd returns a decoder of whole frames that serves two callers at a time.
func newZstd(most uint64, toCap bool) *zstd.Decoder {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(2), zstd.WithDecoderMaxMemory(most),
		zstd.WithDecoderLowmem(true), zstd.WithDecodeAllCapLimit(toCap))
	if err != nil {
		panic(err) // the options above are constants
	}
	return d
}

// sink appends what is written to a slice.
type sink struct{ b []byte }

// Write implements io.Writer.
func (s *sink) Write(p []byte) (int, error) {
	s.b = append(s.b, p...)
	return len(p), nil
}

// compress appends the compressed form of src to dst. Writing to memory cannot fail.
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

// decompress appends the content of src to dst[:0]. If that exceeds the limit in bytes, the error
// is errTooLarge, and not much more memory than the limit was used.
func decompress(dst []byte, codec Compression, src []byte, limit int) ([]byte, error) {
	dst = dst[:0]
	var err error
	switch codec {
	case None:
		return append(dst, src...), nil
	case Gzip:
		r, _ := gzReaders.Get().(*gzip.Reader)
		defer gzReaders.Put(r)
		if err = r.Reset(bytes.NewReader(src)); err == nil {
			dst, err = readAll(dst, r, limit)
		}
	case Snappy:
		dst, err = unsnappy(dst, src, limit)
	case LZ4:
		var ordinary bool
		if dst, ordinary, err = unLZ4(dst, src, limit); !ordinary {
			r, _ := lz4Readers.Get().(*lz4.Reader)
			defer lz4Readers.Put(r)
			r.Reset(bytes.NewReader(src))
			dst, err = readAll(dst, r, limit)
		}
	case Zstd:
		dst, err = unZstd(dst, src, limit)
	default:
		err = fmt.Errorf("%w: codec %d is not known", ErrCorrupt, codec)
	}
	if err != nil && !errors.Is(err, ErrCorrupt) {
		err = fmt.Errorf("%w: decompressing: %w", ErrCorrupt, err)
	}
	if len(dst) > limit {
		err = errTooLarge
	}
	return dst, err
}

// unZstd appends the content of the frames in src.
func unZstd(dst, src []byte, limit int) ([]byte, error) {
	if limit <= pieceBytes {
		out, err := zstdDecoder().DecodeAll(src, dst)
		switch {
		case errors.Is(err, zstd.ErrDecoderSizeExceeded):
			return dst, errTooLarge
		case !errors.Is(err, zstd.ErrWindowSizeExceeded):
			return out, err
		}
	}
	for try := min(limit, 4*len(src)+64<<10); ; try = min(limit, 4*try) {
		dst = room(dst, try)
		out, err := zstdWide().DecodeAll(src, dst[len(dst):len(dst):min(cap(dst), len(dst)+limit)])
		switch {
		case err == nil:
			return dst[:len(dst)+len(out)], nil
		case errors.Is(err, zstd.ErrWindowSizeExceeded):
			return dst, fmt.Errorf("%w: its window is larger than the %d MB that Kafka's own consumer reads",
				ErrCorrupt, MaxWindowBytes>>20)
		case try == limit:
			// It may also be damaged: with too little room the errors look alike, and reading piece by piece
			// will tell.
			return dst, errTooLarge
		}
	}
}

// readAll reads r to its end into dst, up to the limit.
func readAll(dst []byte, r io.Reader, limit int) ([]byte, error) {
	for idle := 0; idle < 100; {
		if len(dst) > limit {
			return dst, errTooLarge
		}
		if cap(dst)-len(dst) < 512 {
			dst = room(dst, max(512, 16<<10-len(dst)))
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

// xerialMagic begins the framing that the Java client puts around snappy blocks.
var xerialMagic = []byte{0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0}

// unsnappy appends the content of a plain or framed snappy block.
func unsnappy(dst, src []byte, limit int) ([]byte, error) {
	if !bytes.HasPrefix(src, xerialMagic) {
		return snappyBlock(dst, src, limit)
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
		if dst, err = snappyBlock(dst, src[:n], limit); err != nil {
			return dst, err
		}
		src = src[n:]
	}
	return dst, nil
}

// snappyBlock appends the content of one block.
func snappyBlock(dst, block []byte, limit int) ([]byte, error) {
	n, err := snappy.DecodedLen(block)
	if err != nil {
		return dst, err
	}
	if n > limit-len(dst) {
		return dst, errTooLarge
	}
	at := len(dst)
	dst = room(dst, n)
	if _, err := snappy.Decode(dst[at:at+n], block); err != nil {
		return dst, err
	}
	return dst[:at+n], nil
}
