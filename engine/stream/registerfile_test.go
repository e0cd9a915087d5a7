package stream

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// Whatever is wrong with what was kept, a start ends with a register that is
// whole, and puts the other aside.
func TestKeptDamaged(t *testing.T) {
	t.Parallel()
	base := joinWorld(t, 2, 2)
	base.sendJoins(800)
	base.started(base.newReader()).Close()
	base.sendJoins(30)
	want := base.whole()
	index, err := os.ReadFile(filepath.Join(base.keepDir, indexFile))
	base.must(err)
	records, err := os.ReadFile(filepath.Join(base.keepDir, recordsFile))
	base.must(err)
	flipped := func(b []byte, at int) []byte {
		c := slices.Clone(b)
		c[at] ^= 1 << (at % 8)
		return c
	}
	type files struct{ index, records []byte }
	cases := map[string]files{
		"no records":               {index, nil},
		"empty index":              {[]byte{}, records},
		"index of other records":   {index, flipped(records, len(recordsMagic)+3)},
		"records cut short":        {index, records[:len(records)-1]},
		"records without a start":  {index, records[:5]},
		"index longer than it was": {append(slices.Clone(index), 0), records},
		"another version":          {append([]byte("tilsyn register 2\n"), index[len(indexMagic):]...), records},
	}
	for at := 0; at < len(index); at += 1 + at/12 {
		cases[fmt.Sprintf("byte %d of the index", at)] = files{flipped(index, at), records}
		cases[fmt.Sprintf("index cut at %d", at)] = files{index[:at], records}
	}
	cases["last byte of the index"] = files{flipped(index, len(index)-1), records}
	for name, f := range cases {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), dirRegister)
			base.keepDir = dir
			base.must(os.Mkdir(dir, 0o700))
			base.must(os.WriteFile(filepath.Join(dir, indexFile), f.index, 0o600))
			if f.records != nil {
				base.must(os.WriteFile(filepath.Join(dir, recordsFile), f.records, 0o600))
			}
			r := base.newReader()
			base.must(r.Resume(context.Background()))
			if n := r.joinPositions().sum(); n != 0 {
				t.Fatalf("a damaged register was used up to %d records", n)
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(dir), dirRegisterDamaged, indexFile)); err != nil {
				t.Errorf("it was not put aside: %v", err)
			}
			base.must(r.ReadToEnd(context.Background()))
			sameReaders(t, base.rng, r, want)
			r.Close()
		})
	}
}

// What a kill leaves between any two steps of writing is read as what was written
// before, with the rest from the topics.
func TestKeptKilledBetweenSteps(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"records written", "records torn", "index begun", "index written and not in place", "index in place", "nothing in place", "records made anew"} {
		t.Run(step, func(t *testing.T) {
			w := joinWorld(t, 3, 2)
			w.sendJoins(700)
			w.started(w.newReader()).Close()
			path := func(name string) string { return filepath.Join(w.keepDir, name) }
			old, err := os.ReadFile(path(indexFile))
			w.must(err)
			w.sendJoins(4000)
			r := w.started(w.newReader())
			r.Close()
			next, err := os.ReadFile(path(indexFile))
			w.must(err)
			used := int64(700)
			switch step {
			case "records written":
				w.must(os.WriteFile(path(indexFile), old, 0o600))
			case "records torn":
				w.must(os.WriteFile(path(indexFile), old, 0o600))
				info, err := os.Stat(path(recordsFile))
				w.must(err)
				w.must(os.Truncate(path(recordsFile), info.Size()-3))
			case "index begun":
				w.must(os.WriteFile(path(indexFile), old, 0o600))
				w.must(os.WriteFile(path("."+indexFile+".0123abcd"), next[:len(next)/2], 0o600))
			case "index written and not in place":
				w.must(os.WriteFile(path(indexFile), old, 0o600))
				w.must(os.WriteFile(path("."+indexFile+".0123abcd"), next, 0o600))
			case "index in place":
				used = 4700
			case "nothing in place":
				w.must(os.Remove(path(indexFile)))
				used = 0
			case "records made anew":
				file, _, err := createRecords(w.keepDir)
				w.must(err)
				w.must(file.Close())
				used = 0
			}
			r = w.newReader()
			w.must(r.Resume(context.Background()))
			if n := r.joinPositions().sum(); n != used {
				t.Errorf("it was used up to %d records, want %d", n, used)
			}
			w.must(r.ReadToEnd(context.Background()))
			sameReaders(t, w.rng, r, w.whole())
			w.sendJoins(500)
			sameReaders(t, w.rng, w.caughtUp(r), w.whole())
			r.Close()
			sameReaders(t, w.rng, w.started(w.newReader()), w.whole())
		})
	}
}

// Records that turn out to be damaged while the engine runs are an error to whoever
// asks, until the reader has built the register again.
func TestRecordsDamagedLater(t *testing.T) {
	t.Parallel()
	forSeeds(t, 8, func(t *testing.T, seed uint64) {
		w := joinWorld(t, seed, 2)
		w.sendJoins(5000)
		w.started(w.newReader()).Close()
		whole := w.whole()
		r := w.started(w.newReader())
		path := filepath.Join(w.keepDir, recordsFile)
		b, err := os.ReadFile(path)
		w.must(err)
		b[logStart+w.rng.IntN(len(b)-logStart)] ^= 0x10
		w.must(os.WriteFile(path, b, 0o600))
		bad := 0
		for c := range 300 {
			list, err := r.joins.assignments(cardHash(fmt.Sprintf("card%d", c)))
			if err != nil {
				bad++
			} else if want, _ := whole.joins.assignments(cardHash(fmt.Sprintf("card%d", c))); len(list) != len(want) {
				t.Fatal("an answer is not whole")
			}
		}
		if (bad > 0) != r.joins.damaged.Load() {
			t.Fatalf("%d answers were errors, damaged %v", bad, r.joins.damaged.Load())
		}
		w.sendJoins(20)
		w.must(r.Poll(context.Background(), 0))
		if bad > 0 {
			sameReaders(t, w.rng, w.caughtUp(r), w.whole())
			r.Close()
			sameReaders(t, w.rng, w.started(w.newReader()), w.whole())
		}
	})
}
