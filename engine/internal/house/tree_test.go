package house

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	_ "tilsyn/engine/stream/seeds" // what is parsed is kept: the collector need not look at it often
)

// module is the import path of the repository's root.
const module = "tilsyn"

// root returns the directory of go.mod.
func root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the working directory; run the tests inside the repository")
		}
		dir = up
	}
}

// files lists the repository's files by slash path: what git tracks or would
// track; without git everything but hidden directories.
func files(t *testing.T) []string {
	t.Helper()
	dir := root(t)
	cmd := exec.Command("git", "-C", dir, "ls-files", "-co", "--exclude-standard", "-z")
	if out, err := cmd.Output(); err == nil {
		var list []string
		for _, f := range strings.Split(string(out), "\x00") {
			if _, err := os.Stat(filepath.Join(dir, f)); f != "" && err == nil {
				list = append(list, f)
			}
		}
		return list
	}
	var list []string
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, p)
		if d.IsDir() && rel == ".git" {
			return filepath.SkipDir
		}
		if !d.IsDir() {
			list = append(list, filepath.ToSlash(rel))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root(t), filepath.FromSlash(file)))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// source is one parsed Go file.
type source struct {
	file      string // slash path from the root
	dir       string // its directory, "." for the root
	fset      *token.FileSet
	syntax    *ast.File
	text      []byte
	test      bool
	generated bool
}

// at says where a node stands.
func (s *source) at(n ast.Node) string {
	p := s.fset.Position(n.Pos())
	return s.file + ":" + itoa(p.Line)
}

func itoa(n int) string {
	var b []byte
	for ; n > 0 || b == nil; n /= 10 {
		b = append([]byte{byte('0' + n%10)}, b...)
	}
	return string(b)
}

var generatedMark = regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)

// parsed are the Go files, once a test has asked for them.
var parsed []*source

// sources parses all Go files but those under a testdata directory.
func sources(t *testing.T) []*source {
	t.Helper()
	if parsed != nil {
		return parsed
	}
	var list []*source
	for _, f := range files(t) {
		if !strings.HasSuffix(f, ".go") || strings.Contains("/"+f, "/testdata/") {
			continue
		}
		s := &source{file: f, dir: path.Dir(f), fset: token.NewFileSet(), text: read(t, f),
			test: strings.HasSuffix(f, "_test.go")}
		syntax, err := parser.ParseFile(s.fset, f, s.text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatalf("%v; mend it first", err)
		}
		s.syntax, s.generated = syntax, generatedMark.Match(s.text)
		list = append(list, s)
	}
	if len(list) == 0 {
		t.Fatal("no Go files found; this test looks in the wrong place")
	}
	parsed = list
	return list
}

// isText reports whether a file is text, so that words can be looked for.
func isText(text []byte) bool { return !bytes.Contains(text[:min(len(text), 8000)], []byte{0}) }

// reparse parses a file again into a set that it shares with others.
func (s *source) reparse(t *testing.T, fset *token.FileSet) {
	t.Helper()
	syntax, err := parser.ParseFile(fset, s.file, s.text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	s.fset, s.syntax = fset, syntax
}
