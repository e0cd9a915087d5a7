package topics

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
)

// snappyStream reads snappy without holding all that it unpacks: the library allocates a whole
// block of whatever length the block claims, and the plain form that some clients write is one
// block. Copies may reach back up to MaxWindowBytes.
type snappyStream struct {
	packed []byte // blocks that are not begun, in Java's framing
	block  []byte // what is left of the block at hand
	left   int64  // bytes that it still stands for
	plain  int    // bytes of a literal that are still to come
	framed bool   // in Java's framing

	out []byte // what is unpacked
	at  int    // of it, what was read
	err error
}

// snappyStep is how many bytes are unpacked at a time.
const snappyStep = 64 << 10

var errSnappy = errors.New("snappy: corrupt input")

// newSnappyStream returns a reader of plain or framed snappy.
func newSnappyStream(packed []byte) *snappyStream {
	s := &snappyStream{packed: packed}
	if s.framed = bytes.HasPrefix(packed, xerialMagic); s.framed {
		s.packed = packed[min(len(packed), 16):]
		if len(packed) < 16 {
			s.err = io.ErrUnexpectedEOF
		}
		return s
	}
	s.packed = nil
	s.err = s.begin(packed)
	return s
}

// begin starts a block.
func (s *snappyStream) begin(block []byte) error {
	n, size := binary.Uvarint(block)
	if size <= 0 || n > 1<<32-1 {
		return errSnappy
	}
	s.block, s.left, s.plain = block[size:], int64(n), 0
	s.out, s.at = append(s.out[:0], s.out[s.at:]...), 0 // copies stay within their block
	return nil
}

// Read implements io.Reader.
func (s *snappyStream) Read(p []byte) (int, error) {
	for s.at == len(s.out) && s.err == nil {
		s.err = s.step()
	}
	n := copy(p, s.out[s.at:])
	s.at += n
	if n == 0 && len(p) > 0 {
		return 0, s.err
	}
	return n, nil
}

// step unpacks the next few bytes.
func (s *snappyStream) step() error {
	if s.left == 0 {
		if len(s.block) > 0 || s.plain > 0 {
			return errSnappy
		}
		return s.nextBlock()
	}
	if old := s.at - MaxWindowBytes; old > MaxWindowBytes/4 {
		s.out, s.at = append(s.out[:0], s.out[old:]...), s.at-old
	}
	for before := len(s.out); len(s.out)-before < snappyStep && s.left > 0; {
		had := len(s.out)
		if err := s.element(); err != nil {
			return err
		}
		if s.left -= int64(len(s.out) - had); s.left < 0 {
			return errSnappy
		}
	}
	return nil
}

// nextBlock starts the next block of Java's framing.
func (s *snappyStream) nextBlock() error {
	if len(s.packed) == 0 {
		return io.EOF
	}
	if len(s.packed) < 4 {
		return io.ErrUnexpectedEOF
	}
	n := int64(binary.BigEndian.Uint32(s.packed))
	if n > int64(len(s.packed)-4) {
		return io.ErrUnexpectedEOF
	}
	block := s.packed[4 : 4+n]
	s.packed = s.packed[4+n:]
	return s.begin(block)
}

// element unpacks part of a literal, or a copy (snappy format description, section 2).
func (s *snappyStream) element() error {
	if s.plain > 0 {
		return s.literal()
	}
	if len(s.block) == 0 {
		return io.ErrUnexpectedEOF
	}
	tag := s.block[0]
	switch tag & 3 {
	case 0:
		n, more := uint64(tag>>2), 0
		if n >= 60 {
			if more = int(n) - 59; len(s.block) <= more {
				return io.ErrUnexpectedEOF
			}
			n = 0
			for i := more; i > 0; i-- {
				n = n<<8 | uint64(s.block[i])
			}
		}
		s.block = s.block[1+more:]
		if n++; n > uint64(len(s.block)) {
			return io.ErrUnexpectedEOF
		}
		s.plain = int(n)
		return s.literal()
	case 1:
		if len(s.block) < 2 {
			return io.ErrUnexpectedEOF
		}
		back := int64(tag&0xe0)<<3 | int64(s.block[1])
		s.block = s.block[2:]
		return s.copy(4+int(tag>>2&7), back)
	}
	size := 2 // bytes of the offset
	if tag&3 == 3 {
		size = 4
	}
	if len(s.block) < 1+size {
		return io.ErrUnexpectedEOF
	}
	back := int64(0)
	for i := size; i > 0; i-- {
		back = back<<8 | int64(s.block[i])
	}
	s.block = s.block[1+size:]
	return s.copy(1+int(tag>>2), back)
}

func (s *snappyStream) literal() error {
	n := min(s.plain, snappyStep)
	s.out = append(s.out, s.block[:n]...)
	s.block, s.plain = s.block[n:], s.plain-n
	return nil
}

// copy repeats bytes from some way back; the range may overlap what it writes.
func (s *snappyStream) copy(n int, back int64) error {
	if back <= 0 || back > int64(len(s.out)) {
		return errSnappy
	}
	for range n {
		s.out = append(s.out, s.out[len(s.out)-int(back)])
	}
	return nil
}
