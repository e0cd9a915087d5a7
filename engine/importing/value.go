package importing

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"tilsyn/engine/duty"
)

// Row is one row of an export.
type Row struct {
	// File and Line say where it stands.
	File string
	Line int
	// Cells are by the names of the columns.
	Cells map[string]string
	// Bad says why the row could not be read as one; empty if it could.
	Bad string
}

// FieldError says which field of a row cannot be filled, and why. It repeats no value of the row but those
// that a code table does not know.
type FieldError struct {
	Topic, Field, Column string
	Err                  error
}

// Error implements error.
func (e *FieldError) Error() string {
	where := e.Topic + "." + e.Field
	if e.Column != "" {
		where += ", column " + e.Column
	}
	return where + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *FieldError) Unwrap() error { return e.Err }

// fits reports whether a row meets conditions.
func (c Cells) fits(r *Row) bool {
	for name, values := range c { //house:order-free all must hold
		if !slices.Contains(values, r.Cells[name]) {
			return false
		}
	}
	return true
}

// from names the columns of a field, for messages.
func (x *Field) from() string {
	if x.Column != "" {
		return x.Column
	}
	if len(x.Columns) > 0 {
		return strings.Join(x.Columns, " and ")
	}
	return strings.Join(columnsIn(x.Text), " and ")
}

// value fills a field from a row; ok is false for one that is left out.
func (x *Field) value(r *Row) (v any, ok bool, err error) {
	if x.Value != nil {
		return x.Value, x.Value != Absent, nil
	}
	text, empty := x.text(r)
	if empty {
		if x.Empty == nil {
			return nil, false, errors.New("is empty")
		}
		return x.Empty, x.Empty != Absent, nil
	}
	switch x.As {
	case asNumber:
		n, err := x.number(text)
		return n, err == nil, err
	case asList:
		return x.list(text)
	case asTime, asLocal, asDate, asClock:
		season := ""
		if x.Season != nil {
			season = r.Cells[x.Season.Column]
		}
		t, err := x.timeValue(text, season)
		return t, err == nil, err
	}
	return x.coded(text)
}

// text is what the columns of a field hold; empty where one of them holds nothing.
func (x *Field) text(r *Row) (text string, empty bool) {
	switch {
	case x.Column != "":
		text = r.Cells[x.Column]
		return text, text == ""
	case len(x.Columns) > 0:
		var cells []string
		for _, c := range x.Columns {
			if r.Cells[c] == "" {
				empty = true
			}
			cells = append(cells, r.Cells[c])
		}
		return strings.Join(cells, " "), empty
	}
	text = x.Text
	for _, name := range columnsIn(x.Text) {
		cell := r.Cells[name]
		if cell == "" {
			return "", true
		}
		text = strings.ReplaceAll(text, "{"+name+"}", cell)
	}
	return text, false
}

// coded looks a text up in the codes of the field; without codes it is the value.
func (x *Field) coded(text string) (any, bool, error) {
	if x.Codes == nil {
		if text[0] == ' ' || text[len(text)-1] == ' ' {
			return nil, false, errors.New("has a blank at an edge; table.trim takes them off")
		}
		return text, true, nil
	}
	v, ok := x.Codes[text]
	if !ok {
		return nil, false, fmt.Errorf("the codes of the mapping do not know %s; they know %s", quoted(text),
			strings.Join(sortedKeys(x.Codes), ", "))
	}
	return v, v != Absent, nil
}

// list reads the parts of a list.
func (x *Field) list(text string) (any, bool, error) {
	separator := x.Separator
	if separator == "" {
		separator = ","
	}
	out := []any{}
	for part := range strings.SplitSeq(text, separator) {
		part = strings.TrimSpace(part)
		if part == "" {
			return nil, false, errors.New("has an empty part")
		}
		v, ok, err := x.coded(part)
		if err != nil {
			return nil, false, err
		}
		if ok {
			out = append(out, v)
		}
	}
	return out, true, nil
}

// number reads a whole number.
func (x *Field) number(text string) (int64, error) {
	plain := text
	if x.Decimal != "" {
		group := "."
		if x.Decimal == "." {
			group = ","
		}
		whole, fraction, _ := strings.Cut(text, x.Decimal)
		if strings.Trim(fraction, "0") != "" {
			return 0, errors.New("is no whole number")
		}
		groups := strings.Split(strings.TrimPrefix(whole, "-"), group)
		for i, g := range groups {
			if i > 0 && len(g) != 3 || i == 0 && len(groups) > 1 && len(g) > 3 {
				return 0, errors.New("is no number: thousands are not grouped by threes")
			}
		}
		plain = strings.ReplaceAll(whole, group, "")
	}
	n, err := strconv.ParseInt(plain, 10, 64)
	if err != nil {
		return 0, errors.New("is no whole number")
	}
	return n, nil
}

// columnsIn are the columns that a text names in braces.
func columnsIn(text string) (out []string) {
	for {
		_, rest, ok := strings.Cut(text, "{")
		if !ok {
			return out
		}
		name, after, ok := strings.Cut(rest, "}")
		if !ok {
			return out
		}
		out, text = append(out, name), after
	}
}

// quoted writes a code as a message shows it, cut short: codes are words of a system and never long.
func quoted(text string) string {
	if len(text) > 40 {
		return "that value"
	}
	return strconv.Quote(text)
}

// sortedKeys are the keys of a map, sorted.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// usable reports whether a filled field is a key that names somebody.
func usable(v any) bool {
	s, ok := v.(string)
	return ok && duty.UsableKey(s)
}
