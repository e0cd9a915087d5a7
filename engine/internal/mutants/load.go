package main

import (
	"context"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// unit is a package of the core with its syntax and types.
type unit struct {
	// name is its directory below engine, dir the whole path.
	name, dir string
	fset      *token.FileSet
	files     []*file
	info      *types.Info
}

// file is a source file that is not generated and no test.
type file struct {
	name   string // base name
	text   []byte
	syntax *ast.File
}

// load parses and type-checks a package below engine.
func load(ctx context.Context, engine, name string) (*unit, error) {
	dir, err := filepath.Abs(filepath.Join(engine, filepath.FromSlash(name)))
	if err != nil {
		return nil, err
	}
	u := &unit{name: name, dir: dir, fset: token.NewFileSet(), info: &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}}
	list, err := filepath.Glob(filepath.Join(u.dir, "*.go"))
	if err != nil {
		return nil, err
	}
	var all []*ast.File
	for _, path := range list {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		syntax, err := parser.ParseFile(u.fset, path, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		all = append(all, syntax)
		if !ast.IsGenerated(syntax) {
			u.files = append(u.files, &file{name: filepath.Base(path), text: text, syntax: syntax})
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s holds no package; name a directory below engine, such as duty", u.dir)
	}
	exports, err := exportData(ctx, u.dir)
	if err != nil {
		return nil, err
	}
	conf := types.Config{Importer: importer.ForCompiler(u.fset, "gc", func(p string) (io.ReadCloser, error) {
		return os.Open(exports[p])
	})}
	if _, err := conf.Check(u.name, u.fset, all, u.info); err != nil {
		return nil, fmt.Errorf("%s does not type-check: %w", u.dir, err)
	}
	return u, nil
}

// exportData says where the compiler left the types of what a package imports.
func exportData(ctx context.Context, dir string) (map[string]string, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-export", "-deps", "-f", "{{.ImportPath}}={{.Export}}", ".")
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list in %s: %w", dir, err)
	}
	exports := map[string]string{}
	for line := range strings.Lines(string(out)) {
		if p, path, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			exports[p] = path
		}
	}
	return exports, nil
}
