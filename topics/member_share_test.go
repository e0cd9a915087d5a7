package topics

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestShareOut(t *testing.T) {
	for _, x := range []struct {
		name      string
		instances []string
		previous  []string
		want      []string
	}{
		{"nobody before", []string{"b", "a"}, nil, []string{"a", "b", "a", "b", "a"}},
		{"one alone", []string{"a"}, nil, []string{"a", "a", "a", "a", "a"}},
		{"a second one", []string{"a", "b"}, []string{"a", "a", "a", "a", "a"}, []string{"a", "a", "a", "b", "b"}},
		{"a third one", []string{"a", "b", "c"}, []string{"a", "a", "a", "b", "b"}, []string{"a", "a", "c", "b", "b"}},
		{"one is gone", []string{"a", "c"}, []string{"a", "a", "c", "b", "b"}, []string{"a", "a", "c", "c", "a"}},
		{"more than partitions", []string{"f", "e", "d", "c", "b", "a"}, []string{"a", "a", "b", "", "c"}, []string{"a", "d", "b", "e", "c"}},
		{"fewer partitions than before", []string{"a", "b"}, []string{"a", "b", "a", "b", "a", "b", "b"}, []string{"a", "b", "a", "b", "a"}},
	} {
		if got := shareOut(x.instances, x.previous, 5); !slices.Equal(got, x.want) {
			t.Errorf("%s: %v, want %v", x.name, got, x.want)
		}
	}
}

// Whatever members join and leave, every partition has one owner, shares differ by one at most,
// the order of the members does not matter, and no other sharing would leave more partitions where
// they were.
func TestShareOutProperties(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	for range 3000 {
		n := int32(1 + rng.IntN(24))
		var owners []string
		for range 6 {
			ids := make([]string, 1+rng.IntN(7))
			for i := range ids {
				ids[i] = fmt.Sprintf("i%d", rng.IntN(10))
			}
			slices.Sort(ids)
			ids = slices.Compact(ids)
			before := owners
			owners = shareOut(ids, before, n)
			rng.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
			if again := shareOut(ids, before, n); !slices.Equal(again, owners) {
				t.Fatalf("order matters: %v, %v", owners, again)
			}
			checkShares(t, ids, before, owners, n)
		}
	}
}

func checkShares(t *testing.T, ids, before, after []string, n int32) {
	t.Helper()
	had, have, kept := map[string]int{}, map[string]int{}, 0
	for _, id := range ids {
		have[id] = 0
	}
	for p, id := range after {
		if _, ok := have[id]; !ok {
			t.Fatalf("partition %d belongs to %q, the members are %v", p, id, ids)
		}
		have[id]++
		if p < len(before) {
			if slices.Contains(ids, before[p]) {
				had[before[p]]++
			}
			if before[p] == id {
				kept++
			}
		}
	}
	sizes := slices.Sorted(maps.Values(have))
	if sizes[len(sizes)-1]-sizes[0] > 1 {
		t.Fatalf("shares %v", sizes)
	}
	// The most that balance lets stay: each its floor, and the rest one each.
	most, extra := 0, int(n)%len(ids)
	for _, id := range ids {
		floor := int(n) / len(ids)
		most += min(had[id], floor)
		if had[id] > floor && extra > 0 {
			most, extra = most+1, extra-1
		}
	}
	if kept != most {
		t.Fatalf("kept %d of at most %d: %v, then %v", kept, most, before, after)
	}
}

func TestTableKeepsItself(t *testing.T) {
	tables := []table{{}, {Term: 1, Owners: []string{"b", "", "a", "b"}}, {Term: 1 << 40, Owners: []string{"x"}}}
	for _, want := range tables {
		got, err := readTable(want.encode())
		if err != nil || got.Term != want.Term || !slices.Equal(got.Owners, want.Owners) {
			t.Errorf("%+v came back as %+v, %v", want, got, err)
		}
		m := memory{want, []byte("shown")}
		if back := readMemory(m.encode()); back.Term != want.Term || !slices.Equal(back.Owners, want.Owners) ||
			string(back.Shown) != "shown" {
			t.Errorf("%+v came back as %+v", m, back)
		}
		b := want.encode()
		for cut := range b {
			if _, err := readTable(b[:cut]); err == nil {
				t.Errorf("%d of %d bytes were read", cut, len(b))
			}
		}
	}
	for _, bad := range [][]byte{nil, {0, 2},
		[]byte("\x00\x01\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x01\x00\x01a\x00\x00\x00\x01\x00\x00\x00\x07")} {
		if _, err := readTable(bad); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
	if m := readMemory([]byte("{")); m.Term != 0 || m.Shown != nil {
		t.Errorf("%+v", m)
	}
}
