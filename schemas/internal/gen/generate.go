package main

import (
	"bytes"
	"fmt"
	"go/format"
)

// file is one generated file; path is relative to the directory schemas.
type file struct {
	path string
	text []byte
}

// generate makes every generated file in memory.
func generate(dir string) ([]file, error) {
	m, err := load(dir)
	if err != nil {
		return nil, err
	}
	outputs := []struct {
		path  string
		write func(*bytes.Buffer, *model)
	}{
		{"../engine/duty/records_gen.go", writeTypes},
		{"../engine/duty/canonical_gen.go", writeCanonical},
		{"binary_gen.go", writeBinary},
		{"json_gen.go", writeJSON},
		{"table_gen.go", writeTable},
	}
	var files []file
	for _, o := range outputs {
		var b bytes.Buffer
		o.write(&b, m)
		text, err := format.Source(b.Bytes())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", o.path, err)
		}
		files = append(files, file{o.path, text})
	}
	return files, nil
}

const generatedBy = "// Code generated from schemas/*.avsc; DO NOT EDIT.\n\n"
