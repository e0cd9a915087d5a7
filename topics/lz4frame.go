package topics

import (
	"encoding/binary"
	"fmt"
	"io"
	"sync"

	"github.com/pierrec/lz4/v4"
)

// lz4 frames are read and written here block by block, directly from and to the batch: the library
// copies everything once more and keeps a content checksum, which the CRC-32C of the batch makes
// redundant. Frames that common producers do not write (linked blocks, dictionaries) are left to
// the library.

// Fields of a frame header (LZ4 Frame Format Description 1.6).
const (
	lz4Magic       = 0x184D2204
	lz4VersionMask = 0xC0
	lz4Version     = 0x40
	lz4Independent = 0x20
	lz4BlockSums   = 0x10
	lz4Size        = 0x08
	lz4ContentSum  = 0x04
	lz4Plain       = 1 << 31 // a block that is not compressed
)

// lz4Head begins the frames written here: independent blocks of 256 KB, no checksums. The last
// byte is the header checksum that the format requires.
var lz4Head = []byte{0x04, 0x22, 0x4D, 0x18, 0x60, 0x50, 0xFB}

const lz4Block = 256 << 10

var lz4Compressors = sync.Pool{New: func() any { return new(lz4.Compressor) }}

// toLZ4 appends the frame that holds src.
func toLZ4(dst, src []byte) []byte {
	c, _ := lz4Compressors.Get().(*lz4.Compressor)
	defer lz4Compressors.Put(c)
	dst = append(dst, lz4Head...)
	for len(src) > 0 {
		block := src[:min(len(src), lz4Block)]
		src = src[len(block):]
		at := len(dst)
		dst = room(dst, 4+lz4.CompressBlockBound(len(block)))
		n, err := c.CompressBlock(block, dst[at+4:cap(dst)])
		if err != nil || n == 0 || n >= len(block) {
			dst = binary.LittleEndian.AppendUint32(dst, uint32(len(block))|lz4Plain)
			dst = append(dst, block...)
			continue
		}
		dst = binary.LittleEndian.AppendUint32(dst, uint32(n))
		dst = dst[:at+4+n]
	}
	return append(dst, 0, 0, 0, 0)
}

// room returns b with capacity for at least n more bytes.
func room(b []byte, n int) []byte {
	if cap(b)-len(b) >= n {
		return b
	}
	grown := make([]byte, len(b), max(2*cap(b), len(b)+n))
	copy(grown, b)
	return grown
}

// unLZ4 appends the content of the frame in src to dst. ordinary is false for a frame that the
// library must read; dst is then unchanged.
func unLZ4(dst, src []byte, limit int) (out []byte, ordinary bool, err error) {
	if len(src) < len(lz4Head) || binary.LittleEndian.Uint32(src) != lz4Magic {
		return dst, false, nil
	}
	flags, size := src[4], src[5]>>4&7
	if flags&(lz4VersionMask|lz4Independent) != lz4Version|lz4Independent || flags&0x03 != 0 || size < 4 {
		return dst, false, nil
	}
	head := len(lz4Head)
	if flags&lz4Size != 0 {
		head += 8
	}
	if len(src) < head {
		return dst, true, io.ErrUnexpectedEOF
	}
	out, err = lz4Blocks(dst, src[head:], 1<<(8+2*size), limit, flags&lz4BlockSums != 0)
	return out, true, err
}

// lz4Blocks appends the content of blocks of at most the given size, up to the limit.
func lz4Blocks(dst, src []byte, most, limit int, sums bool) ([]byte, error) {
	for {
		if len(src) < 4 {
			return dst, io.ErrUnexpectedEOF
		}
		word := binary.LittleEndian.Uint32(src)
		src = src[4:]
		n := int(word &^ lz4Plain)
		switch {
		case word == 0:
			return dst, nil // a checksum of the content may follow
		case n > len(src):
			return dst, io.ErrUnexpectedEOF
		case n > most:
			return dst, fmt.Errorf("%w: an lz4 block of %d bytes in a frame of blocks of %d", ErrCorrupt, n, most)
		case word&lz4Plain != 0 && len(dst)+n > limit:
			return dst, errTooLarge
		}
		block := src[:n]
		if src = src[n:]; sums {
			if len(src) < 4 {
				return dst, io.ErrUnexpectedEOF
			}
			src = src[4:]
		}
		if word&lz4Plain != 0 {
			dst = append(dst, block...)
			continue
		}
		var err error
		if dst, err = lz4Unpack(dst, block, most); err != nil {
			return dst, err
		}
		if len(dst) > limit {
			return dst, errTooLarge
		}
	}
}

// lz4Unpack appends the content of one block, at most most bytes. A block does not say its
// unpacked size; most unpack to a few times theirs, and a reused buffer soon has the room.
func lz4Unpack(dst, block []byte, most int) ([]byte, error) {
	// A byte of a block never expands to more than 255.
	limit := min(most, 255*len(block)+64)
	for try := min(limit, 4*len(block)+64); ; try = min(limit, 4*try) {
		dst = room(dst, try)
		at := len(dst)
		written, err := lz4.UncompressBlock(block, dst[at:min(cap(dst), at+most)])
		if err == nil {
			return dst[:at+written], nil
		}
		if cap(dst)-at >= limit {
			return dst, err
		}
	}
}
