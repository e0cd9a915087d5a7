package replay

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
)

var (
	cardID     = regexp.MustCompile(`"card_id":"[^"]*"`)
	personID   = regexp.MustCompile(`"person_id":"([^"]*)"`)
	assignment = regexp.MustCompile(`(?m)^\{"topic":"card-assignments".*\n`)
)

// oneCard returns the facts of this many persons over twenty days, once with a card for each
// person, and once from a source that sends "0" for every card.
func oneCard(t testing.TB, persons int) (own, shared string) {
	own = assignment.ReplaceAllString(simulated(t, persons, 20), "")
	return own, cardID.ReplaceAllString(own, `"card_id":"0"`)
}

// TestOneCardForAll: one card id for everybody, assigned to nobody, changes no verdict and costs
// no more than a card for each person.
func TestOneCardForAll(t *testing.T) {
	own, shared := oneCard(t, 60)
	want, usual := judged(t, own)
	got, took := judged(t, shared)
	if got.outcomes != want.outcomes || strings.Count(want.outcomes, "\n") < 1000 {
		t.Errorf("other outcomes; %d lines", strings.Count(want.outcomes, "\n"))
	}
	if strings.Count(got.violations, "\n") != strings.Count(want.violations, "\n") {
		t.Error("other violations")
	}
	if got.quality != want.quality && strings.Contains(got.quality, "CARD_CONFLICT") {
		t.Error("the card contradicts somebody")
	}
	if took > 2*usual {
		t.Errorf("%d MB are allocated, with a card each %d MB", took>>20, usual>>20)
	}
}

// TestOneCardGivenToAll: one card id that is assigned to everybody costs no more than twice what a
// card for each person does, and accuses nobody.
func TestOneCardGivenToAll(t *testing.T) {
	own := simulated(t, 60, 20)
	shared := cardID.ReplaceAllString(own, `"card_id":"0"`)
	lines := map[bool]int{}
	for _, persons := range []int{30, 60} {
		few := firstPersons(own, persons)
		f, took := judged(t, cardID.ReplaceAllString(few, `"card_id":"0"`))
		if n := strings.Count(f.quality, "CARD_CONFLICT"); n == 0 || n > persons+persons/5 {
			t.Errorf("%d lines for %d persons", n, persons)
		}
		lines[persons == 60] = strings.Count(f.quality, "\n")
		if _, usual := judged(t, few); took > 2*usual {
			t.Errorf("%d persons: %d MB are allocated, with a card each %d MB", persons, took>>20, usual>>20)
		}
	}
	if lines[true] > 3*lines[false] {
		t.Errorf("%d lines for 60 persons, %d for 30", lines[true], lines[false])
	}
	f, _ := judged(t, shared)
	for _, v := range strings.Split(f.violations, "\n") {
		if strings.Contains(v, `"kind":"STAY"`) && strings.Contains(v, `"status":"INDICATED"`) {
			t.Errorf("told by a row of everybody's card: %.300s", v)
		}
	}
}

// judged replays and counts what is allocated.
func judged(t *testing.T, text string) (f files, allocated uint64) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f, _ = replayText(t, text, func(o *Options) { o.Workers = 1 })
	runtime.ReadMemStats(&after)
	return f, after.TotalAlloc - before.TotalAlloc
}

// firstPersons leaves out the lines of all but so many persons.
func firstPersons(text string, persons int) string {
	kept, out := map[string]bool{}, []string{}
	for _, line := range strings.SplitAfter(text, "\n") {
		if m := personID.FindStringSubmatch(line); m != nil {
			if !kept[m[1]] && len(kept) == persons {
				continue
			}
			kept[m[1]] = true
		}
		out = append(out, line)
	}
	return strings.Join(out, "")
}

// BenchmarkOneCardForAll compares one card id for everybody with a card each.
func BenchmarkOneCardForAll(b *testing.B) {
	for _, persons := range []int{250, 500, 1000} {
		own, shared := oneCard(b, persons)
		for name, text := range map[string]string{"own": own, "shared": shared} {
			b.Run(fmt.Sprintf("%d/%s", persons, name), func(b *testing.B) {
				for b.Loop() {
					_, err := Run(context.Background(), Options{Facts: []string{Stdio},
						Stdin: strings.NewReader(text), Stdout: io.Discard, Workers: 1,
						Policies:   []duty.ActivePolicy{{From: duty.Beginning, Policy: policy.Builtin()}},
						Violations: filepath.Join(b.TempDir(), "v"), TempDir: b.TempDir()})
					if err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
