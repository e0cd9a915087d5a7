package treelog

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// said are the differences in words.
func said(c Compared) []string {
	var out []string
	for _, d := range c.Differences {
		out = append(out, d.String())
	}
	return out
}

// rewrite changes what a revision says.
func rewrite(r Revision) Revision {
	r.Digest[0]++
	return r
}

// Whatever is done to the revisions is found, and named.
func TestCompareNamesWhatWasDone(t *testing.T) {
	leaves, whole := made(40)
	for _, c := range []struct {
		name  string
		do    func(r []Revision) []Revision
		wants []string
	}{
		{"nothing", func(r []Revision) []Revision { return r }, nil},
		{"a revision rewritten", func(r []Revision) []Revision { r[17] = rewrite(r[17]); return r },
			[]string{"unit u9 revision 2 at offset 34 is not what was logged as entry 17: it was changed"}},
		{"two in a row rewritten", func(r []Revision) []Revision { r[0], r[1] = rewrite(r[0]), rewrite(r[1]); return r },
			[]string{"revision 1 at offset 0 is not what was logged as entry 0",
				"revision 1 at offset 2 is not what was logged as entry 1"}},
		{"the last rewritten", func(r []Revision) []Revision { r[39] = rewrite(r[39]); return r },
			[]string{"at offset 78 is not what was logged as entry 39"}},
		{"one left out that another follows", func(r []Revision) []Revision { return slices.Delete(r, 3, 4) },
			[]string{"entry 3 is not there: unit u10 revision 1 was left out, after offset 4 (unit u3 revision 1)"}},
		{"the last of a unit left out", func(r []Revision) []Revision { return slices.Delete(r, 38, 39) },
			[]string{"entry 38 is not there: its revision was left out, after offset 74"}},
		{"a whole unit left out", func(r []Revision) []Revision {
			return slices.DeleteFunc(r, func(r Revision) bool { return r.UnitID == "u0" })
		}, []string{"entry 0 is not there: its revision was left out, at the beginning", "entry 11 is not there",
			"entry 22 is not there", "entry 33 is not there: its revision was left out, after offset 64"}},
		{"the end left out", func(r []Revision) []Revision { return r[:38] },
			[]string{"entry 38 is not there", "entry 39 is not there: its revision was left out, after offset 74"}},
		{"all left out", func([]Revision) []Revision { return nil },
			slices.Repeat([]string{"was left out, at the beginning"}, 40)},
		{"one added", func(r []Revision) []Revision { return slices.Insert(r, 5, rewrite(r[9])) },
			[]string{"unit u8 revision 1 at offset 18 was never logged: it was added"}},
		{"one added at the end", func(r []Revision) []Revision { return append(r, rewrite(r[9])) },
			[]string{"was never logged: it was added"}},
		{"one said twice", func(r []Revision) []Revision { return slices.Insert(r, 5, r[20]) },
			[]string{"unit u8 revision 2 at offset 40 was never logged: it was added"}},
		{"two neighbours changed places", func(r []Revision) []Revision { r[7], r[8] = r[8], r[7]; return r },
			[]string{"at offset 16 was logged as entry 8: it was put elsewhere"}},
		{"one put far away", func(r []Revision) []Revision {
			x := r[4]
			return slices.Insert(slices.Delete(r, 4, 5), 30, x)
		},
			[]string{"unit u6 revision 1 at offset 8 was logged as entry 4: it was put elsewhere"}},
		{"one rewritten and one left out", func(r []Revision) []Revision {
			r[30] = rewrite(r[30])
			return slices.Delete(r, 3, 4)
		},
			[]string{"entry 3 is not there: unit u10 revision 1",
				"at offset 60 is not what was logged as entry 30: it was changed"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := said(Compare(leaves, c.do(slices.Clone(whole))))
			if len(got) != len(c.wants) {
				t.Fatalf("%d differences, want %d:\n%s", len(got), len(c.wants), strings.Join(got, "\n"))
			}
			for i, want := range c.wants {
				if !strings.Contains(got[i], want) {
					t.Errorf("%q, want %q", got[i], want)
				}
			}
		})
	}
}

// An entry whose salt was erased is passed over, with or without its revision; a revision that is
// still there is then none that was logged, and says so.
func TestCompareErased(t *testing.T) {
	leaves, whole := made(20)
	leaves = slices.Clone(leaves)
	root := RootOf(leaves)
	for _, i := range []int{0, 4, 5, 19} {
		leaves[i].Salt = Salt{}
	}
	if RootOf(leaves) != root {
		t.Error("the tree does not verify any more")
	}
	left := slices.DeleteFunc(slices.Clone(whole), func(r Revision) bool {
		return slices.Contains([]int64{0, 8, 10, 38}, r.Offset)
	})
	if c := Compare(leaves, left); len(c.Differences) != 0 || c.Erased != 4 || c.Agree != 16 {
		t.Errorf("%+v\n%s", c, strings.Join(said(c), "\n"))
	}
	c := Compare(leaves, whole)
	if got := said(c); len(got) != 4 || !strings.Contains(got[1], "unit u6 revision 1 at offset 8 was never logged") {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
}

// Random changes never go unseen, and what was not changed agrees.
func TestCompareRandom(t *testing.T) {
	seed := rand.Uint64()
	rng := rand.New(rand.NewPCG(seed, 1))
	leaves, whole := made(60)
	for range 3000 {
		r := slices.Clone(whole)
		for range 1 + rng.IntN(3) {
			i, k := rng.IntN(len(r)), rng.IntN(len(r))
			switch rng.IntN(4) {
			case 0:
				r[i] = rewrite(r[i])
			case 1:
				r = slices.Delete(r, i, i+1)
			case 2:
				r = slices.Insert(r, i, rewrite(r[k]))
			case 3:
				r[i], r[k] = r[k], r[i]
			}
		}
		same := slices.Equal(r, whole)
		c := Compare(leaves, r)
		if same != (len(c.Differences) == 0) {
			t.Fatalf("seed %d: %d differences where it is %t that nothing was done", seed, len(c.Differences), same)
		}
		for k, i := range c.Entries {
			if i >= 0 && !leaves[i].Of(r[k].Digest) {
				t.Fatalf("seed %d: revision %d is not entry %d", seed, k, i)
			}
		}
		if n := c.Agree + len(c.Differences); n < len(r) {
			t.Fatalf("seed %d: of %d revisions only %d are spoken of", seed, len(r), n)
		}
	}
}

// A log of which nothing agrees is compared in bounded time.
func TestCompareWhenNothingAgrees(t *testing.T) {
	leaves, whole := made(2000)
	r := slices.Clone(whole)
	for i := range r {
		r[i] = rewrite(r[i])
	}
	c := comparison{leaves: leaves, revisions: r, tries: 100_000}
	c.compare()
	if len(c.Differences) != len(r) || c.tries < -2*len(r) {
		t.Errorf("%d differences, %d tries left", len(c.Differences), c.tries)
	}
}
