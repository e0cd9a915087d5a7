package house

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// unfinished are words that mark work not done. They are put together here so
// that this file does not find itself.
var unfinished = regexp.MustCompile(strings.Join([]string{
	`\bTO` + `DO\b`, `\bFIX` + `ME\b`, `\bX` + `XX\b`, `\bHA` + `CK\b`,
	`(?i)not ` + `implemented`, `(?i)\bunim` + `plemented\b`, `(?i)\bplace` + `holders?\b`,
}, "|"))

// telling are in every text that holds one of either: most hold none, and need not
// be looked at line by line.
var telling = []string{
	"to" + "do", "fix" + "me", "x" + "xx", "ha" + "ck", "not imp" + "lemented", "unimp" + "lemented", "place" + "holder",
	"/wo" + "rk/", "/tmp/" + "boot", "/ro" + "ot/", "/ho" + "me/", "proxy.go" + "lang", "sum.go" + "lang",
	"vuln.g" + "o.dev",
	"pypi.o" + "rg", "pythonho" + "sted", "ma" + "ven", "npm" + "js",
}

// mayTell reports whether a text has to be looked at line by line.
func mayTell(text string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(telling, func(w string) bool { return strings.Contains(text, w) })
}

// kongTag is the field tag that names a flag's value in the usage text.
var kongTag = regexp.MustCompile(`place` + `holder:"`)

// local are paths of one machine and hosts of package registries: packages are
// named by name and version, the client knows where they are.
var local = regexp.MustCompile(strings.Join([]string{
	`(^|[^\w.$})])/wo` + `rk/`, `/tmp/` + `boot`, `(^|[^\w.$})])/ro` + `ot/`, `(^|[^\w.$})])/ho` + `me/[a-z]`,
	`proxy\.gol` + `ang\.org`, `sum\.gol` + `ang\.org`, `vuln\.g` + `o\.dev`, `pypi\.o` + `rg`,
	`files\.pythonho` + `sted\.org`,
	`repo1\.ma` + `ven\.org`, `repo\.maven\.apa` + `che\.org`, `registry\.npm` + `js\.org`,
}, "|"))

func TestNothingIsLeftBehind(t *testing.T) {
	for _, f := range files(t) {
		text := read(t, f)
		// The specification is held by its digest, whatever words it has.
		if !isText(text) || path.Base(f) == "go.sum" || specification(f) {
			continue
		}
		if !mayTell(string(text)) {
			continue
		}
		for n, line := range bytes.Split(text, []byte("\n")) {
			if m := unfinished.Find(kongTag.ReplaceAll(line, nil)); m != nil {
				t.Errorf("%s:%d: %q marks something unfinished; finish it, or write what holds and open an issue", f, n+1, m)
			}
			if m := local.Find(line); m != nil {
				t.Errorf("%s:%d: %q belongs to one machine or registry; take it from a flag, the environment, "+
					"t.TempDir, or the package's name", f, n+1, bytes.TrimSpace(m))
			}
		}
	}
}

func TestWordsAreRecognised(t *testing.T) {
	for _, bad := range []string{"// TO" + "DO: later", "is not " + "implemented", "a Place" + "holder here", "X" + "XX"} {
		if !unfinished.MatchString(bad) || !mayTell(bad) {
			t.Errorf("%q is not recognised", bad)
		}
	}
	for _, bad := range []string{"cd /wo" + "rk/main", `"/ro` + `ot/x"`, "https://proxy.gol" + "ang.org"} {
		if !local.MatchString(bad) || !mayTell(bad) {
			t.Errorf("%q is not recognised", bad)
		}
	}
	for _, good := range []string{"mastodon", "the network/path", "./work/x", "engine/root/x", "XXXL", "shackle"} {
		if unfinished.MatchString(good) || local.MatchString(good) {
			t.Errorf("%q is taken for something left behind", good)
		}
	}
}
