package sheet

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"tilsyn/engine/importing"
)

var update = flag.Bool("update", false, "write the workbook of the examples anew")

// mappingOf is a mapping that reads the columns Navn and Tal.
func mappingOf(t *testing.T, table string) *importing.Mapping {
	t.Helper()
	m, err := importing.Load("m.yaml", []byte("import: 1\nname: m\ntable: {"+table+`}
facts:
  - topic: holds
    fields: {id: {text: "{Navn}{Tal}"}, received_at: {value: x}}
`))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// rowsOf reads a file as "line:Navn|Tal" parts; a row that is none has what is wrong with it.
func rowsOf(file string, m *importing.Mapping) (string, error) {
	var out []string
	err := Read(file, m, func(r *importing.Row) error {
		text := fmt.Sprintf("%d:%s|%s", r.Line, r.Cells["Navn"], r.Cells["Tal"])
		if r.Bad != "" {
			text = fmt.Sprintf("%d %s", r.Line, r.Bad)
		}
		out = append(out, text)
		return nil
	})
	return strings.Join(out, " / "), err
}

// encoded is a text in an encoding.
func encoded(t *testing.T, name, text string) string {
	t.Helper()
	out, err := text, error(nil)
	switch name {
	case "windows-1252":
		out, err = charmap.Windows1252.NewEncoder().String(text)
	case "utf-16":
		out, err = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
	case "mark":
		out = "\xef\xbb\xbf" + text
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestText: the encodings and forms of text that Windows programs export; what is not so is refused with
// its place.
func TestText(t *testing.T) {
	t.Parallel()
	const plain = "Navn;Tal\r\nKærshovedgård;1\r\n\r\n\"a;\"\"b\"\"\nc\";2\r\n;\r\nd;3\r\n"
	const want = "2:Kærshovedgård|1 / 4:a;\"b\"\nc|2 / 7:d|3"
	for _, c := range []struct{ name, table, text, encoding, want, fail string }{
		{"utf-8", "", plain, "", want, ""},
		{"with a mark", "encoding: utf-8", plain, "mark", want, ""},
		{"of Windows", "encoding: windows-1252", plain, "windows-1252", want, ""},
		{"wide", "encoding: utf-16", plain, "utf-16", want, ""},
		{"commas", `separator: ","`, "Navn,Tal\nx,1\n", "", "2:x|1", ""},
		{"tabs", `separator: "\t"`, "Navn\tTal\nx\t1\n", "", "2:x|1", ""},
		{"a title above", "header: 3", "Udtræk af AMS\n;\nNavn;Tal\nx;1\n", "", "4:x|1", ""},
		{"blanks", "trim: true", "Navn ; Tal\n x\u00a0;1\n", "", "2:x|1", ""},
		{"too many and too few", "", "Navn;Tal\na;1;2\nb\n", "", "2 has 3 cells, the header 2 / 3 has 1 cells, the header 2", ""},
		{"Windows read as utf-8", "", plain, "windows-1252", "", ":2: is not in the encoding"},
		{"utf-8 read as Windows", "encoding: windows-1252", plain, "mark", "", "is UTF-8"},
		{"wide read as utf-8", "", plain, "utf-16", "", "is UTF-16"},
		{"other columns", "", "Name;Tal\nx;1\n", "", "", ":1: there is no column \"Navn\"; the header has Name, Tal"},
		{"another separator", "", "Navn,Tal\nx,1\n", "", "", "table.separator"},
		{"twice", "", "Navn;Tal;Tal\nx;1;2\n", "", "", "two columns are called"},
		{"a quotation mark", "", "Navn;Tal\nx\"y;1\n", "", "", ":2: "},
		{"nothing", "", "", "", "", "there is no header"},
		{"a workbook", "", "PK\x03\x04xxxx", "", "", "name it .xlsx"},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "x.csv")
			if err := os.WriteFile(file, []byte(encoded(t, c.encoding, c.text)), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := rowsOf(file, mappingOf(t, c.table))
			if c.fail != "" {
				if err == nil || !strings.Contains(err.Error(), c.fail) {
					t.Errorf("%v, want %q", err, c.fail)
				}
				return
			}
			if err != nil || got != c.want {
				t.Errorf("%q, %v\nwant %q", got, err, c.want)
			}
		})
	}
	if _, err := rowsOf(filepath.Join(t.TempDir(), "missing.csv"), mappingOf(t, "")); err == nil {
		t.Error("a missing file is read")
	}
}

// book writes a workbook.
func book(t *testing.T, file, sheet string, rows [][]any) {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetSheetName("Sheet1", "Forside"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.NewSheet(sheet); err != nil {
		t.Fatal(err)
	}
	for i, cells := range rows {
		at, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetSheetRow(sheet, at, &cells); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SaveAs(file); err != nil {
		t.Fatal(err)
	}
}

// TestWorkbook: cells as they are kept, rows with their numbers, the sheet that is named.
func TestWorkbook(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "x.xlsx")
	book(t, file, "Data", [][]any{{"Navn", "Tal"}, {"Kærshovedgård", 1}, {}, {"d", 46056.5}, {"e"},
		{"f", time.Date(2026, 2, 3, 12, 0, 0, 0, time.UTC)}, {"g", 1, "more"}})
	got, err := rowsOf(file, mappingOf(t, "sheet: Data"))
	const want = "2:Kærshovedgård|1 / 4:d|46056.5 / 5:e| / 6:f|46056.5 / 7 has 3 cells, the header 2"
	if err != nil || got != want {
		t.Errorf("%q, %v\nwant %q", got, err, want)
	}
	_, err = rowsOf(file, mappingOf(t, "sheet: Dat"))
	if err == nil || !strings.Contains(err.Error(), "it has Forside, Data") {
		t.Errorf("another sheet: %v", err)
	}
	if _, err := rowsOf(file, mappingOf(t, "")); err == nil || !strings.Contains(err.Error(), "there is no header") {
		t.Errorf("the first sheet: %v", err)
	}
	text := filepath.Join(t.TempDir(), "y.xlsx")
	if err := os.WriteFile(text, []byte("Navn;Tal\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := rowsOf(text, mappingOf(t, "")); err == nil || !strings.Contains(err.Error(), "no workbook") {
		t.Errorf("text called a workbook: %v", err)
	}
}

// TestExampleWorkbook writes the workbook of the examples with -update, and checks that it is what is
// written: registrations of the event log with their times in UTC.
func TestExampleWorkbook(t *testing.T) {
	t.Parallel()
	at := func(day, hour, minute, second int) time.Time {
		return time.Date(2026, 2, day, hour, minute, second, 0, time.UTC)
	}
	rows := [][]any{{"HaendelsesID", "Loebenr", "TidspunktUTC", "PersonID", "Kortnr", "Korttype", "Center", "Enhed",
		"Enhedstype", "Type", "Retning", "ModtagetUTC", "Pligter"}}
	row := func(id int, t, got time.Time, person, card, device, kind, what, way, duties string) {
		rows = append(rows, []any{id, nil, t, person, card, "BIO", "KH", device, kind, what, way, got, duties})
	}
	row(50005, at(3, 19, 0, 31), at(3, 19, 0, 33), "P-2001", "B-7001", "KH-carousel", "KARRUSEL", "PASSAGE", "UD",
		"OPHOLD, UNDERRETNING")
	row(50006, at(4, 9, 2, 5), at(4, 9, 2, 6), "P-2002", "B-7002", "KH-stand", "STANDER", "MELDING", "", "MELDE")
	row(50007, at(4, 13, 1, 55), at(4, 13, 1, 57), "P-2001", "B-7001", "KH-carousel", "KARRUSEL", "PASSAGE", "IND",
		"OPHOLD, UNDERRETNING")
	file := filepath.Join("..", "examples", "bi-2026-02-05.xlsx")
	if *update {
		book(t, file, "Registreringer", rows)
	}
	text, err := os.ReadFile(filepath.Join("..", "examples", "bi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := importing.Load("bi.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	err = Read(file, m, func(r *importing.Row) error {
		n++
		if want := fmt.Sprint(rows[n][0]); r.Cells["HaendelsesID"] != want || r.Bad != "" {
			t.Errorf("row %d is %s, want %s %s", n, r.Cells["HaendelsesID"], want, r.Bad)
		}
		return nil
	})
	if err != nil || n != len(rows)-1 {
		t.Errorf("%d rows, %v", n, err)
	}
}
