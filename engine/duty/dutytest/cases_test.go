package dutytest

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestKeptCases runs testdata/cases/*.jsonl: facts files of one person P that
// once showed a fault and cannot be written as a script. Comment lines say the
// clock ("# as of TIME") and what both evaluators must say ("# want LINE").
func TestKeptCases(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases found: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text := readFile(t, file)
			c := parseLines(t, "P", text)
			var want []string
			clock := ""
			for _, line := range strings.Split(string(text), "\n") {
				if w, ok := strings.CutPrefix(line, "# want "); ok {
					want = append(want, w)
				}
				if w, ok := strings.CutPrefix(line, "# as of "); ok {
					clock = w
				}
			}
			at, err := scriptTime(clock)
			if err != nil {
				t.Fatal(err)
			}
			for name, view := range map[string]map[string]string{"core": coreView(c, at), "oracle": oracleView(c, at)} {
				var got []string
				for _, line := range view {
					line, _, _ = strings.Cut(line, " [")
					got = append(got, line)
				}
				slices.Sort(got)
				slices.Sort(want)
				if !slices.Equal(got, want) {
					t.Errorf("%s:\n got  %q\n want %q", name, got, want)
				}
			}
		})
	}
}
