package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if err := run("."); err != nil {
		fmt.Fprintln(os.Stderr, "schemas/internal/reference:", err)
		os.Exit(1)
	}
}

// file is one generated file; path is relative to the directory schemas.
type file struct {
	path string
	text []byte
}

// pages is the directory of the pages; nothing else lies there.
const pages = "reference"

func run(dir string) error {
	files, err := generate(dir)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(dir, pages)); err != nil {
		return err
	}
	if err := os.Mkdir(filepath.Join(dir, pages), 0o755); err != nil {
		return err
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.path), f.text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// generate makes every generated file in memory.
func generate(dir string) ([]file, error) {
	list, err := catalogue(dir)
	if err != nil {
		return nil, err
	}
	var doc bytes.Buffer
	enc := json.NewEncoder(&doc)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(document(list)); err != nil {
		return nil, err
	}
	files := []file{{"asyncapi.json", doc.Bytes()}, {filepath.Join(pages, "README.md"), index(list)}}
	for _, t := range list {
		if t.record != nil {
			files = append(files, file{filepath.Join(pages, t.page()), page(t)})
		}
	}
	return files, nil
}
