package centres

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"tilsyn/engine/casefile"
	"tilsyn/engine/stream/datadir"
	"tilsyn/engine/stream/register"
	"tilsyn/engine/stream/seeds"
)

// Whatever is damaged in the kept register, a start ends with a complete register, and the damaged
// one is put aside.
func TestKeptDamaged(t *testing.T) {
	t.Parallel()
	base := identityWorld(t, 2, 2)
	base.sendIdentities(800)
	base.started(base.newReader()).Close()
	base.sendIdentities(30)
	want := base.whole()
	index, err := os.ReadFile(filepath.Join(base.keepDir, datadir.IndexFile))
	base.must(err)
	records, err := os.ReadFile(filepath.Join(base.keepDir, datadir.RecordsFile))
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
		"index of other records":   {index, flipped(records, len(register.RecordsMagic)+3)},
		"records cut short":        {index, records[:len(records)-1]},
		"records without a start":  {index, records[:5]},
		"index longer than it was": {append(slices.Clone(index), 0), records},
		"another version":          {append([]byte("tilsyn register 2\n"), index[len(register.IndexMagic):]...), records},
	}
	apart := 4 // the next byte that is damaged lies so much of the way behind it
	if seeds.Full() {
		apart = 12
	}
	for at := 0; at < len(index); at += 1 + at/apart {
		cases[fmt.Sprintf("byte %d of the index", at)] = files{flipped(index, at), records}
		cases[fmt.Sprintf("index cut at %d", at)] = files{index[:at], records}
	}
	cases["last byte of the index"] = files{flipped(index, len(index)-1), records}
	for name, f := range cases {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), datadir.DirRegister)
			base.keepDir = dir
			base.must(os.Mkdir(dir, 0o700))
			base.must(os.WriteFile(filepath.Join(dir, datadir.IndexFile), f.index, 0o600))
			if f.records != nil {
				base.must(os.WriteFile(filepath.Join(dir, datadir.RecordsFile), f.records, 0o600))
			}
			r := base.newReader()
			base.must(r.Resume(context.Background()))
			if n := r.IdentityPositions().Sum(); n != 0 {
				t.Fatalf("a damaged register was used up to %d records", n)
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(dir), datadir.DirRegisterDamaged, datadir.IndexFile)); err != nil {
				t.Errorf("it was not put aside: %v", err)
			}
			base.must(r.ReadToEnd(context.Background()))
			sameReaders(t, base.rng, r, want)
			r.Close()
		})
	}
}

// A kill between any two steps of writing leaves what was written before; the rest is read from
// the topics.
func TestKeptKilledBetweenSteps(t *testing.T) {
	t.Parallel()
	more := int64(seeds.AtLeast(t, 4000, 1200))
	for _, step := range []string{"records written", "records torn", "index begun",
		"index written and not in place", "index in place", "nothing in place", "records made anew"} {
		t.Run(step, func(t *testing.T) {
			w := identityWorld(t, 3, 2)
			w.sendIdentities(700)
			w.started(w.newReader()).Close()
			path := func(name string) string { return filepath.Join(w.keepDir, name) }
			old, err := os.ReadFile(path(datadir.IndexFile))
			w.must(err)
			w.sendIdentities(int(more))
			r := w.started(w.newReader())
			r.Close()
			next, err := os.ReadFile(path(datadir.IndexFile))
			w.must(err)
			used := int64(700)
			switch step {
			case "records written":
				w.must(os.WriteFile(path(datadir.IndexFile), old, 0o600))
			case "records torn":
				w.must(os.WriteFile(path(datadir.IndexFile), old, 0o600))
				info, err := os.Stat(path(datadir.RecordsFile))
				w.must(err)
				w.must(os.Truncate(path(datadir.RecordsFile), info.Size()-3))
			case "index begun":
				w.must(os.WriteFile(path(datadir.IndexFile), old, 0o600))
				w.must(os.WriteFile(path("."+datadir.IndexFile+".0123abcd"), next[:len(next)/2], 0o600))
			case "index written and not in place":
				w.must(os.WriteFile(path(datadir.IndexFile), old, 0o600))
				w.must(os.WriteFile(path("."+datadir.IndexFile+".0123abcd"), next, 0o600))
			case "index in place":
				used = 700 + more
			case "nothing in place":
				w.must(os.Remove(path(datadir.IndexFile)))
				used = 0
			case "records made anew":
				file, _, err := register.CreateRecords(w.keepDir)
				w.must(err)
				w.must(file.Close())
				used = 0
			}
			r = w.newReader()
			w.must(r.Resume(context.Background()))
			if n := r.IdentityPositions().Sum(); n != used {
				t.Errorf("it was used up to %d records, want %d", n, used)
			}
			w.must(r.ReadToEnd(context.Background()))
			sameReaders(t, w.rng, r, w.whole())
			w.sendIdentities(500)
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
	seeds.ForEach(t, 8, func(t *testing.T, seed uint64) {
		w := identityWorld(t, seed, 2)
		w.sendIdentities(5000)
		w.started(w.newReader()).Close()
		whole := w.whole()
		r := w.started(w.newReader())
		path := filepath.Join(w.keepDir, datadir.RecordsFile)
		b, err := os.ReadFile(path)
		w.must(err)
		b[register.LogStart+w.rng.IntN(len(b)-register.LogStart)] ^= 0x10
		w.must(os.WriteFile(path, b, 0o600))
		bad := 0
		for c := range 300 {
			list, err := r.register.Assignments(casefile.CardHash(fmt.Sprintf("card%d", c)))
			if err != nil {
				bad++
			} else if want, _ := whole.register.Assignments(casefile.CardHash(fmt.Sprintf("card%d",
				c))); len(list) != len(want) {
				t.Fatal("an answer is not whole")
			}
		}
		if (bad > 0) != r.register.Damaged.Load() {
			t.Fatalf("%d answers were errors, damaged %v", bad, r.register.Damaged.Load())
		}
		w.sendIdentities(20)
		w.must(r.Poll(context.Background(), 0))
		if bad > 0 {
			sameReaders(t, w.rng, w.caughtUp(r), w.whole())
			r.Close()
			sameReaders(t, w.rng, w.started(w.newReader()), w.whole())
		}
	})
}
