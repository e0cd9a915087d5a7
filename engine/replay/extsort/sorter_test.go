package extsort

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"
)

// pair is a key with its value.
type pair struct{ k, v string }

func read(t *testing.T, s *Sorter) []pair {
	t.Helper()
	it, err := s.Iter()
	if err != nil {
		t.Fatal(err)
	}
	defer it.Close()
	var keys []string
	var values [][]byte // they stay as they are
	for it.Next() {
		keys, values = append(keys, string(it.Key())), append(values, it.Value())
	}
	if it.Err() != nil {
		t.Fatal(it.Err())
	}
	var out []pair
	for i, k := range keys {
		out = append(out, pair{k, string(values[i])})
	}
	return out
}

// TestOrder compares the sorter, in memory and with many runs and merges of
// runs, with sorting a slice.
func TestOrder(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	for _, limit := range []int{1 << 30, 1 << 14, 1} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			t.Logf("seed %d", seed)
			rnd := rand.New(rand.NewPCG(seed, 1))
			s := New(t.TempDir(), "run", limit, 3)
			var want []pair
			for range 20_000 {
				p := pair{fmt.Sprintf("key-%d", rnd.IntN(500)), string(bytes.Repeat([]byte{byte(rnd.IntN(256))}, rnd.IntN(4)))}
				if rnd.IntN(50) == 0 {
					p.k = ""
				}
				if err := s.Add([]byte(p.k), []byte(p.v)); err != nil {
					t.Fatal(err)
				}
				want = append(want, p)
			}
			slices.SortFunc(want, func(a, b pair) int {
				if c := bytes.Compare([]byte(a.k), []byte(b.k)); c != 0 {
					return c
				}
				return bytes.Compare([]byte(a.v), []byte(b.v))
			})
			want = slices.Compact(want)
			if got := s.Spilled(); got != (limit < 1<<20) {
				t.Fatalf("spilled = %v with limit %d", got, limit)
			}
			for pass := range 2 {
				if got := read(t, s); !slices.Equal(got, want) {
					t.Fatalf("seed %d: pass %d: %d records, want %d, or another order", seed, pass, len(got), len(want))
				}
			}
		})
	}
}

func TestRunsAreBounded(t *testing.T) {
	dir := t.TempDir()
	s := New(dir, "run", 1, 1)
	for i := range 100 * maxRuns {
		if err := s.Add(fmt.Appendf(nil, "%08d", i*7919%100000), make([]byte, 200)); err != nil {
			t.Fatal(err)
		}
		if len(s.runs) >= maxRuns {
			t.Fatalf("%d runs", len(s.runs))
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(s.runs) {
		t.Fatalf("%d files for %d runs", len(files), len(s.runs))
	}
	if got := len(read(t, s)); got != 100*maxRuns {
		t.Fatalf("read %d records, want %d", got, 100*maxRuns)
	}
}

func TestRecordLargerThanTheLimit(t *testing.T) {
	s := New(t.TempDir(), "run", 1, 2)
	big := bytes.Repeat([]byte("x"), 1<<20)
	for _, k := range []string{"b", "a"} {
		if err := s.Add([]byte(k), big); err != nil {
			t.Fatal(err)
		}
	}
	got := read(t, s)
	if len(got) != 2 || got[0].k != "a" || got[1].v != string(big) {
		t.Fatalf("got %d records", len(got))
	}
}

func TestBrokenRun(t *testing.T) {
	s := New(t.TempDir(), "run", 1, 2)
	for i := range 100 {
		if err := s.Add(fmt.Appendf(nil, "%d", i), make([]byte, 100)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Truncate(s.runs[0], 50); err != nil {
		t.Fatal(err)
	}
	it, err := s.Iter()
	if err == nil {
		for it.Next() {
		}
		err = it.Err()
		it.Close()
	}
	if err == nil {
		t.Fatal("a truncated run was read without an error")
	}
}

func TestNoDirectory(t *testing.T) {
	s := New(t.TempDir()+"/missing", "run", 1, 1)
	var err error
	for i := 0; i < 100 && err == nil; i++ {
		err = s.Add(fmt.Appendf(nil, "%d", i), make([]byte, 100))
	}
	if err == nil {
		t.Fatal("sorting into a missing directory gave no error")
	}
}
