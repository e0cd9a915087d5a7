package topics

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestCursorsGiveWhatEachGives: several cursors that share their memory and are
// read by turns give every record that Each gives, with the same bytes, and the
// bytes stay until Reuse, whatever the batches are.
func TestCursorsGiveWhatEachGives(t *testing.T) {
	for seed := range uint64(200) {
		rnd := rand.New(rand.NewPCG(seed, 3))
		var parts []*Fetched
		var want [][]string
		for range 1 + rnd.IntN(4) {
			p := someAnswer(rnd)
			var all []string
			if err := p.Each(func(r *Record) error { all = append(all, textOf(r)); return nil }); err != nil {
				t.Fatal(err)
			}
			parts, want = append(parts, p), append(want, all)
		}
		var mem Unpacked
		cursors, got := make([]Cursor, len(parts)), make([][]string, len(parts))
		for i, p := range parts {
			cursors[i] = p.Cursor(&mem)
		}
		// kept are records since the last Reuse, with what they said then.
		type seen struct {
			r    Record
			text string
		}
		var kept []seen
		for open := len(parts); open > 0; {
			c := rnd.IntN(len(cursors))
			if cursors[c].of == nil {
				continue
			}
			ok, err := cursors[c].Next()
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if !ok {
				cursors[c].of = nil
				open--
				continue
			}
			r := *cursors[c].At()
			got[c] = append(got[c], textOf(&r))
			kept = append(kept, seen{r, textOf(&r)})
			if rnd.IntN(5) == 0 {
				for _, s := range kept {
					if textOf(&s.r) != s.text {
						t.Fatalf("seed %d: offset %d has changed before Reuse", seed, s.r.Offset)
					}
				}
				kept = kept[:0]
				cursors[c].Leave()
				mem.Reuse()
			}
		}
		for i := range want {
			if !slices.Equal(got[i], want[i]) {
				t.Fatalf("seed %d: a cursor gives %d records, Each %d", seed, len(got[i]), len(want[i]))
			}
		}
	}
}

func textOf(r *Record) string {
	return fmt.Sprint(r.Offset, r.Timestamp, r.LeaderEpoch, r.BatchCRC, string(r.Key), string(r.Value))
}

// someAnswer is a partition with batches of every codec and size, with gaps.
func someAnswer(rnd *rand.Rand) *Fetched {
	h, at := &handmade{}, int64(0)
	for range rnd.IntN(8) {
		base := at
		var offsets []int64
		for range rnd.IntN(20) {
			at += int64(rnd.IntN(3))
			offsets = append(offsets, at)
			at++
		}
		h.data(base, max(base, at), -1, false, Compression(rnd.IntN(5)), offsets)
		at = max(base, at) + 1
	}
	p := &Fetched{From: at / 4, Next: at / 4, LastStable: -1}
	p.fill(codeNone, h.b, nil, true)
	return p
}

// TestCursorErrors: a cursor gives what comes before a batch that cannot be
// read, then the error, as Each does.
func TestCursorErrors(t *testing.T) {
	h := &handmade{}
	h.data(0, 0, -1, false, LZ4, []int64{0})
	second := h.data(1, 1, -1, false, LZ4, []int64{1})
	for name, spoil := range map[string]func(){
		"checksum": func() { second[batchHeader+20] ^= 1 },
		"contents": func() { copy(second[batchHeader+20:], "xxxxxxxxxxxxxxxx"); sealBatch(second) },
		"count":    func() { second[batchLastAt+3], second[batchCountAt+3] = 1, 2; sealBatch(second) },
	} {
		whole := slices.Clone(h.b)
		spoil()
		p := Fetched{TopicPartition: TopicPartition{Notices, 1}, LastStable: -1}
		p.fill(codeNone, h.b, nil, true)
		var mem Unpacked
		c := p.Cursor(&mem)
		n := 0
		for {
			ok, err := c.Next()
			if ok {
				n++
				continue
			}
			if !errors.Is(err, ErrCorrupt) || n > 2 {
				t.Errorf("%s: %d records, then %v", name, n, err)
			}
			break
		}
		copy(h.b, whole)
	}
	p := Fetched{TopicPartition: TopicPartition{Notices, 1}, From: 9, LogStart: 12}
	p.fill(codeOffsetOutOfRange, nil, nil, true)
	var mem Unpacked
	c := p.Cursor(&mem)
	var gone *OutOfRangeError
	if ok, err := c.Next(); ok || !errors.As(err, &gone) {
		t.Errorf("out of range: %v, %v", ok, err)
	}
}
