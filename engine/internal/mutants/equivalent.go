package main

import (
	"fmt"
	"os"
	"strings"
)

// readEquivalent reads the mutants that change nothing that can be seen: a line
// with the name, and below it, indented, why. Lines with # are comments.
func readEquivalent(path string) (map[string]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	reasons, name, n := map[string]string{}, "", 0
	for line := range strings.Lines(string(text)) {
		n++
		reason := strings.TrimSpace(line)
		switch {
		case reason == "" || strings.HasPrefix(line, "#"):
		case line[0] == ' ' || line[0] == '\t':
			if name == "" {
				return nil, fmt.Errorf("%s:%d: a reason without a mutant above it", path, n)
			}
			reasons[name] = strings.TrimSpace(reasons[name] + " " + reason)
		default:
			if _, twice := reasons[reason]; twice {
				return nil, fmt.Errorf("%s:%d: %s stands here twice", path, n, reason)
			}
			name = reason
			reasons[name] = ""
		}
	}
	for name, reason := range reasons {
		if reason == "" {
			return nil, fmt.Errorf("%s: %s has no reason; write below it why nobody can see the change", path, name)
		}
	}
	return reasons, nil
}
