package house

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var fileInComment = regexp.MustCompile(`[\w/.*-]*\w\.go\b`)

// TestCommentsNameFilesThatAreThere: who follows a comment to a file finds it: beside the
// file that names it, below its parent, below engine, or from the root.
func TestCommentsNameFilesThatAreThere(t *testing.T) {
	all := files(t)
	for _, s := range sources(t) {
		if s.generated {
			continue
		}
		for _, g := range s.syntax.Comments {
			for _, c := range g.List {
				for _, name := range fileInComment.FindAllString(c.Text, -1) {
					if strings.ContainsAny(name, "*") || strings.Contains(c.Text, "://") {
						continue
					}
					there := slices.ContainsFunc([]string{path.Join(s.dir, name), path.Join(path.Dir(s.dir), name),
						path.Join("engine", name), name}, func(f string) bool { return slices.Contains(all, f) })
					if !there && s.dir != "engine/internal/house" {
						t.Errorf("%s: the comment names %s, which is not there; name it from the root or beside this file", s.at(c), name)
					}
				}
			}
		}
	}
}

// TestDocNamesEveryFile: the list of files in the doc.go of a room of the engine is whole.
func TestDocNamesEveryFile(t *testing.T) {
	docs := map[string]string{}
	for _, s := range sources(t) {
		if path.Base(s.file) == "doc.go" && s.syntax.Doc != nil {
			docs[s.dir] = s.syntax.Doc.Text()
		}
	}
	for _, s := range sources(t) {
		base := path.Base(s.file)
		if s.test || s.generated || base == "doc.go" || !strings.HasPrefix(s.dir, "engine/stream") {
			continue
		}
		if doc, ok := docs[s.dir]; ok && !strings.Contains(doc, base) {
			t.Errorf("%s/doc.go does not name %s; say in its list of files what is in it", s.dir, base)
		}
	}
}
