package state_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"tilsyn/state"
)

// segments counts the segments of days and months.
func segments(t *testing.T, db *state.DB) (days, months int) {
	t.Helper()
	infos, err := db.Inspect()
	if err != nil {
		t.Fatal(err)
	}
	for _, info := range infos {
		for _, k := range info.Kinds {
			switch k.Kind {
			case "day segments":
				days += k.Keys
			case "month segments":
				months += k.Keys
			}
		}
	}
	return days, months
}

// eachDay is a fact of each of 300 days for one person, so many days to a merge, and what Person then says of
// each day from which it may be asked.
func eachDay(t *testing.T, tk state.Task, perMerge int) {
	t.Helper()
	var b state.Batch
	for day := range int32(300) {
		b.AddFact("P1", day, fmt.Append(nil, day, strings.Repeat("x", 4<<10/perMerge)))
		b.SetSaid("P1", 1, day, fmt.Append(nil, day))
		if day%10 == 9 {
			b.SetHeader("P1", 1, fmt.Append(nil, day))
			commit(t, tk, &b)
		}
	}
	checkEachDay(t, tk)
}

func commit(t *testing.T, tk state.Task, b *state.Batch) {
	t.Helper()
	if err := tk.Commit(b); err != nil {
		t.Fatal(err)
	}
	b.Reset()
}

