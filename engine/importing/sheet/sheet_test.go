package sheet

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"tilsyn/engine/importing"
)

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
