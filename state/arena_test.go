package state

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestPendingArena reads back records of all sizes, in the order in which they
// were added, also in memory that another task has used.
func TestPendingArena(t *testing.T) {
	var pool chunkPool
	for round := range uint64(3) {
		r := rand.New(rand.NewPCG(round, 1))
		p, due := newPending(4, &pool), []int64{Never, Never, Never, Never}
		added := map[uint32][]record{}
		for range 40 {
			var b Batch
			for range r.IntN(600) {
				size := r.IntN(100)
				if r.IntN(200) == 0 {
					size = r.IntN(3 * chunkSize)
				}
				who := []byte{'P', byte(r.IntN(100))}
				b.AddFactBytes(who, int32(r.IntN(3)), bytes.Repeat([]byte{byte(r.IntN(256))}, size))
				if r.IntN(3) == 0 {
					b.SetHeaderBytes(who, r.Int64N(1000), nil)
				}
			}
			for rest := slices.Clone(b.buf); len(rest) > 0; {
				rec, next, err := readRecord(rest)
				if err != nil {
					t.Fatal(err)
				}
				page := pageOf(hashOf(rec.person), 3)
				added[page], rest = append(added[page], rec), next
			}
			if err := p.add(b.buf, due); err != nil {
				t.Fatal(err)
			}
		}
		for page := range uint32(4) {
			checkPage(t, p, page, added[page], due[page])
		}
		p.clear()
		if p.size() != 0 || p.first(0) != 0 {
			t.Errorf("round %d: something is left", round)
		}
	}
	if len(pool.bytes) == 0 || len(pool.bytes) > maxFreeChunks || len(pool.blocks) == 0 {
		t.Errorf("%d chunks and %d of blocks are kept", len(pool.bytes), len(pool.blocks))
	}
}

// checkPage compares what p has of a page with what was added.
func checkPage(t *testing.T, p *pending, page uint32, added []record, due int64) {
	t.Helper()
	next, total := Never, 0
	for i := range byte(100) {
		who := []byte{'P', i}
		hash := hashOf(who)
		if pageOf(hash, 3) != page {
			continue
		}
		var want []record
		for _, r := range added {
			if bytes.Equal(r.person, who) {
				want = append(want, r)
			}
		}
		got, err := p.person(page, rankOf(hash), who, nil)
		if err != nil {
			t.Fatal(err)
		}
		same := slices.EqualFunc(got, want, func(a, b record) bool {
			return a.op == b.op && a.day == b.day && a.next == b.next && bytes.Equal(a.data, b.data)
		})
		if !same {
			t.Fatalf("page %d: %d records of a person, want %d in their order", page, len(got), len(want))
		}
		total += len(got)
	}
	for _, r := range added {
		if r.op == opHeader {
			next = min(next, r.next)
		}
	}
	if refs := p.sorted(page, nil); len(refs) != len(added) || !slices.IsSorted(refs) {
		t.Errorf("page %d: %d of %d records in order", page, len(refs), len(added))
	}
	headers := slices.DeleteFunc(slices.Clone(added), func(r record) bool { return r.op != opHeader })
	if refs := p.headersOf(page, nil); len(refs) != len(headers) || !slices.IsSorted(refs) {
		t.Errorf("page %d: %d of %d headers in order", page, len(refs), len(headers))
	}
	if total != len(added) || next != due {
		t.Errorf("page %d: %d of %d records, due %d, want %d", page, total, len(added), due, next)
	}
}