func checkEachDay(t *testing.T, tk state.Task) {
	t.Helper()
	for from := range int32(300) {
		p, err := tk.Person("P1", from)
		if err != nil {
			t.Fatal(err)
		}
		n := int(300 - from)
		if len(p.Facts) != n || len(p.Said) != n || p.Said[0].Day != from {
			t.Fatalf("from day %d: %d facts and %d said, want %d of each", from, len(p.Facts), len(p.Said), n)
		}
		_, err = tk.WalkDue(1, nil, 1, func(_, _ []byte) int32 { return from }, func(v *state.View) error {
			if got := unique(v.Facts); len(got) != n || len(v.Said) != n {
				return fmt.Errorf("a walk from day %d shows %d facts and %d said, want %d", from, len(got), len(v.Said), n)
			}
			if !slices.IsSortedFunc(v.Facts, func(a, b []byte) int { return dayIn(a) - dayIn(b) }) {
				return fmt.Errorf("a walk from day %d shows days in disorder", from)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// dayIn reads the day with which a fact of eachDay begins.
func dayIn(fact []byte) int {
	day, _ := strconv.Atoi(strings.TrimRight(string(fact), "x"))
	return day
}

// TestMonths: what lies far back takes a segment a month, whether it came in one merge or in many, and what is
// asked for is read by the day all the same.
func TestMonths(t *testing.T) {
	for _, perMerge := range []int{1, 20, 200} {
		db := open(t, t.TempDir(), small)
		eachDay(t, task(t, db, 0), perMerge)
		days, months := segments(t, db)
		if days > 64 || months < 5 || months > 30 {
			t.Errorf("%d days a merge: %d segments of days and %d of months", perMerge, days, months)
		}
		// One of each day comes once more, and is in a segment of its own, not yet in its month.
		var b state.Batch
		for _, day := range []int32{3, 70, 140} {
			b.AddFact("P1", day, fmt.Append(nil, day, strings.Repeat("x", 4<<10/perMerge)))
			b.AddFact("P2", day, bytes.Repeat([]byte{'y'}, 5<<10))
			commit(t, task(t, db, 0), &b)
		}
		checkEachDay(t, task(t, db, 0))
	}
}

// TestLateFacts: facts of long ago that come one by one are put into their month, which is not rewritten for each.
func TestLateFacts(t *testing.T) {
	opt := small
	opt.MergeBytes = 1 << 10
	db := open(t, t.TempDir(), opt)
	tk := task(t, db, 0)
	r := rand.NewChaCha8([32]byte{1})
	var b state.Batch
	for day := range int32(96) {
		fact := make([]byte, 7<<10)
		_, _ = r.Read(fact)
		b.AddFact("P1", day, fact)
		commit(t, tk, &b)
	}
	_, before := db.Puts()
	const late = 3000
	for i := range late {
		b.AddFact("P1", int32(i%64), fmt.Append(nil, "late", i))
		b.AddFact("P1", 96, fmt.Append(nil, "now", i))
		commit(t, tk, &b)
	}
	_, after := db.Puts()
	p, err := tk.Person("P1", 0)
	if err != nil || len(p.Facts) != 96+2*late {
		t.Errorf("%d facts %v, want %d", len(p.Facts), err, 96+2*late)
	}
	// Two facts, their delta and checkpoint, and their pages a few times; the months have 220 KB each.
	if each := (after - before) / late; each > 300 {
		t.Errorf("%d bytes were written for each late fact", each)
	}
	if days, months := segments(t, db); days > 64 || months > 40 {
		t.Errorf("%d segments of days and %d of months", days, months)
	}
}

// TestIdle: who has no facts any more is put into months with the others, and days far from all others are read.
func TestIdle(t *testing.T) {
	opt := small
	opt.Pages = 64
	db := open(t, t.TempDir(), opt)
	tk := task(t, db, 0)
	odd := []int32{state.Undated + 1, state.Undated + 40, math.MaxInt32 - 1, math.MaxInt32}
	var b state.Batch
	for day := range int32(200) {
		for who := range 40 {
			if name := personName(100 + who); who%10 == 0 || day < 50 {
				b.AddFact(name, day, fmt.Append(nil, day))
				b.SetHeader(name, 1, nil)
			}
		}
		if day == 20 {
			for _, day := range odd {
				b.AddFact(personName(101), day, fmt.Append(nil, day))
			}
		}
		commit(t, tk, &b)
	}
	for who := range 40 {
		p, err := tk.Person(personName(100+who), state.Undated)
		want := 200
		if who%10 > 0 {
			want = 50
		}
		if who == 1 {
			want += len(odd)
		}
		if err != nil || len(p.Facts) != want {
			t.Errorf("person %d has %d facts %v, want %d", who, len(p.Facts), err, want)
		}
	}
	for _, day := range odd[2:] {
		if p, err := tk.Person(personName(101), day); err != nil || len(p.Facts) != int(math.MaxInt32-day)+1 {
			t.Errorf("from day %d: %d facts %v", day, len(p.Facts), err)
		}
	}
	// 36 of them would have 18 days each otherwise, and four have the last ones.
	if days, months := segments(t, db); days > 300 || months < 40 {
		t.Errorf("%d segments of days and %d of months", days, months)
	}
}

// TestGuards: whoever looks for a month, or undated facts, where there are none comes to two keys that are not deleted.
func TestGuards(t *testing.T) {
	db := open(t, t.TempDir(), small)
	eachDay(t, task(t, db, 0), 20)
	all, err := db.Places(0)
	if err != nil {
		t.Fatal(err)
	}
	guards, months := map[int32]int{}, map[int32]bool{math.MinInt32 + 31: true}
	for _, at := range all {
		if at.Page == math.MaxUint32 {
			guards[at.Day]++
		} else if at.Month {
			months[at.Day] = true
		}
	}
	if len(months) < 6 {
		t.Errorf("there are only the months %v", months)
	}
	for day := range months {
		if guards[day] != 2 {
			t.Errorf("day %d has %d guards", day, guards[day])
		}
	}
}

var errCut = errors.New("a merge that was cut off")

// TestCut cuts merges off before each key that they set or delete, as a crash does: the store works on, or is opened
// again, and has what the model has. Each cut is one of a run with its own order of what is committed.
func TestCut(t *testing.T) {
	seed := seedOf(t)
	const commits = 120
	var most int64
	for round := range size(60) {
		r := rand.New(rand.NewPCG(seed, uint64(round)))
		var calls, cut atomic.Int64
		dead := r.IntN(2) == 0          // from the cut on nothing is written
		onlyDeletions := r.IntN(2) == 0 // it is before one of these
		opt := small.WithCut(func(deletes bool) error {
			if onlyDeletions && !deletes {
				return nil
			}
			n, at := calls.Add(1), cut.Load()
			if at > 0 && (n == at || dead && n > at) {
				return errCut
			}
			return nil
		})
		cut.Store(1 + r.Int64N(max(most/2, 500)))
		p := newPairOf(t, seed+uint64(round), opt)
		p.cutCommits(commits, &cut)
		p.same()
		cut.Store(0)
		p.reopen()
		p.same()
		p.cutCommits(commits/2, &cut) // merges what the cut has left
		p.same()
		if _, months := segments(t, p.db); months == 0 {
			t.Errorf("seed %d round %d: there are no months: the test tests nothing", seed, round)
		}
		if err := p.db.Close(); err != nil {
			t.Fatal(err)
		}
		if most = max(most, calls.Load()); t.Failed() {
			t.Fatalf("seed %d round %d", seed, round)
		}
	}
	t.Logf("seed %d: up to %d keys were set or deleted", seed, most)
}

// cutCommits commits to both. After a cut the store is opened again, at some time.
func (p *pair) cutCommits(n int, cut *atomic.Int64) {
	p.t.Helper()
	var b state.Batch
	for range n {
		i := p.r.IntN(2)
		b.Reset()
		p.fill(&b)
		err := p.tasks[i].real.Commit(&b)
		if errors.Is(err, errCut) {
			cut.Store(0)
			if p.r.IntN(3) > 0 {
				p.reopen()
			}
			err = p.tasks[i].real.Commit(&b)
		}
		if err = errors.Join(err, p.tasks[i].model.Commit(&b)); err != nil {
			p.t.Fatal(err)
		}
		if p.r.IntN(8) == 0 {
			p.samePerson(i, p.person(), p.day())
		}
	}
}

// TestFormat2: a state of the format before there were months is read as it is, and folded page by page. A backup of
// it is restored.
func TestFormat2(t *testing.T) {
	seed := seedOf(t)
	before := small.WithFoldAfter(1 << 20)
	p := newPairOf(t, seed, before)
	defer func() { p.db.Close() }()
	p.commits(size(1200))
	if err := p.db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := state.MakeFormat2(p.dir, before, 0, 1); err != nil {
		t.Fatal(err)
	}
	p.opt = small
	p.open()
	p.same()
	if format := formatOf(t, p.dir); format != "tilsyn state 2\n" || p.db.Format() != 2 {
		t.Errorf("nothing was merged, and the format is %q, %d", format, p.db.Format())
	}
	if _, months := segments(t, p.db); months != 0 {
		t.Errorf("there are %d months before the first merge", months)
	}
	file := filepath.Join(t.TempDir(), "backup")
	backupTo(t, p.db, file, 0)
	setFormat(t, file, 2)
	restored := filepath.Join(t.TempDir(), "restored")
	if err := state.Restore(restored, small, file); err != nil {
		t.Fatal(err)
	}
	q := &pair{t: t, r: p.r, dir: restored, model: p.model.Copy(), opt: small, now: p.now}
	for _, x := range []*pair{p, q} {
		if x == q {
			q.open()
			defer q.db.Close()
		}
		days, _ := segments(t, x.db)
		x.commits(300)
		x.same()
		later, months := segments(t, x.db)
		if later >= days || months == 0 {
			t.Errorf("seed %d: %d segments of days became %d, and %d of months", seed, days, later, months)
		}
		if format := formatOf(t, x.dir); format != "tilsyn state 3\n" || x.db.Format() != 3 {
			t.Errorf("the format is %q, %d", format, x.db.Format())
		}
	}
}

func formatOf(t *testing.T, dir string) string {
	t.Helper()
	line, err := os.ReadFile(filepath.Join(dir, "FORMAT"))
	if err != nil {
		t.Fatal(err)
	}
	return string(line)
}

// setFormat changes the format that a backup names, and its checksum.
func setFormat(t *testing.T, file string, format uint64) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	binary.BigEndian.PutUint64(content[8:], format)
	end := len(content) - 4
	binary.BigEndian.PutUint32(content[end:], crc32.Checksum(content[:end], crc32.MakeTable(crc32.Castagnoli)))
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
}
