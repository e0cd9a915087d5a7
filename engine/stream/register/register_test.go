package register

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
)

// dumbRegister answers as register does, from lists.
type dumbRegister struct {
	given []duty.Known[duty.CardAssignment]
	links []duty.IdentityLink
	// found are the groups found for so many links.
	found map[string]map[string]bool
	of    int
}

func (d *dumbRegister) assignments(card string) []duty.Known[duty.CardAssignment] {
	var out []duty.Known[duty.CardAssignment]
	for _, k := range d.given {
		if k.Fact.CardID == card {
			out = append(out, k)
		}
	}
	return out
}

// group are all persons that links lead to from one, in any number of steps.
func (d *dumbRegister) group(person string) map[string]bool {
	if d.found == nil || d.of != len(d.links) {
		d.found, d.of = map[string]map[string]bool{}, len(d.links)
	}
	if in := d.found[person]; in != nil {
		return in
	}
	in := map[string]bool{person: true}
	d.found[person] = in
	for range d.links {
		for _, l := range d.links {
			if in[l.PersonID] || in[l.AliasPersonID] {
				in[l.PersonID], in[l.AliasPersonID] = true, true
			}
		}
	}
	return in
}

func (d *dumbRegister) audience(person, card string) []string {
	in := map[string]bool{}
	if person != "" {
		maps.Copy(in, d.group(person))
	}
	list := d.assignments(card)
	if slices.ContainsFunc(list, func(k duty.Known[duty.CardAssignment]) bool { return k.Fact.PersonID != person }) {
		for _, k := range list {
			maps.Copy(in, d.group(k.Fact.PersonID))
		}
	}
	delete(in, person)
	return slices.Sorted(maps.Keys(in))
}

// checkAgainst compares what a register answers with the lists.
func (d *dumbRegister) checkAgainst(t *testing.T, g *Register) {
	t.Helper()
	for c := range 310 {
		card := fmt.Sprintf("card%d", c)
		got, err := g.Assignments(casefile.CardHash(card))
		if err != nil {
			t.Fatal(err)
		}
		want := d.assignments(card)
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%s has %d assignments, want %d", card, len(got), len(want))
		}
		for _, person := range []string{"", "person1", fmt.Sprintf("person%d", c%210)} {
			others := slices.ContainsFunc(want, func(k duty.Known[duty.CardAssignment]) bool {
				return k.Fact.PersonID != person
			})
			if g.OthersHold(casefile.CardHash(card), person) != others {
				t.Fatalf("%s is held by others than %q: want %v", card, person, others)
			}
			to, err := g.whole(person, casefile.CardHash(card))
			if err != nil {
				t.Fatal(err)
			}
			if want := d.audience(person, card); !slices.Equal(to, want) {
				t.Fatalf("audience of %q with %s: %v, want %v", person, card, to, want)
			}
		}
	}
}

// A register says what a list of all links and assignments says, in memory and on
// the disk.
func TestRegisterSaysWhatListsSay(t *testing.T) {
	t.Parallel()
	seeds.ForEach(t, 6, func(t *testing.T, seed uint64) {
		rng := rand.New(rand.NewPCG(seed, 5))
		g, d := NewRegister(), &dumbRegister{}
		if seed%2 == 0 {
			file, err := os.Create(filepath.Join(t.TempDir(), "records"))
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			g.Log = NewRecordLog(file)
		}
		d.checkAgainst(t, g)
		for n := range 6000 {
			if rng.IntN(60) == 0 {
				l := duty.IdentityLink{PersonID: fmt.Sprintf("person%d", rng.IntN(200)),
					AliasPersonID: fmt.Sprintf("person%d", rng.IntN(200))}
				d.links = append(d.links, l)
				g.Link(&l)
				continue
			}
			a := seeds.Assignment(rng, n)
			k := duty.Known[duty.CardAssignment]{Fact: *a, At: seeds.Start + duty.Instant(n),
				Pos: duty.Some(duty.Position{Partition: int32(n % 3), Offset: int64(n)})}
			d.given = append(d.given, k)
			g.Assign(a, k.At, k.Pos.V)
		}
		d.checkAgainst(t, g)
	})
}

// A table that was copied stays as it was while the original goes on.
func TestCardTableCopyStays(t *testing.T) {
	seeds.ForEach(t, 10, func(t *testing.T, seed uint64) {
		rng := rand.New(rand.NewPCG(seed, 6))
		var table cardTable
		want := map[uint64]cardSlot{}
		put := func(card uint64) {
			s := table.at(card)
			if s.where == 0 {
				s.holder = rng.Uint64()
			}
			s.where = 1 + rng.Uint64()>>1
			want[card] = *s
		}
		all := func(of *cardTable) map[uint64]cardSlot {
			got := map[uint64]cardSlot{}
			if err := of.each(func(s cardSlot) error { got[s.card] = s; return nil }); err != nil {
				t.Fatal(err)
			}
			return got
		}
		var copies []*cardTable
		var wants []map[uint64]cardSlot
		for range 20_000 {
			put(rng.Uint64N(9000) * 0x9e3779b97f4a7c15)
			if rng.IntN(4000) == 0 {
				copies, wants = append(copies, table.Copy()), append(wants, maps.Clone(want))
			}
		}
		copies, wants = append(copies, &table), append(wants, want)
		for i := range copies {
			if !maps.Equal(all(copies[i]), wants[i]) || copies[i].N != len(wants[i]) {
				t.Fatalf("copy %d has %d cards, want %d as they were", i, copies[i].N, len(wants[i]))
			}
		}
	})
}

// While the disk takes nothing, memory keeps what is to be written.
func TestRegisterKeepsWhatCannotBeWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "records")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	deaf, err := os.Open(path) // for reading only
	if err != nil {
		t.Fatal(err)
	}
	defer deaf.Close()
	g, d := NewRegister(), &dumbRegister{}
	g.Log = NewRecordLog(deaf)
	rng := rand.New(rand.NewPCG(1, 7))
	add := func(from, to int) {
		for n := from; n < to; n++ {
			a := seeds.Assignment(rng, n)
			k := duty.Known[duty.CardAssignment]{Fact: *a, Pos: duty.Some(duty.Position{Offset: int64(n)})}
			d.given = append(d.given, k)
			g.Assign(a, k.At, k.Pos.V)
		}
	}
	add(0, 10_000)
	d.checkAgainst(t, g)
	if err := g.Log.flush(); err == nil || g.Log.Written != LogStart {
		t.Fatalf("a file that takes nothing took %d bytes: %v", g.Log.Written, err)
	}
	open, err := os.OpenFile(path, os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	g.Log.File = open
	add(10_000, 20_000)
	if n := len(g.Log.chunks); n > 2 {
		t.Errorf("%d chunks are in memory though they can be written", n)
	}
	d.checkAgainst(t, g)
}
