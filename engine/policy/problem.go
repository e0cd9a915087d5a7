package policy

import (
	"fmt"
	"strings"
)

// Problem is one thing wrong in a policy file. Its text names file, line,
// column and key, what is wrong, and what to do.
type Problem struct {
	// File is the name that the caller gave; Line and Column count from 1 and
	// are 0 where the whole file is meant.
	File         string
	Line, Column int
	// Key is the key concerned, with dots; empty where there is none.
	Key string
	// Text says what is wrong and what to do.
	Text string
}

// Error implements error.
func (p *Problem) Error() string {
	where := p.File
	if p.Line > 0 {
		where = fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
	}
	if p.Key == "" {
		return where + ": " + p.Text
	}
	return where + ": " + p.Key + ": " + p.Text
}

// Problems are all things wrong in a policy file, in the order of its lines.
type Problems []*Problem

// Error implements error; one line a problem.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, x := range p {
		lines[i] = x.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives errors.As each Problem.
func (p Problems) Unwrap() []error {
	out := make([]error, len(p))
	for i, x := range p {
		out[i] = x
	}
	return out
}
