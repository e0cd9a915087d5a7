package block_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"tilsyn/schemas/internal/block"
)

// TestBomb refuses a block that is small in the file and larger than
// the limit when expanded.
func TestBomb(t *testing.T) {
	const limit = 1000
	for _, codec := range []string{block.Deflate, block.Snappy} {
		for _, size := range []int{limit, limit + 1} {
			small, err := block.Shrink(codec, make([]byte, size))
			if err != nil {
				t.Fatal(err)
			}
			out, err := block.Expand(codec, small, limit, nil)
			if size > limit {
				if err == nil || !strings.Contains(err.Error(), "more than 1000 bytes") {
					t.Errorf("%s: %d bytes, %v", codec, len(out), err)
				}
			} else if err != nil || len(out) != size {
				t.Errorf("%s: %d bytes, %v", codec, len(out), err)
			}
		}
	}
	for _, window := range []int{1 << 20, block.MaxWindow, 2 * block.MaxWindow} {
		var small bytes.Buffer
		w, err := zstd.NewWriter(&small, zstd.WithWindowSize(window), zstd.WithEncoderConcurrency(1))
		if err != nil {
			t.Fatal(err)
		}
		for _, size := range []int{limit, limit + 1} {
			small.Reset()
			w.Reset(&small)
			// In two writes, so that the frame does not say how much it holds.
			_, err1 := w.Write(make([]byte, size/2))
			err2 := w.Flush()
			_, err3 := w.Write(make([]byte, size-size/2))
			if err := errors.Join(err1, err2, err3, w.Close()); err != nil {
				t.Fatal(err)
			}
			out, err := block.Expand("zstandard", small.Bytes(), limit, nil)
			if right := size == limit && window <= block.MaxWindow; right != (err == nil) || right && len(out) != size {
				t.Errorf("zstandard with a window of %d: %d bytes, %v", window, len(out), err)
			}
		}
	}
	if _, err := block.Expand(block.Snappy, []byte("\xff\xff\xff\xff\x0f\x00\x00\x00\x00"), limit, nil); err == nil {
		t.Error("snappy: expanded 4 GiB")
	}
	if _, err := block.Expand(block.Snappy, append([]byte{1, 0, 'a'}, 0, 0, 0, 0), limit, nil); err == nil ||
		!strings.Contains(err.Error(), "checksum") {
		t.Errorf("snappy checksum: %v", err)
	}
}
