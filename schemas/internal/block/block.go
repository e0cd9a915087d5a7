package block

import (
	"bytes"
	"compress/bzip2"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
)

// Codecs that blocks are written with. bzip2 and zstandard are read as well.
const (
	Null    = "null"
	Deflate = "deflate"
	Snappy  = "snappy"
)

// MaxWindow bounds the window of a zstandard block, in bytes: no level of zstd
// needs a larger one.
const MaxWindow = 128 << 20

// Expand returns the block that data holds compressed, and refuses one of more
// than limit bytes. It may lie in room, or in data.
func Expand(codec string, data []byte, limit int, room []byte) ([]byte, error) {
	switch codec {
	case Null, "":
		return data, nil
	case Deflate:
		return expandStream(flate.NewReader(bytes.NewReader(data)), limit)
	case "bzip2":
		return expandStream(bzip2.NewReader(bytes.NewReader(data)), limit)
	case Snappy:
		return expandSnappy(data, limit, room)
	case "zstandard":
		d, err := zstd.NewReader(bytes.NewReader(data), zstd.WithDecoderConcurrency(1),
			zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(MaxWindow))
		if err != nil {
			return nil, err
		}
		defer d.Close()
		return expandStream(d, limit)
	}
	return nil, Unknown(codec)
}

// Unknown is the error about a codec that is not read.
func Unknown(codec string) error {
	return fmt.Errorf("codec %q; null, deflate, snappy, bzip2 and zstandard are read", codec)
}

func expandStream(r io.Reader, limit int) ([]byte, error) {
	out, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	if err != nil {
		return nil, err
	}
	if len(out) > limit {
		return nil, fmt.Errorf("a block of more than %d bytes", limit)
	}
	return out, nil
}

// expandSnappy checks the CRC-32 of the uncompressed bytes, which follows the
// block, big endian.
func expandSnappy(data []byte, limit int, room []byte) ([]byte, error) {
	if len(data) < 4 {
		return nil, errors.New("a snappy block without checksum")
	}
	body, sum := data[:len(data)-4], binary.BigEndian.Uint32(data[len(data)-4:])
	n, err := s2.DecodedLen(body)
	if err != nil {
		return nil, err
	}
	if n > limit {
		return nil, fmt.Errorf("a block of more than %d bytes", limit)
	}
	out, err := s2.Decode(room[:cap(room)], body)
	if err != nil {
		return nil, err
	}
	if crc32.ChecksumIEEE(out) != sum {
		return nil, errors.New("the checksum of a snappy block is wrong")
	}
	return out, nil
}

// Shrink compresses a block; a codec that nothing is written with leaves it as it is.
func Shrink(codec string, data []byte) ([]byte, error) {
	switch codec {
	case Deflate:
		var b bytes.Buffer
		w, err := flate.NewWriter(&b, flate.DefaultCompression)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(data); err != nil {
			return nil, err
		}
		if err := w.Close(); err != nil {
			return nil, err
		}
		return b.Bytes(), nil
	case Snappy:
		out := s2.EncodeSnappy(nil, data)
		return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(data)), nil
	}
	return data, nil
}
