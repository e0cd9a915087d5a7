package cli

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"tilsyn/engine/simulate"
)

// Names in a demo's directory.
const (
	demoMarker     = ".tilsyn-demo"
	demoBroker     = "broker"
	demoState      = "state"
	demoViolations = "violations.jsonl"
)

// demoOwn are the names that a demo writes beside its marker, and replaces.
var demoOwn = []string{simulate.FactsFile, simulate.TruthFile, demoViolations, demoBroker, demoState}

// openDemoDir makes the directory, or empties it of what an earlier demo wrote,
// and reports whether there was something. It refuses a directory that holds
// anything and was not made by a demo.
func openDemoDir(name string) (dir string, replaced bool, err error) {
	dir, err = filepath.Abs(name)
	if err != nil {
		return "", false, err
	}
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		if err := os.MkdirAll(dir, 0o750); err != nil {
			return "", false, err
		}
	case err != nil:
		return "", false, wrong("--dir %s: %w", name, err)
	case len(entries) > 0:
		if !exists(filepath.Join(dir, demoMarker)) {
			return "", false, wrong("--dir %s: there is something in it that no demo wrote (%s is missing); choose another directory",
				name, demoMarker)
		}
		replaced = true
		for _, own := range demoOwn {
			if err := os.RemoveAll(filepath.Join(dir, own)); err != nil {
				return "", false, err
			}
		}
	}
	text := "Written by `tilsyn demo`. The next demo replaces " + strings.Join(demoOwn, ", ") + " in this directory and nothing else.\n"
	return dir, replaced, os.WriteFile(filepath.Join(dir, demoMarker), []byte(text), 0o600)
}
