package importing

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
)

// Form is the version of the form of a mapping, which its key `import` names.
const Form = 1

// Mapping says what one kind of export holds: how its table is read, and which fact each row is.
type Mapping struct {
	// Import is Form.
	Import int `yaml:"import"`
	// Name names the mapping in messages, and the facts of doubt that it makes.
	Name string `yaml:"name"`
	// Files are patterns of names of exports, such as "ams-*.csv": they choose between several mappings.
	Files []string `yaml:"files"`
	Table Table    `yaml:"table"`
	// Zone is the zone of local times; empty: Europe/Copenhagen.
	Zone string `yaml:"zone"`
	// Skip are rows that are no fact, on purpose.
	Skip []Skip `yaml:"skip"`
	// Facts are tried on every row that is not skipped; a row may be several facts.
	Facts []Fact `yaml:"facts"`

	utc bool
}

// Table says how the cells of an export are read.
type Table struct {
	// Encoding of a text: utf-8 (the default; a byte order mark is taken off), windows-1252, utf-16.
	Encoding string `yaml:"encoding"`
	// Separator of cells: one character; empty is a semicolon.
	Separator string `yaml:"separator"`
	// Header is the line, or the row of a sheet, with the names of the columns; 0 is the first.
	Header int `yaml:"header"`
	// Sheet of a workbook; empty is the first.
	Sheet string `yaml:"sheet"`
	// Trim takes blanks off both ends of every cell. Without it they stay, and a key with one is refused.
	Trim bool `yaml:"trim"`
}

// Cells are conditions: each column must hold one of its values.
type Cells map[string][]string

// Skip are rows that are no fact, and why.
type Skip struct {
	When    Cells  `yaml:"when"`
	Because string `yaml:"because"`
}

// Fact is one fact that a row may be.
type Fact struct {
	// Topic is an input topic of the contract.
	Topic string `yaml:"topic"`
	When  Cells  `yaml:"when"`
	// Fields are those of the record, by their names in the contract; a field inside another is written
	// with a dot, such as schedule.type.
	Fields map[string]Field `yaml:"fields"`
}

// Field says where a field comes from: a value, a column, several columns, or a text with columns in it.
//
// Many fields: one for each key of the form.
type Field struct {
	Value   any      `yaml:"value"`
	Column  string   `yaml:"column"`
	Columns []string `yaml:"columns"`
	// Text is a text in which {Column} stands for a cell.
	Text string `yaml:"text"`
	// Codes say what the values of the cell mean; one that is not listed rejects the row.
	Codes map[string]any `yaml:"codes"`
	// Empty is what an empty cell means; Absent leaves the field out. Without it an empty cell rejects the row.
	Empty any `yaml:"empty"`
	// As is how the text is read: text, number, list, time (an instant), local (a time on paper), date or
	// clock (hours and minutes).
	As string `yaml:"as"`
	// Formats are those of times and dates, such as "dd-MM-yyyy HH:mm:ss"; the first that fits counts. Others
	// are excel, a date of a workbook, and iso, RFC 3339 with an offset.
	Formats []string `yaml:"formats"`
	// Season is the column that tells summer from standard time, for the hour that happens twice.
	Season *Season `yaml:"season"`
	// Zone is another zone than that of the mapping, such as UTC.
	Zone string `yaml:"zone"`
	// Day makes an instant of a date: start is its first one, after the first one of the next date.
	Day string `yaml:"day"`
	// Separator sets the parts of a list apart; empty is a comma.
	Separator string `yaml:"separator"`
	// Decimal is the decimal sign of a number, "," or "."; the other one groups thousands. Empty: digits only.
	Decimal string `yaml:"decimal"`

	utc     bool
	layouts []string
}

// Season tells which of two hours is meant.
type Season struct {
	Column string `yaml:"column"`
	// Summer and Standard are the values of the cell.
	Summer   []string `yaml:"summer"`
	Standard []string `yaml:"standard"`
}

// Absent as a value leaves the field out.
const Absent = "absent"

// How fields are read.
const (
	asText   = "text"
	asNumber = "number"
	asList   = "list"
	asTime   = "time"
	asLocal  = "local"
	asDate   = "date"
	asClock  = "clock"
)

// Load reads a mapping. The error names the file, and line and column where it has one.
func Load(file string, text []byte) (*Mapping, error) {
	m := &Mapping{}
	err := yaml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))), yaml.Strict(),
		yaml.DisallowUnknownField()).Decode(m)
	if err != nil {
		first, _, _ := strings.Cut(yaml.FormatError(err, false, false), "\n")
		return nil, fmt.Errorf("%s: %s", file, first)
	}
	if err := m.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return m, nil
}

// Fits reports whether a file's name fits one of the patterns.
func (m *Mapping) Fits(name string) bool {
	return slices.ContainsFunc(m.Files, func(pattern string) bool {
		ok, err := path.Match(pattern, name)
		return ok && err == nil
	})
}

// Columns are those that the mapping reads, sorted.
func (m *Mapping) Columns() []string {
	all := map[string]struct{}{}
	add := func(names ...string) {
		for _, n := range names {
			if n != "" {
				all[n] = struct{}{}
			}
		}
	}
	cells := func(c Cells) {
		for n := range c { //house:order-free a set
			add(n)
		}
	}
	for _, s := range m.Skip {
		cells(s.When)
	}
	for _, f := range m.Facts {
		cells(f.When)
		for _, x := range f.Fields { //house:order-free a set
			add(x.Column)
			add(x.Columns...)
			add(columnsIn(x.Text)...)
			if x.Season != nil {
				add(x.Season.Column)
			}
		}
	}
	return sortedKeys(all)
}

