// Command gen writes the Go types, their canonical JSON form and the
// specialised codecs from the .avsc files. It is run by go generate in the
// directory schemas and takes no arguments; the output is checked in, and the
// test of this package fails when it is stale.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if err := run("."); err != nil {
		fmt.Fprintln(os.Stderr, "schemas/internal/gen:", err)
		os.Exit(1)
	}
}

func run(dir string) error {
	files, err := generate(dir)
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.path), f.text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
