package state

import (
	"fmt"
	"slices"
	"sync"

	badger "github.com/dgraph-io/badger/v4"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
)

// What is read again and again, or soon replaced, is packed with S2. Months are in zstd: it takes a quarter
// off them, and they are written about once.

// maxUnpacked bounds what a packed value may unpack to. Values are cut long before, except those
// of a single person.
const maxUnpacked = 64 << 20

// packedLen returns the most that pack makes of n bytes.
func packedLen(n int) int { return sealLen + s2.MaxEncodedLen(n) }

// pack compresses and seals a value, appending to into.
func pack(into, value []byte) []byte {
	at := len(into)
	into = slices.Grow(into, packedLen(len(value)))
	n := len(s2.Encode(into[at+sealLen:at+packedLen(len(value))], value))
	into = into[:at+sealLen+n]
	seal(into[at:])
	return into
}

// unpack appends the unpacked value to into; nil gives nothing.
func unpack(what string, packed, into []byte) ([]byte, error) {
	if packed == nil {
		return into, nil
	}
	n, err := s2.DecodedLen(packed)
	if err != nil || n > maxUnpacked {
		return into, unpackError(what)
	}
	at := len(into)
	into = slices.Grow(into, n)[:at+n]
	if _, err := s2.Decode(into[at:], packed); err != nil {
		return into[:at], unpackError(what)
	}
	return into, nil
}

func unpackError(what string) error {
	return fmt.Errorf("%w: a %s does not decompress", ErrCorrupt, what)
}

// monthWindow is the window of zstd: as much as a segment has, rounded up.
const monthWindow = 64 << 10

// Codecs are made when they are first needed, and last as long as the process: a state without months
// does not pay for them.
var (
	monthEncoder = sync.OnceValue(func() *zstd.Encoder {
		e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(monthLevel), zstd.WithEncoderConcurrency(1),
			zstd.WithEncoderCRC(false), zstd.WithWindowSize(monthWindow), zstd.WithLowerEncoderMem(true))
		return must(e, err)
	})
	monthDecoder = sync.OnceValue(func() *zstd.Decoder {
		d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(2), zstd.WithDecoderMaxMemory(32*maxUnpacked),
			zstd.WithDecoderLowmem(true)) // the bound counts what is there to append to
		return must(d, err)
	})
)

// monthLevel is how hard zstd tries; more saves a hundredth.
const monthLevel = zstd.SpeedFastest

// must returns a codec; its options are constants.
func must[T any](codec T, err error) T {
	if err != nil {
		panic(err)
	}
	return codec
}

// packMonth is pack for the segment of a month.
func packMonth(into, value []byte) []byte {
	at := len(into)
	into = monthEncoder().EncodeAll(value, append(into, make([]byte, sealLen)...))
	seal(into[at:])
	return into
}

// unpackMonth is unpack for the segment of a month.
func unpackMonth(what string, packed, into []byte) ([]byte, error) {
	// Left to itself, the decoder makes room for this one and copies all that came before.
	out, err := monthDecoder().DecodeAll(packed, slices.Grow(into, 4*len(packed)))
	if err != nil || len(packed) == 0 {
		return into, unpackError(what)
	}
	return out, nil
}

// unpack appends what the segment of a key holds to into.
func (k segmentKey) unpack(item *badger.Item, into []byte) (_ []byte, err error) {
	err = item.Value(func(sealed []byte) error {
		into, err = k.unpackSealed(sealed, into)
		return err
	})
	return into, err
}

// unpackSealed is unpack for the bytes as they are stored.
func (k segmentKey) unpackSealed(sealed, into []byte) ([]byte, error) {
	packed, err := unseal("segment", sealed)
	switch {
	case err != nil:
		return into, err
	case k.month:
		return unpackMonth("segment", packed, into)
	}
	return unpack("segment", packed, into)
}
