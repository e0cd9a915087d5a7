package sheet

import (
	"archive/zip"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tilsyn/engine/importing"
)

// Parts of a workbook as programs write them, with two sheets, Forside and Data.
const (
	partTop = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" ` +
		`Target="xl/workbook.xml"/></Relationships>`
	partMain = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` +
		`<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" ` +
		`xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><workbookPr/>` +
		`<sheets><sheet name="Forside" sheetId="1" r:id="rId1"/><sheet name="Data" sheetId="2" r:id="rId2"/></sheets></workbook>`
	partNames = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="rId2" Type="http://x/worksheet" Target="worksheets/sheet2.xml"/>` +
		`<Relationship Id="rId3" Type="http://x/sharedStrings" Target="sharedStrings.xml"/></Relationships>`
	partTexts = `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>Navn</t></si><si><t>Tal</t></si></sst>`
	partEmpty = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>`
)

// archive writes a workbook of parts by their names; those that are not given are as above, and an empty one is
// left out.
func archive(t testing.TB, file string, parts map[string]string) {
	t.Helper()
	all := map[string]string{"_rels/.rels": partTop, "xl/workbook.xml": partMain, "xl/_rels/workbook.xml.rels": partNames,
		"xl/sharedStrings.xml": partTexts, "xl/worksheets/sheet1.xml": partEmpty, "xl/worksheets/sheet2.xml": partEmpty}
	for name, text := range parts {
		all[name] = text
	}
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	for name, text := range all {
		if text == "" {
			continue
		}
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
}

// sheetOf is a sheet of rows; a nil cell is not there, and nor is a row of none.
func sheetOf(rows [][]any) string {
	var out strings.Builder
	out.WriteString(`<worksheet><sheetData>`)
	for i, cells := range rows {
		if len(cells) == 0 {
			continue
		}
		fmt.Fprintf(&out, `<row r="%d">`, i+1)
		for j, cell := range cells {
			name := fmt.Sprintf("%c%d", 'A'+j, i+1)
			switch v := cell.(type) {
			case nil:
			case string:
				fmt.Fprintf(&out, `<c r="%s" t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>`, name, v)
			case time.Time:
				days := v.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24
				fmt.Fprintf(&out, `<c r="%s" s="1"><v>%v</v></c>`, name, days)
			default:
				fmt.Fprintf(&out, `<c r="%s"><v>%v</v></c>`, name, v)
			}
		}
		out.WriteString(`</row>`)
	}
	return out.String() + `</sheetData></worksheet>`
}

// TestWorkbook: cells as they are kept, rows with their numbers, the sheet that is named.
func TestWorkbook(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "x.xlsx")
	archive(t, file, map[string]string{"xl/worksheets/sheet2.xml": sheetOf([][]any{{"Navn", "Tal"}, {"Kærshovedgård", 1},
		{}, {"d", 46056.5}, {"e"}, {"f", time.Date(2026, 2, 3, 12, 0, 0, 0, time.UTC)}, {"g", 1, "more"}})})
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
	for text, want := range map[string]string{"Navn;Tal\n": "no workbook", compound + "rest": "protected by a password"} {
		file := filepath.Join(t.TempDir(), "y.xlsx")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := rowsOf(file, mappingOf(t, "")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q called a workbook: %v", text, err)
		}
	}
}