// check finds what is wrong with a mapping by itself, and readies it.
func (m *Mapping) check() error {
	var all []error
	bad := func(format string, args ...any) { all = append(all, fmt.Errorf(format, args...)) }
	if m.Import != Form {
		bad("import: is %d; this version of tilsyn reads mappings of form %d: write `import: %d`", m.Import, Form, Form)
	}
	if !duty.UsableKey(m.Name) {
		bad("name: is missing, or has a blank at an edge")
	}
	if !slices.Contains([]string{"", "utf-8", "windows-1252", "utf-16"}, m.Table.Encoding) {
		bad("table.encoding: %q is not known: write utf-8, windows-1252 or utf-16", m.Table.Encoding)
	}
	if len([]rune(m.Table.Separator)) > 1 {
		bad("table.separator: is one character, such as \";\"")
	}
	for _, pattern := range m.Files {
		if _, err := path.Match(pattern, ""); err != nil {
			bad("files: %q is no pattern of a file's name", pattern)
		}
	}
	var err error
	if m.utc, err = isUTC(m.Zone, false); err != nil {
		bad("zone: %w", err)
	}
	for i, s := range m.Skip {
		if len(s.When) == 0 || strings.TrimSpace(s.Because) == "" {
			bad("skip %d: say which rows (when) and why (because)", i+1)
		}
	}
	if len(m.Facts) == 0 {
		bad("facts: there is none, so no row could become one")
	}
	for i := range m.Facts {
		for _, err := range m.Facts[i].check(m.utc) {
			all = append(all, fmt.Errorf("facts %d: %w", i+1, err))
		}
	}
	return errors.Join(all...)
}

// check finds what is wrong with a fact.
func (f *Fact) check(utc bool) (all []error) {
	bad := func(format string, args ...any) { all = append(all, fmt.Errorf(format, args...)) }
	s, ok := schemas.Lookup(f.Topic)
	if !ok || !slices.Contains(schemas.Inputs(), s) || f.Topic == duty.TopicPolicies {
		bad("topic: %q is no topic whose facts are imported; `tilsyn schemas list` names them", f.Topic)
		return all
	}
	for _, must := range []string{"id", "received_at"} {
		if _, ok := f.Fields[must]; !ok {
			bad("fields.%s: is missing; it comes from the export, so that a second import gives the same fact", must)
		}
	}
	if x := f.Fields["id"]; x.Column == "" && len(x.Columns) == 0 && len(columnsIn(x.Text)) == 0 {
		bad("fields.id: names no column, so that all rows would be one fact")
	}
	for _, name := range sortedKeys(f.Fields) {
		x := f.Fields[name]
		if err := x.check(utc); err != nil {
			bad("fields.%s: %w", name, err)
			continue
		}
		f.Fields[name] = x
	}
	return all
}

// check finds what is wrong with a field, and readies it.
func (x *Field) check(utc bool) error {
	sources := 0
	for _, has := range []bool{x.Value != nil, x.Column != "", len(x.Columns) > 0, x.Text != ""} {
		if has {
			sources++
		}
	}
	if sources != 1 {
		return errors.New("give exactly one of value, column, columns and text")
	}
	timed := slices.Contains([]string{asTime, asLocal, asDate, asClock}, x.As)
	switch {
	case !timed && !slices.Contains([]string{"", asText, asNumber, asList}, x.As):
		return fmt.Errorf("as: %q is not known: write text, number, list, time, local, date or clock", x.As)
	case timed && len(x.Formats) == 0:
		return errors.New("formats: is missing: how is it written, such as \"dd-MM-yyyy HH:mm\"?")
	case !timed && len(x.Formats) > 0:
		return errors.New("formats: goes with `as: time`, local, date or clock")
	case x.Day != "" && x.As != asTime || !slices.Contains([]string{"", "start", "after"}, x.Day):
		return errors.New("day: goes with `as: time`, and is start or after")
	case x.Season != nil && x.As != asTime:
		return errors.New("season: goes with `as: time`")
	case x.Season != nil && (x.Season.Column == "" || len(x.Season.Summer)+len(x.Season.Standard) == 0):
		return errors.New("season: give its column, and the values for summer and standard")
	case x.Decimal != "" && (x.As != asNumber || x.Decimal != "," && x.Decimal != "."):
		return errors.New("decimal: goes with `as: number`, and is \",\" or \".\"")
	case x.Codes != nil && x.As != "" && x.As != asText && x.As != asList:
		return errors.New("codes: goes with text and list")
	}
	var err error
	if x.utc, err = isUTC(x.Zone, utc); err != nil {
		return fmt.Errorf("zone: %w", err)
	}
	x.layouts = nil
	for _, f := range x.Formats {
		layout, err := layoutOf(f)
		if err != nil {
			return fmt.Errorf("formats: %w", err)
		}
		x.layouts = append(x.layouts, layout)
	}
	return nil
}

// isUTC reads the name of a zone; no name is that of the mapping.
func isUTC(name string, otherwise bool) (bool, error) {
	switch name {
	case "":
		return otherwise, nil
	case "UTC":
		return true, nil
	case "Europe/Copenhagen":
		return false, nil
	}
	return false, fmt.Errorf("%q is not known: write Europe/Copenhagen or UTC, or a format with an offset", name)
}
