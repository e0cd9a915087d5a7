package state_test

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"tilsyn/state"
)

// seen is a View copied, its facts made unique.
type seen struct {
	header         state.Header
	from           int32
	undated, dated []string
	said           []state.Said
}

func see(t *testing.T, v *state.View) seen {
	t.Helper()
	s := seen{header: v.Header, from: v.From}
	s.header.Data = bytes.Clone(v.Header.Data)
	if v.Undated > len(v.Facts) {
		t.Fatalf("%d of %d facts are undated", v.Undated, len(v.Facts))
	}
	s.undated, s.dated = unique(v.Facts[:v.Undated]), unique(v.Facts[v.Undated:])
	for _, u := range v.Said {
		u.Data = bytes.Clone(u.Data)
		s.said = append(s.said, u)
	}
	return s
}

func unique(facts [][]byte) (out []string) {
	for _, f := range facts {
		out = append(out, string(f))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// daysOf wants something else of each person and header.
func daysOf(person, header []byte) int32 {
	if len(header) == 0 {
		return state.Undated
	}
	switch n := int32(header[0]) + int32(len(header)) + int32(person[len(person)-1])%2; n {
	case 2:
		return state.OnlyHeader
	case 3:
		return state.OnlyUndated
	case 4:
		return state.Undated
	default:
		return 13 * (n - 4)
	}
}

// errStop ends a walk from inside.
var errStop = errors.New("stop")

// views walks everybody who is due, in steps, ending some of them early.
func (p *pair) views(task state.Task, until int64, limit int) (all map[string]seen, order []string) {
	p.t.Helper()
	all = map[string]seen{}
	var cursor []byte
	for step := 0; ; step++ {
		n := 0
		next, err := task.WalkDue(until, cursor, limit, daysOf, func(v *state.View) error {
			if step%3 == 1 && n == 2 {
				return errStop
			}
			n++
			who := string(v.Person)
			if _, again := all[who]; again {
				p.t.Errorf("%s was visited twice", who)
			}
			if n%4 == 0 { // reading beside the walk disturbs nothing
				if _, err := task.Person(who, state.Undated); err != nil {
					p.t.Error(err)
				}
			}
			all[who], order = see(p.t, v), append(order, who)
			return nil
		})
		if n > limit {
			p.t.Fatalf("%d visits, more than the limit %d", n, limit)
		}
		if err != nil && !errors.Is(err, errStop) {
			p.t.Fatal(err)
		}
		if err == nil && next == nil {
			return all, order
		}
		cursor = next
	}
}

func (p *pair) sameViews(i int, until int64, limit int) {
	p.t.Helper()
	got, order := p.views(p.tasks[i].real, until, limit)
	want, _ := p.views(p.tasks[i].model, until, limit)
	if len(got) != len(want) {
		p.t.Errorf("task %d: %d persons were visited, want %d", i, len(got), len(want))
	}
	for who := range want {
		if !reflect.DeepEqual(got[who], want[who]) {
			p.t.Errorf("task %d view of %s:\n got %v\nwant %v", i, who, got[who], want[who])
		}
	}
	if due := collect(p.t, p.tasks[i].real, until, limit); !slices.Equal(due, order) {
		p.t.Errorf("task %d: WalkDue goes %v, Due %v", i, order, due)
	}
}

// samePages reads the headers of all pages.
func (p *pair) samePages(i int) {
	p.t.Helper()
	headers := func(task state.Task) (all []string) {
		for page := range uint32(task.Pages()) {
			err := task.PageHeaders(page, func(person []byte, next int64, data []byte) error {
				if task.Page(person) != page {
					p.t.Errorf("%s is on page %d, not %d", person, task.Page(person), page)
				}
				all = append(all, fmt.Sprintf("%s %d %v", person, next, data))
				return nil
			})
			if err != nil {
				p.t.Fatal(err)
			}
		}
		slices.Sort(all)
		return all
	}
	if got, want := headers(p.tasks[i].real), headers(p.tasks[i].model); !slices.Equal(got, want) {
		p.t.Errorf("task %d headers:\n got %v\nwant %v", i, got, want)
	}
}

// TestWalkDays: facts come by day, and a page is not split without need.
func TestWalkDays(t *testing.T) {
	db := open(t, t.TempDir(), small)
	tk := task(t, db, 0)
	var b state.Batch
	for i := range 80 {
		for _, day := range []int32{5, state.Undated, -3, 4} {
			b.AddFact(victim(i), day, fmt.Append(nil, day))
		}
		b.SetHeader(victim(i), 1, nil)
	}
	if err := tk.Commit(&b); err != nil {
		t.Fatal(err)
	}
	perPage := map[uint32]int{}
	most := 0
	for i := range 80 {
		page := tk.Page([]byte(victim(i)))
		perPage[page]++
		most = max(most, perPage[page])
	}
	left := 80
	for cursor, step := []byte(nil), 0; left > 0; step++ {
		visited := map[uint32]int{}
		next, err := tk.WalkDue(1, cursor, most, func(_, _ []byte) int32 { return 4 }, func(v *state.View) error {
			// A merge at the same time may show facts twice, one day after another still.
			days := slices.CompactFunc(slices.Clone(v.Facts), bytes.Equal)
			if got, want := fmt.Sprintf("%s", days), fmt.Sprintf("[%d 4 5]", state.Undated); got != want {
				t.Errorf("facts %s, want %s", got, want)
			}
			visited[tk.Page(v.Person)]++
			left--
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for page, n := range visited {
			if n != perPage[page] {
				t.Errorf("step %d visited %d of %d persons of a page", step, n, perPage[page])
			}
		}
		if next == nil && left > 0 {
			t.Fatalf("%d persons were not visited", left)
		}
		cursor = next
	}
	for _, limit := range []int{0, -1} {
		if _, err := tk.WalkDue(1, nil, limit, daysOf, nil); !errors.Is(err, state.ErrBounds) {
			t.Errorf("limit %d: %v, want ErrBounds", limit, err)
		}
	}
	if err := tk.PageHeaders(uint32(tk.Pages()), nil); !errors.Is(err, state.ErrBounds) {
		t.Errorf("a page beyond the last: %v, want ErrBounds", err)
	}
}
