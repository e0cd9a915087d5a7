package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// killersFile is where the tests that killed a mutant are kept from run to run:
// beside what .ci/run keeps.
func killersFile() string {
	dir := os.Getenv("TILSYN_CI_CACHE")
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return ""
		}
		dir = filepath.Join(cache, "tilsyn-ci")
	}
	return filepath.Join(dir, "mutants.txt")
}

// readKillers returns the test that killed each mutant the last time. Without a
// file the check is as strict, and slower.
func readKillers(path string) map[string]string {
	killers := map[string]string{}
	text, err := os.ReadFile(path)
	if err != nil {
		return killers
	}
	for line := range strings.Lines(string(text)) {
		if name, test, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			killers[name] = test
		}
	}
	return killers
}

// writeKillers keeps them for the next run.
func writeKillers(path string, killers map[string]string) error {
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(killers)) {
		out.WriteString(name + "\t" + killers[name] + "\n")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(out.String()), 0o600)
}
