package topics

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/pierrec/lz4/v4"
)

// lz4Samples are empty, compressible, and incompressible, around the sizes of
// blocks.
func lz4Samples(seed uint64) [][]byte {
	rnd := rand.New(rand.NewPCG(seed, 0))
	out := [][]byte{{}, []byte("a"), bytes.Repeat([]byte{7}, 3<<20)}
	for _, n := range []int{100, 64<<10 - 1, lz4Block - 1, lz4Block, lz4Block + 1, 900 << 10} {
		text, noise := make([]byte, n), make([]byte, n)
		for i := range text {
			text[i], noise[i] = byte('a'+rnd.IntN(4)), byte(rnd.Uint32())
		}
		out = append(out, text, noise, append(bytes.Clone(text), noise...))
	}
	return out
}

// TestLZ4IsTheFormat: the library reads what we write, and we read what the library writes with
// every option that producers use.
func TestLZ4IsTheFormat(t *testing.T) {
	t.Parallel()
	const seed = 11
	for i, src := range lz4Samples(seed) {
		ours := toLZ4([]byte("head"), src)
		back, err := io.ReadAll(lz4.NewReader(bytes.NewReader(ours[4:])))
		if err != nil || !bytes.Equal(back, src) {
			t.Errorf("seed %d, sample %d of %d bytes: the library reads %d bytes, %v", seed, i, len(src), len(back), err)
		}
		for _, size := range []lz4.BlockSize{lz4.Block64Kb, lz4.Block256Kb, lz4.Block1Mb, lz4.Block4Mb} {
			for _, sums := range []bool{false, true} {
				var b bytes.Buffer
				w := lz4.NewWriter(&b)
				if err := w.Apply(lz4.BlockSizeOption(size), lz4.ChecksumOption(sums),
					lz4.BlockChecksumOption(sums), lz4.SizeOption(uint64(len(src)))); err != nil {
					t.Fatal(err)
				}
				if _, err := w.Write(src); err != nil {
					t.Fatal(err)
				}
				if err := w.Close(); err != nil {
					t.Fatal(err)
				}
				got, ordinary, err := unLZ4([]byte("head"), b.Bytes(), maxOwnBatch)
				if err != nil || !ordinary || !bytes.Equal(got[4:], src) {
					t.Errorf("seed %d, sample %d of %d bytes, blocks %v, checksums %v: %d bytes, ordinary %v, %v",
						seed, i, len(src), size, sums, len(got)-4, ordinary, err)
				}
			}
		}
	}
}

// TestLZ4LinkedBlocks are read too, by the library.
func TestLZ4LinkedBlocks(t *testing.T) {
	// "abcdefgh" and, in a second block, a match of 12 bytes that begins in the
	// first one, then the five literals that end every block.
	frame := []byte{0x04, 0x22, 0x4D, 0x18, 0x40, 0x40, 0xC0,
		9, 0, 0, 0, 0x80, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h',
		9, 0, 0, 0, 0x08, 8, 0, 0x50, '1', '2', '3', '4', '5', 0, 0, 0, 0}
	got, err := decompress(nil, LZ4, frame, maxOwnBatch)
	if want := "abcdefghabcdefghabcd12345"; err != nil || string(got) != want {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
}

// TestLZ4Damage: what is cut short or claims too much is ErrCorrupt.
func TestLZ4Damage(t *testing.T) {
	whole := toLZ4(nil, bytes.Repeat([]byte("0123456789"), 40_000))
	for n := 1; n < len(whole); n++ {
		if n > 64 && n < len(whole)-64 && n%97 != 0 {
			continue
		}
		if _, err := decompress(nil, LZ4, whole[:n], maxOwnBatch); !errors.Is(err, ErrCorrupt) {
			t.Errorf("cut to %d of %d bytes: %v", n, len(whole), err)
		}
	}
	if _, err := decompress(nil, LZ4, toLZ4(nil, make([]byte, maxOwnBatch+1)), maxOwnBatch); !errors.Is(err, ErrCorrupt) {
		t.Errorf("a frame of more than %d MB: %v", maxOwnBatch>>20, err)
	}
}

// FuzzLZ4: no frame makes us panic, and where the library can read it too, both
// read the same.
func FuzzLZ4(f *testing.F) {
	for _, src := range lz4Samples(1)[:6] {
		f.Add(toLZ4(nil, src[:min(len(src), 500)]))
	}
	f.Fuzz(func(t *testing.T, frame []byte) {
		got, ordinary, err := unLZ4(nil, frame, maxOwnBatch)
		if err != nil || !ordinary || len(got) > 1<<20 {
			return
		}
		want, err := io.ReadAll(io.LimitReader(lz4.NewReader(bytes.NewReader(frame)), 1<<21))
		if err == nil && !bytes.Equal(got, want) {
			t.Errorf("%d bytes, the library reads %d", len(got), len(want))
		}
	})
}
