package sheet

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// What a sheet of Excel has at most.
const (
	mostRows    = 1 << 20
	mostColumns = 1 << 14
)

// rows gives the rows of a sheet, also those without a cell between others. It reads on to the end of the part, so
// that a sheet whose checksum is wrong is refused.
func (b *book) rows(file, sheet string, row func(line int, cells []string) error) error {
	p, err := b.part(sheet)
	if err != nil {
		return &Error{file, 0, err}
	}
	defer p.close()
	line := 0
	for {
		token, err := p.next()
		if err != nil && !errors.Is(err, io.EOF) {
			return &Error{file, line, err}
		}
		if end, ok := token.(xml.EndElement); err != nil || ok && end.Name.Local == "sheetData" {
			break
		}
		e, ok := token.(xml.StartElement)
		if !ok || e.Name.Local != "row" {
			continue
		}
		at, err := rowNumber(element{e}, line)
		if err != nil {
			return &Error{file, line, err}
		}
		for line++; line < at; line++ {
			if err := row(line, nil); err != nil {
				return err
			}
		}
		cells, err := b.cells(p, line)
		if err != nil {
			return &Error{file, line, err}
		}
		if err := row(line, cells); err != nil {
			return err
		}
	}
	if _, err := io.Copy(io.Discard, p.in); err != nil {
		return &Error{file, 0, fmt.Errorf("its part %s: %w", p.name, err)}
	}
	return nil
}

// rowNumber is the number of a row after another; one that says none is the next.
func rowNumber(e element, last int) (int, error) {
	at := last + 1
	if r := e.attr("r"); r != "" {
		var err error
		if at, err = strconv.Atoi(r); err != nil {
			return 0, errors.New("after it comes a row whose number is none")
		}
	}
	if at <= last || at > mostRows {
		return 0, fmt.Errorf("after it comes row %d; rows rise, to %d at most", at, mostRows)
	}
	return at, nil
}

// cells reads the cells of the row that has just begun, up to the last one that is not empty.
func (b *book) cells(p *part, line int) ([]string, error) {
	var out []string
	column := 0
	err := p.inside(func(token xml.Token) error {
		e, ok := token.(xml.StartElement)
		if !ok || e.Name.Local != "c" {
			return nil
		}
		at, err := columnOf(element{e}, column, line)
		if err != nil {
			return err
		}
		column = at
		value, err := b.value(p, element{e})
		if err != nil || value == "" {
			return err
		}
		for len(out) < column-1 {
			out = append(out, "")
		}
		out = append(out, value)
		return nil
	})
	return out, err
}

// columnOf is the column of a cell in a row, A being 1; one that says none is the next.
func columnOf(e element, last, line int) (int, error) {
	name := e.attr("r")
	letters := strings.TrimRight(name, "0123456789")
	at := 0
	for _, c := range strings.ToUpper(letters) {
		if c < 'A' || c > 'Z' || at > mostColumns {
			return 0, errors.New("has a cell whose name is none")
		}
		at = at*26 + int(c-'A') + 1
	}
	switch {
	case name == "":
		at = last + 1
	case letters == "" || name[len(letters):] != strconv.Itoa(line):
		return 0, errors.New("has a cell that names another row, or no column")
	case at <= last:
		return 0, errors.New("has its cells in another order than that of their columns, or one twice")
	}
	if at > mostColumns {
		return 0, fmt.Errorf("has more than %d columns", mostColumns)
	}
	return at, nil
}

// value reads the cell that has just begun, as it is kept: a number as its digits, yes and no as 1 and 0, of a
// formula what the program that saved the workbook last made of it.
func (b *book) value(p *part, c element) (string, error) {
	var kept, inline string
	err := p.inside(func(token xml.Token) (err error) {
		e, _ := token.(xml.StartElement)
		switch e.Name.Local {
		case "v":
			kept, err = p.chars()
		case "is":
			inline, err = p.text()
		}
		return err
	})
	switch {
	case err != nil:
		return "", err
	case c.attr("t") == "inlineStr":
		return inline, nil
	case c.attr("t") != "s" || kept == "":
		return kept, nil
	}
	n, err := strconv.Atoi(strings.TrimSpace(kept))
	if err != nil || n < 0 || n >= len(b.shared) {
		return "", errors.New("has a cell whose text is missing from the workbook")
	}
	return b.shared[n], nil
}
