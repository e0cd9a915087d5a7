package topics

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestCursorsGiveWhatEachGives: several cursors that share memory and are read in turns give every
// record that Each gives, with the same bytes. The bytes stay valid until Reuse, whatever the
// batches are.
func TestCursorsGiveWhatEachGives(t *testing.T) {
	t.Parallel()
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

// TestCursorErrors: a cursor returns what comes before a batch that cannot be read, as Each does.
// In an input topic one record then stands for what cannot be read, and everything after it
// follows. A batch that was changed on its way, or any damage in a topic that only tilsyn writes,
// is an error.
func TestCursorErrors(t *testing.T) {
	h := &handmade{}
	h.data(0, 0, -1, false, LZ4, []int64{0})
	second := h.data(1, 1, -1, false, LZ4, []int64{1})
	h.data(3, 3, -1, false, LZ4, []int64{3})
	for name, spoil := range map[string]func(){
		"checksum": func() { second[batchHeader+20] ^= 1 },
		"contents": func() { copy(second[batchHeader+20:], "xxxxxxxxxxxxxxxx"); sealBatch(second) },
		"count":    func() { second[batchLastAt+3], second[batchCountAt+3] = 1, 2; sealBatch(second) },
	} {
		whole := slices.Clone(h.b)
		spoil()
		for _, topic := range []string{Notices, Violations} {
			p := Fetched{TopicPartition: TopicPartition{topic, 1}, LastStable: -1}
			p.fill(codeNone, h.b, nil, true)
			var got, faults []int64
			err := p.Each(func(r *Record) error {
				if r.Fault != nil {
					faults = append(faults, r.Offset)
					if r.Key != nil || r.Value != nil || errors.Is(r.Fault, ErrCorrupt) {
						t.Errorf("%s: %+v", name, r)
					}
					return nil
				}
				got = append(got, r.Offset)
				return nil
			})
			byCursor, cursorErr := faultsByCursor(&p)
			if !slices.Equal(byCursor, faults) || (cursorErr == nil) != (err == nil) {
				t.Errorf("%s of %s: a cursor has %v, %v, Each %v, %v", name, topic, byCursor, cursorErr, faults, err)
			}
			if topic == Violations || name == "checksum" {
				if !errors.Is(err, ErrCorrupt) || len(faults) > 0 || slices.Contains(got, 3) {
					t.Errorf("%s of %s: %v, %v, %v", name, topic, got, faults, err)
				}
				continue
			}
			want, last := []int64{0, 3}, int64(1)
			if name == "count" {
				want, last = []int64{0, 1, 3}, 2
			}
			if err != nil || !slices.Equal(got, want) || !slices.Equal(faults, []int64{last}) {
				t.Errorf("%s: %v, %v, %v", name, got, faults, err)
			}
			// From whatever offset the reading goes on, it is the same record, and it comes once.
			for from := range int64(5) {
				p := Fetched{TopicPartition: p.TopicPartition, From: from, LastStable: -1}
				p.fill(codeNone, h.b, nil, true)
				if byCursor, err := faultsByCursor(&p); err != nil || len(byCursor) != 1 && from <= last ||
					len(byCursor) > 0 && from > last {
					t.Errorf("%s from %d: %v, %v", name, from, byCursor, err)
				}
			}
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

// faultsByCursor are the offsets of the records with a fault.
func faultsByCursor(p *Fetched) (faults []int64, err error) {
	var mem Unpacked
	c := p.Cursor(&mem)
	for {
		ok, err := c.Next()
		if !ok {
			return faults, err
		}
		if c.At().Fault != nil {
			faults = append(faults, c.At().Offset)
		}
	}
}
