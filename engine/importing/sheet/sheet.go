package sheet

import (
	"fmt"
	"path/filepath"
	"strings"

	"tilsyn/engine/importing"
)

// Error says why an export cannot be read. It names the file, and never what stands in a cell.
type Error struct {
	File string
	// Line is the line or row, 0 for the whole file.
	Line int
	Err  error
}

// Error implements error.
func (e *Error) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %v", e.File, e.Err)
	}
	return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Read gives every row under the header of an export, in order; rows without any content are passed over.
// A column that the mapping reads and the header does not have is an *Error.
func Read(file string, m *importing.Mapping, each func(*importing.Row) error) error {
	t := &table{file: file, mapping: m, each: each}
	if strings.EqualFold(filepath.Ext(file), ".xlsx") || strings.EqualFold(filepath.Ext(file), ".xlsm") {
		return t.done(readWorkbook(file, m.Table.Sheet, t.row))
	}
	return t.done(readText(file, &m.Table, t.row))
}

// table gives rows under a header.
type table struct {
	file    string
	mapping *importing.Mapping
	header  []string
	each    func(*importing.Row) error
}

// row takes in a line with its cells.
func (t *table) row(line int, cells []string) error {
	if t.mapping.Table.Trim {
		for i := range cells {
			cells[i] = strings.Trim(cells[i], " \t\u00a0")
		}
	}
	switch {
	case t.header == nil && line < t.mapping.Table.Header:
		return nil
	case t.header == nil:
		return t.names(line, cells)
	case strings.Join(cells, "") == "":
		return nil
	}
	r := &importing.Row{File: t.file, Line: line, Cells: make(map[string]string, len(t.header))}
	for i, name := range t.header {
		if i < len(cells) && name != "" {
			r.Cells[name] = cells[i]
		}
	}
	switch {
	case len(cells) > len(t.header):
		r.Bad = fmt.Sprintf("has %d cells, the header %d", len(cells), len(t.header))
	case len(cells) < len(t.header) && !t.workbook():
		r.Bad = fmt.Sprintf("has %d cells, the header %d", len(cells), len(t.header))
	}
	return t.each(r)
}

// workbook reports whether empty cells at the end of a row may be missing.
func (t *table) workbook() bool {
	return strings.HasPrefix(strings.ToLower(filepath.Ext(t.file)), ".xls")
}

// names takes in the header.
func (t *table) names(line int, cells []string) error {
	seen := map[string]bool{}
	for _, name := range cells {
		if name != "" && seen[name] {
			return &Error{t.file, line, fmt.Errorf("two columns are called %q", name)}
		}
		seen[name] = true
	}
	for _, want := range t.mapping.Columns() {
		if !seen[want] {
			return &Error{t.file, line, fmt.Errorf("there is no column %q; the header has %s: is it the right export, "+
				"and are table.header and table.separator right?", want, strings.Join(cells, ", "))}
		}
	}
	t.header = cells
	return nil
}

// done checks that there was a header.
func (t *table) done(err error) error {
	if err == nil && t.header == nil {
		err = &Error{t.file, 0, fmt.Errorf("there is no header in it")}
	}
	return err
}
