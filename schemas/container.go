package schemas

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

// This file holds what reading and writing of Avro object container files have
// in common: their limits and their codecs.

const (
	containerMagic = "Obj\x01"
	syncSize       = 16
	// maxBlock bounds a block, compressed or not, in bytes. The usual size is
	// 16 to 64 KiB.
	maxBlock = 64 << 20
	// maxWindow bounds the window of a zstandard block, in bytes: no level of zstd
	// needs a larger one.
	maxWindow = 128 << 20
	// maxHeader bounds the header, in bytes.
	maxHeader = 4 << 20
)

// Codecs that container files are written with. bzip2 and zstandard are read
// as well.
const (
	CodecNull    = "null"
	CodecDeflate = "deflate"
	CodecSnappy  = "snappy"
)

// expand returns the block that data holds compressed, and refuses one of more
// than limit bytes.
func expand(codec string, data []byte, limit int) ([]byte, error) {
	switch codec {
	case CodecNull, "":
		return data, nil
	case CodecDeflate:
		return expandStream(flate.NewReader(bytes.NewReader(data)), limit)
	case "bzip2":
		return expandStream(bzip2.NewReader(bytes.NewReader(data)), limit)
	case CodecSnappy:
		return expandSnappy(data, limit)
	case "zstandard":
		d, err := zstd.NewReader(bytes.NewReader(data), zstd.WithDecoderConcurrency(1),
			zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, err
		}
		defer d.Close()
		return expandStream(d, limit)
	}
	return nil, unknownCodec(codec)
}

func unknownCodec(codec string) error {
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
func expandSnappy(data []byte, limit int) ([]byte, error) {
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
	out, err := s2.Decode(nil, body)
	if err != nil {
		return nil, err
	}
	if crc32.ChecksumIEEE(out) != sum {
		return nil, errors.New("the checksum of a snappy block is wrong")
	}
	return out, nil
}

// shrink compresses a block.
func shrink(codec string, data []byte) ([]byte, error) {
	switch codec {
	case CodecDeflate:
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
	case CodecSnappy:
		out := s2.EncodeSnappy(nil, data)
		return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(data)), nil
	}
	return data, nil
}
