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
	assignment = regexp.MustCompile(`(?m)^\{"topic":"card-assignments".*\n`)
)

// oneCard are the facts of so many persons at twenty days whose source sends "0"
// for every card, and the same with a card each.
func oneCard(t testing.TB, persons int) (own, shared string) {
	own = assignment.ReplaceAllString(simulated(t, persons, 20), "")
	return own, cardID.ReplaceAllString(own, `"card_id":"0"`)
}

// TestOneCardForAll: one card id for everybody, that nobody was given, changes
// nothing, and costs no more than a card each.
func TestOneCardForAll(t *testing.T) {
	own, shared := oneCard(t, 60)
	judge := func(text string) (f files, allocated uint64) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		f, _ = replayText(t, text, func(o *Options) { o.Workers = 1 })
		runtime.ReadMemStats(&after)
		return f, after.TotalAlloc - before.TotalAlloc
	}
	want, usual := judge(own)
	got, took := judge(shared)
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

// BenchmarkOneCardForAll compares one card id for everybody with a card each.
func BenchmarkOneCardForAll(b *testing.B) {
	for _, persons := range []int{250, 500, 1000} {
		own, shared := oneCard(b, persons)
		for name, text := range map[string]string{"own": own, "shared": shared} {
			b.Run(fmt.Sprintf("%d/%s", persons, name), func(b *testing.B) {
				for b.Loop() {
					_, err := Run(context.Background(), Options{Facts: []string{Stdio}, Stdin: strings.NewReader(text), Stdout: io.Discard, Workers: 1,
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
