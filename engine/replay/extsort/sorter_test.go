package extsort

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
)

// pair is a key with its value.
type pair struct{ k, v string }

func comparePairs(a, b pair) int { return cmp.Or(cmp.Compare(a.k, b.k), cmp.Compare(a.v, b.v)) }

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
		if n := len(keys); n > 1 && it.SameKey() != (keys[n-1] == keys[n-2]) {
			t.Fatalf("record %d: SameKey is %v for %q after %q", n, it.SameKey(), keys[n-1], keys[n-2])
		}
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

// TestOrder compares the sorter, in memory and with buckets, divided once and again and again, with sorting
// a slice.
func TestOrder(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	for _, limit := range []int{1 << 30, 1 << 14, 1} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			t.Logf("seed %d", seed)
			rnd := rand.New(rand.NewPCG(seed, 1))
			s := New(t.TempDir(), "sorted", limit, 3)
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
			slices.SortFunc(want, comparePairs)
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

// TestOneFile: whatever is added in whatever order, there is one file, of little more than what was added
// and what was divided again.
func TestOneFile(t *testing.T) {
	for name, key := range map[string]func(i int) int{
		"any order":  func(i int) int { return i * 7919 % 100_003 },
		"ascending":  func(i int) int { return i },
		"descending": func(i int) int { return -i },
		"one key":    func(int) int { return 0 },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := New(dir, "sorted", 1<<18, 2)
			defer s.Close()
			n := 10_000 // some times as much as is held
			if os.Getenv("TILSYN_FULL") != "" {
				n = 30_000
			}
			for i := range n {
				if err := s.Add(fmt.Appendf(nil, "%08d", key(i)), fmt.Appendf(nil, "%0200d", i)); err != nil {
					t.Fatal(err)
				}
			}
			if got := len(read(t, s)); got != n {
				t.Fatalf("read %d records, want %d", got, n)
			}
			files, err := os.ReadDir(dir)
			if err != nil || len(files) != 1 {
				t.Fatalf("%d files, %v", len(files), err)
			}
			if info, err := files[0].Info(); err != nil || info.Size() > int64(6*n*220) {
				t.Errorf("%d bytes for %d records, %v", info.Size(), n, err)
			}
			held := 0
			for _, b := range s.buckets {
				for _, block := range b.open {
					held += cap(block)
				}
			}
			if held > s.limit/2 {
				t.Errorf("%d bytes are held beside the file, with a limit of %d", held, s.limit)
			}
		})
	}
}

// TestOneRecordVeryOften: repeating a record takes no room without end.
func TestOneRecordVeryOften(t *testing.T) {
	s := New(t.TempDir(), "sorted", 1<<14, 2)
	defer s.Close()
	for i := range 200_000 {
		key := []byte("often")
		if i%1000 == 0 {
			key = fmt.Appendf(nil, "seldom-%d", i)
		}
		if err := s.Add(key, []byte("value")); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(read(t, s)); got != 201 {
		t.Errorf("read %d records, want 201", got)
	}
	if s.file.end > 1<<20 {
		t.Errorf("%d bytes were written", s.file.end)
	}
}

// TestAddingGoesOn adds between readings, also to buckets that were divided again.
func TestAddingGoesOn(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	rnd := rand.New(rand.NewPCG(seed, 2))
	s := New(t.TempDir(), "sorted", 1<<14, 2)
	defer s.Close()
	var want []pair
	for round := range 6 {
		for i := range 2000 {
			p := pair{fmt.Sprintf("%06d", round*500+i), fmt.Sprint(rnd.IntN(1 << 20))}
			if err := s.Add([]byte(p.k), []byte(p.v)); err != nil {
				t.Fatal(err)
			}
			want = append(want, p)
		}
		slices.SortFunc(want, comparePairs)
		want = slices.Compact(want)
		if got := read(t, s); !slices.Equal(got, want) {
			t.Fatalf("seed %d, round %d: %d records, want %d, or another order", seed, round, len(got), len(want))
		}
	}
	if s.Len() != 6*2000 || s.Empty() {
		t.Errorf("%d records were added", s.Len())
	}
}

// TestParts: all parts together have every record, and equal ones are in one part.
func TestParts(t *testing.T) {
	for _, limit := range []int{1 << 24, 1 << 14} {
		s := New(t.TempDir(), "sorted", limit, 2)
		defer s.Close()
		want := map[pair]bool{}
		for i := range 20_000 {
			p := pair{fmt.Sprint(i % 3000), fmt.Sprint(i % 7)}
			want[p] = true
			if err := s.Add([]byte(p.k), []byte(p.v)); err != nil {
				t.Fatal(err)
			}
		}
		for pass := range 2 {
			if pass == 1 {
				read(t, s) // divides what is too large
			}
			in := map[pair]int{}
			for i, part := range s.Parts() {
				err := part.Each(func(key, value []byte) error {
					p := pair{string(key), string(value)}
					if before, ok := in[p]; ok && before != i {
						return fmt.Errorf("%v is in parts %d and %d", p, before, i)
					}
					in[p] = i
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			for p := range want {
				if _, ok := in[p]; !ok {
					t.Fatalf("limit %d: %v is in no part", limit, p)
				}
			}
			if len(in) != len(want) {
				t.Fatalf("limit %d: %d records, want %d", limit, len(in), len(want))
			}
		}
	}
}

// TestReadersSideBySide reads twice at a time, and leaves a reading before its end.
func TestReadersSideBySide(t *testing.T) {
	s := New(t.TempDir(), "sorted", 1<<14, 3)
	defer s.Close()
	for i := range 20_000 {
		if err := s.Add(fmt.Appendf(nil, "%08d", i), []byte("v")); err != nil {
			t.Fatal(err)
		}
	}
	var all errgroup.Group
	for range 3 {
		all.Go(func() error {
			it, err := s.Iter()
			if err != nil {
				return err
			}
			n := 0
			for it.Next() {
				n++
			}
			if n != 20_000 {
				return fmt.Errorf("%d records, %w", n, it.Err())
			}
			return it.Close()
		})
		all.Go(func() error {
			it, err := s.Iter()
			if err == nil && !it.Next() {
				err = errors.Join(errors.New("there is no record"), it.Err())
			}
			return errors.Join(err, it.Close())
		})
	}
	if err := all.Wait(); err != nil {
		t.Fatal(err)
	}
}

func TestRecordLargerThanTheLimit(t *testing.T) {
	s := New(t.TempDir(), "sorted", 1, 2)
	big := bytes.Repeat([]byte("x"), 1<<20)
	for _, k := range []string{"b", "a"} {
		if err := s.Add([]byte(k), big); err != nil {
			t.Fatal(err)
		}
	}
	defer s.Close()
	got := read(t, s)
	if len(got) != 2 || got[0].k != "a" || got[1].v != string(big) {
		t.Fatalf("got %d records", len(got))
	}
}

func TestBrokenFile(t *testing.T) {
	s := New(t.TempDir(), "sorted", 1, 2)
	for i := range 100 {
		if err := s.Add(fmt.Appendf(nil, "%d", i), make([]byte, 100)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Truncate(s.file.f.Name(), 50); err != nil {
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
		t.Fatal("a truncated file was read without an error")
	}
}

func TestNoDirectory(t *testing.T) {
	s := New(t.TempDir()+"/missing", "sorted", 1, 1)
	var err error
	for i := 0; i < 100 && err == nil; i++ {
		err = s.Add(fmt.Appendf(nil, "%d", i), make([]byte, 100))
	}
	if err == nil {
		t.Fatal("sorting into a missing directory gave no error")
	}
}