// TestWorkbookForms: the forms of cells and parts that programs write give the same rows.
func TestWorkbookForms(t *testing.T) {
	t.Parallel()
	const head = `<row><c t="s"><v>0</v></c><c t="s"><v> 1 </v></c></row>`
	for _, c := range []struct {
		name, rows, want string
		parts            map[string]string
	}{
		{"no names", `<row><c t="inlineStr"><is><t>a</t></is></c><c><v>1</v></c></row>`, "2:a|1", nil},
		{"names with gaps", `<row r="4" spans="1:2"><c r="B4" s="3"><v>1</v></c></row>`, "4:|1", nil},
		{"small letters", `<row r="2"><c r="b2"><v>1</v></c></row>`, "2:|1", nil},
		{"yes, errors", `<row><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c></row>`, "2:1|#N/A", nil},
		{"formulas", `<row><c t="str"><f>A1&amp;"v"</f><v>x</v></c><c><f>1+1</f><v>2</v></c></row>`, "2:x|2", nil},
		{"empty cells", `<row><c t="s"/><c><v>1</v></c><c s="2"/><c><f/><v></v></c></row>`, "2:|1", nil},
		{"a date in words", `<row><c t="d"><v>2026-02-03T12:00:00</v></c></row>`, "2:2026-02-03T12:00:00|", nil},
		{"parts of a text", `<row><c><v>1<!-- and -->2<![CDATA[3]]></v></c></row>`, "2:123|", nil},
		{"runs", `<row><c t="s"><v>0</v></c></row>`, "2:ab_ 1|", map[string]string{"xl/sharedStrings.xml": `<sst>` +
			`<si><r><rPr><b/></rPr><t>a</t></r><r><t>b_x005F_</t></r><r><t xml:space="preserve"> 1</t></r><rPh sb="0" eb="1"><t>no</t></rPh></si>` +
			`<si/></sst>`, "xl/worksheets/sheet2.xml": `<worksheet><sheetData><row><c t="inlineStr"><is><t>Navn</t></is></c>` +
			`<c t="inlineStr"><is><t>Tal</t></is></c></row><row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row></sheetData></worksheet>`}},
		{"after the rows", ``, "2:a|", map[string]string{"xl/worksheets/sheet2.xml": `<x:worksheet xmlns:x="y"><x:sheetPr/><x:sheetData>` +
			`<x:row><x:c t="s"><x:v>0</x:v></x:c><x:c t="s"><x:v>1</x:v></x:c></x:row><x:row><x:c t="str"><x:v>a</x:v></x:c></x:row>` +
			`</x:sheetData><x:row r="1"/></x:worksheet>`}},
		{"other places", `<row><c><v>1</v></c></row>`, "2:1|", map[string]string{
			"_rels/.rels":                "",
			"xl/_rels/workbook.xml.rels": strings.ReplaceAll(partNames, `Target="`, `Target="/XL\`),
		}},
		{"strict", `<row><c><v>1</v></c></row>`, "2:1|", map[string]string{
			"xl/workbook.xml": strings.ReplaceAll(partMain, "schemas.openxmlformats.org", "purl.oclc.org/ooxml")}},
	} {
		file := filepath.Join(t.TempDir(), "x.xlsx")
		parts := map[string]string{"xl/worksheets/sheet2.xml": `<worksheet><sheetData>` + head + c.rows + `</sheetData></worksheet>`}
		for name, text := range c.parts {
			parts[name] = text
		}
		archive(t, file, parts)
		if got, err := rowsOf(file, mappingOf(t, "sheet: Data")); err != nil || got != c.want {
			t.Errorf("%s: %q, %v\nwant %q", c.name, got, err, c.want)
		}
	}
}

// TestWorkbookRefused: what is damaged, cut off or out of all bounds is refused with its place, and never read in
// part as if it were whole; no message has what stands in a cell.
func TestWorkbookRefused(t *testing.T) {
	t.Parallel()
	const rows, data = "xl/worksheets/sheet2.xml", `<worksheet><sheetData><row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>`
	const end = `</sheetData></worksheet>`
	for _, c := range []struct{ name, part, text, want string }{
		{"cut off", rows, data + `<row><c t="str"><v>Jens</v>`, "sheet2.xml is damaged at line 1"},
		{"an entity", rows, data + `<row><c t="str"><v>&Jens;</v></c></row>` + end, "sheet2.xml is damaged at line 1"},
		{"no such text", rows, data + `<row><c t="s"><v>2</v></c></row>` + end, ":2: has a cell whose text is missing"},
		{"no number of a text", rows, data + `<row><c t="s"><v>Jens</v></c></row>` + end, ":2: has a cell whose text is missing"},
		{"rows fall", rows, data + `<row r="1"/>` + end, ":1: after it comes row 1; rows rise, to 1048576 at most"},
		{"too many rows", rows, data + `<row r="1048577"/>` + end, "after it comes row 1048577"},
		{"no row", rows, data + `<row r="Jens"/>` + end, "after it comes a row whose number is none"},
		{"columns fall", rows, data + `<row><c r="B2"/><c r="A2"/></row>` + end, ":2: has its cells in another order"},
		{"a column twice", rows, data + `<row><c r="B2"/><c r="B2"/></row>` + end, ":2: has its cells in another order"},
		{"too many columns", rows, data + `<row><c r="XFE2"/></row>` + end, ":2: has more than 16384 columns"},
		{"a cell of another row", rows, data + `<row><c r="A3"/></row>` + end, ":2: has a cell that names another row"},
		{"no column", rows, data + `<row><c r="2"/></row>` + end, ":2: has a cell that names another row, or no column"},
		{"no name", rows, data + `<row><c r="Æ2"/></row>` + end, ":2: has a cell whose name is none"},
		{"an endless name", rows, data + `<row><c r="` + strings.Repeat("Z", 99) + `2"/></row>` + end, "whose name is none"},
		{"deep", rows, data + strings.Repeat("<a>", 99), "has more than 64 elements inside each other"},
		{"long", rows, data + `<row><c><v>` + strings.Repeat("9", mostText+1), "has a text of more than 1024 KiB"},
		{"long in pieces", rows, data + `<row><c><v>` + strings.Repeat(strings.Repeat("9", mostText/2)+"<!---->", 3), "has a text of more than 1024 KiB"},
		{"long runs", "xl/sharedStrings.xml", `<sst><si>` + strings.Repeat("<r><t>"+strings.Repeat("9", mostText/2)+"</t></r>", 3), "has a text of more than 1024 KiB"},
		{"many parts", "xl/_rels/workbook.xml.rels", `<Relationships>` + strings.Repeat("<Relationship/>", mostParts+1), "more than 10000 parts"},
		{"another encoding", rows, `<?xml version="1.0" encoding="utf-7"?>` + data + end, "sheet2.xml: xml: encoding \"utf-7\""},
		{"cut off texts", "xl/sharedStrings.xml", `<sst><si><t>Jens`, "no workbook that can be read: its part xl/sharedStrings.xml is damaged"},
		{"no texts", "xl/sharedStrings.xml", "", `lacks the part "xl/sharedStrings.xml"`},
		{"no rows", rows, "", `lacks the part "xl/worksheets/sheet2.xml"`},
		{"no main part", "xl/workbook.xml", "", `lacks the part "xl/workbook.xml"`},
		{"no sheets", "xl/workbook.xml", `<workbook/>`, "has no sheet"},
		{"1904", "xl/workbook.xml", strings.Replace(partMain, "<workbookPr/>", `<workbookPr date1904="1"/>`, 1), "counts its dates from 1904"},
	} {
		file := filepath.Join(t.TempDir(), "x.xlsx")
		archive(t, file, map[string]string{rows: data + end, c.part: c.text})
		_, err := rowsOf(file, mappingOf(t, "sheet: Data"))
		var bad *Error
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "Jens") {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// TestWorkbookBombs: a workbook that unpacks to more than the bound, that unpacks to more than it says, whose
// texts take more memory than they may, or of which a byte was changed.
func TestWorkbookBombs(t *testing.T) {
	t.Parallel()
	raw := func(header *zip.FileHeader, text string) string {
		file := filepath.Join(t.TempDir(), "x.xlsx")
		f, err := os.Create(file)
		if err != nil {
			t.Fatal(err)
		}
		z := zip.NewWriter(f)
		for name, text := range map[string]string{"_rels/.rels": partTop, "xl/workbook.xml": partMain,
			"xl/_rels/workbook.xml.rels": partNames, "xl/sharedStrings.xml": partTexts} {
			w, err := z.Create(name)
			if err == nil {
				_, err = w.Write([]byte(text))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		header.Name, header.CompressedSize64 = "xl/worksheets/sheet2.xml", uint64(len(text))
		w, err := z.CreateRaw(header)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err := errors.Join(err, z.Close(), f.Close()); err != nil {
			t.Fatal(err)
		}
		return file
	}
	text := sheetOf([][]any{{"Navn", "Tal"}, {"a", 1}})
	for _, c := range []struct {
		says uint64
		want string
	}{
		{mostUnpacked + 1, "it unpacks to more than 1024 MiB: export it as text"},
		{1<<64 - 1, "it unpacks to more than 1024 MiB: export it as text"},
		{uint64(len(text)) - 1, "zip: not a valid zip file"},
		{uint64(len(text)), "zip: checksum error"},
	} {
		file := raw(&zip.FileHeader{UncompressedSize64: c.says, CRC32: 1}, text)
		if _, err := rowsOf(file, mappingOf(t, "sheet: Data")); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("a part that says %d bytes: %v, want %q", c.says, err, c.want)
		}
	}
	file := filepath.Join(t.TempDir(), "texts.xlsx")
	archive(t, file, nil)
	z, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	if err := (&book{zip: z, room: 40}).open(); err != nil {
		t.Errorf("two texts within the bound: %v", err)
	}
	if err := (&book{zip: z, room: 38}).open(); err == nil || !strings.Contains(err.Error(), "MiB of memory") {
		t.Errorf("two texts over the bound: %v", err)
	}
}

// FuzzWorkbook: no sheet and no shared texts bring the reader down; every refusal is an *Error, and rows rise.
func FuzzWorkbook(f *testing.F) {
	f.Add(sheetOf([][]any{{"Navn", "Tal"}, {}, {"a", 1}}), partTexts)
	f.Add(`<worksheet><sheetData><row><c t="s"><v>1</v></c></row></sheetData></worksheet>`, `<sst><si><r><t>_x0041_</t></r></si><si/></sst>`)
	f.Add(partEmpty, `<sst`)
	file := filepath.Join(f.TempDir(), "x.xlsx")
	f.Fuzz(func(t *testing.T, rows, texts string) {
		archive(t, file, map[string]string{"xl/worksheets/sheet2.xml": rows, "xl/sharedStrings.xml": texts})
		last := 0
		err := readWorkbook(file, "Data", func(line int, cells []string) error {
			if line != last+1 || len(cells) > mostColumns || len(cells) > 0 && cells[len(cells)-1] == "" {
				t.Fatalf("row %d with %d cells after row %d", line, len(cells), last)
			}
			last = line
			return nil
		})
		if bad := (*Error)(nil); err != nil && !errors.As(err, &bad) {
			t.Fatalf("refused without a place: %v", err)
		}
	})
}

// TestExampleWorkbook: the workbook of the examples, which another library has written, holds registrations of the
// event log with their times in UTC.
func TestExampleWorkbook(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "examples", "bi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := importing.Load("bi.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	err = Read(filepath.Join("..", "examples", "bi-2026-02-05.xlsx"), m, func(r *importing.Row) error {
		var cells []string
		for _, name := range []string{"HaendelsesID", "Loebenr", "TidspunktUTC", "PersonID", "Kortnr", "Korttype", "Center",
			"Enhed", "Enhedstype", "Type", "Retning", "ModtagetUTC", "Pligter"} {
			cells = append(cells, r.Cells[name])
		}
		got = append(got, strings.Join(append(cells, r.Bad), "|"))
		return nil
	})
	want := []string{
		"50005||46056.792025462964|P-2001|B-7001|BIO|KH|KH-carousel|KARRUSEL|PASSAGE|UD|46056.79204861111|OPHOLD, UNDERRETNING|",
		"50006||46057.37644675926|P-2002|B-7002|BIO|KH|KH-stand|STANDER|MELDING||46057.37645833333|MELDE|",
		"50007||46057.54299768519|P-2001|B-7001|BIO|KH|KH-carousel|KARRUSEL|PASSAGE|IND|46057.543020833335|OPHOLD, UNDERRETNING|",
	}
	if err != nil || strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s\n%v, want\n%s", strings.Join(got, "\n"), err, strings.Join(want, "\n"))
	}
}
