package console

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestWhatIsWaitedFor: what the engine waits for is told in Danish, escaped, and every wording that is read here is
// one that the engine has.
func TestWhatIsWaitedFor(t *testing.T) {
	for english, danish := range map[string]string{
		"task 3: its recovery":                               "opgave 3: at være genoprettet",
		"task 3 of the prefix: an owner: no instance has it": "opgave 3: en ejer: ingen instans har den",
		"12 records of card-events":                          "12 poster i card-events",
		"one owner: <a> and b both have it":                  "én ejer: både &lt;a&gt; og b har den",
		"something new <b>":                                  `på engelsk: <span lang="en">something new &lt;b&gt;</span>`,
		"":                                                   "",
	} {
		if got := string(waitsFor("da", english)); got != danish {
			t.Errorf("%q is told as %q, want %q", english, got, danish)
		}
		if got := string(waitsFor("en", english)); strings.Contains(got, "opgave") {
			t.Errorf("in English: %q", got)
		}
	}
	files, err := filepath.Glob("../stream/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no engine")
	}
	var all strings.Builder
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(b)
	}
	for _, w := range waits {
		// The longest piece without a group is what the engine's source has.
		longest := ""
		for piece := range strings.FieldsFuncSeq(w.english.String(), func(r rune) bool { return strings.ContainsRune(`()^$\+.*`, r) }) {
			if len(piece) > len(longest) {
				longest = piece
			}
		}
		if longest = strings.TrimSuffix(longest, "S"); !strings.Contains(all.String(), strings.TrimSpace(longest)) {
			t.Errorf("the engine never says %q (%s)", longest, w.english)
		}
	}
}
