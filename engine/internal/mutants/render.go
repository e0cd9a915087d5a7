package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// overlay writes the files of a package with all their mutants below dir, and
// returns the file that go's -overlay wants.
func overlay(u *unit, sites []*site, dir string) (string, error) {
	replace := map[string]string{}
	put := func(name string, text []byte) error {
		to := filepath.Join(dir, name)
		replace[filepath.Join(u.dir, name)] = to
		return os.WriteFile(to, text, 0o600)
	}
	for _, f := range u.files {
		var list []*site
		for _, s := range sites {
			if s.file == f {
				list = append(list, s)
			}
		}
		if err := put(f.name, render(f.text, list)); err != nil {
			return "", err
		}
	}
	if err := put("mutants_overlay.go", fmt.Appendf(nil, helper, u.files[0].syntax.Name.Name)); err != nil {
		return "", err
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "overlay.json")
	return path, os.WriteFile(path, text, 0o600)
}

// helper is what the changed files of a package call.
const helper = `package %s

import (
	"os"
	"strconv"
)

var mutantNumber, _ = strconv.Atoi(os.Getenv("TILSYN_MUTANT"))

func mutantValue[T any](number int, changed, value T) T {
	if mutantNumber == number {
		return changed
	}
	return value
}
`

// render returns a file's text in which every site asks whether one of its
// mutants acts. Sites lie within one another or apart.
func render(text []byte, sites []*site) []byte {
	list := slices.Clone(sites)
	slices.SortStableFunc(list, func(a, b *site) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to))
	})
	var out bytes.Buffer
	renderSpan(&out, text, 0, len(text), list)
	return out.Bytes()
}

// renderSpan renders a span of the text with the sites in it, in order.
func renderSpan(out *bytes.Buffer, text []byte, from, to int, sites []*site) {
	for len(sites) > 0 {
		s := sites[0]
		within := 1
		for within < len(sites) && sites[within].from < s.to {
			within++
		}
		out.Write(text[from:s.from])
		s.open(out)
		renderSpan(out, text, s.from, s.to, sites[1:within])
		out.WriteString(")")
		if s.typ == "" {
			out.WriteString(")")
		}
		from, sites = s.to, sites[within:]
	}
	out.Write(text[from:to])
}

// open writes what stands before the expression of a site.
func (s *site) open(out *bytes.Buffer) {
	if s.typ != "" {
		fmt.Fprintf(out, "mutantValue[%s](%d, %s, ", s.typ, s.alts[0].number, s.alts[0].text)
		return
	}
	out.WriteString("(")
	for _, m := range s.alts {
		fmt.Fprintf(out, "mutantNumber == %d && (%s) || ", m.number, m.text)
	}
	for _, m := range s.alts {
		fmt.Fprintf(out, "mutantNumber != %d && ", m.number)
	}
	out.WriteString("(")
}
