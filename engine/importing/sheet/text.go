package sheet

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"tilsyn/engine/importing"
)

// readText gives the lines of a text with separators.
func readText(file string, t *importing.Table, row func(line int, cells []string) error) error {
	f, err := os.Open(file)
	if err != nil {
		return &Error{file, 0, plain(err)}
	}
	defer f.Close()
	in, err := decoded(f, t.Encoding)
	if err != nil {
		return &Error{file, 0, err}
	}
	r := csv.NewReader(in)
	r.Comma, r.FieldsPerRecord = ';', -1
	if t.Separator != "" {
		r.Comma, _ = utf8.DecodeRuneInString(t.Separator)
	}
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			return &Error{file, bad.Line, fmt.Errorf("%w: a cell with quotation marks, separators or line feeds "+
				"in it stands in quotation marks, its own are doubled", bad.Err)}
		}
		if err != nil {
			return &Error{file, 0, plain(err)}
		}
		line, _ := r.FieldPos(0)
		for _, cell := range cells {
			if !utf8.ValidString(cell) || t.Encoding == "windows-1252" && hasReplacement(cell) {
				return &Error{file, line, errors.New("is not in the encoding that the mapping names (table.encoding): " +
					"exports of Windows programs often are windows-1252")}
			}
		}
		if err := row(line, cells); err != nil {
			return err
		}
	}
}

// decoded reads a text as UTF-8.
func decoded(f io.Reader, encoding string) (io.Reader, error) {
	in := bufio.NewReaderSize(f, 64<<10)
	head, err := in.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, plain(err)
	}
	wide := len(head) >= 2 && (head[0] == 0xff && head[1] == 0xfe || head[0] == 0xfe && head[1] == 0xff)
	mark := len(head) >= 3 && string(head[:3]) == "\xef\xbb\xbf"
	switch {
	case len(head) >= 4 && string(head[:4]) == "PK\x03\x04":
		return nil, errors.New("is a workbook and not text: name it .xlsx")
	case wide && encoding != "utf-16":
		return nil, errors.New("is UTF-16: write `encoding: utf-16` in the table of the mapping")
	case mark && encoding == "windows-1252":
		return nil, errors.New("is UTF-8, it begins with the mark of that: " +
			"write `encoding: utf-8` in the table of the mapping")
	case mark:
		_, err = in.Discard(3)
		return in, err
	}
	switch encoding {
	case "windows-1252":
		return charmap.Windows1252.NewDecoder().Reader(in), nil
	case "utf-16":
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Reader(in), nil
	}
	return in, nil
}

// hasReplacement reports whether a byte of the text has no meaning in its encoding.
func hasReplacement(cell string) bool {
	for _, r := range cell {
		if r == utf8.RuneError {
			return true
		}
	}
	return false
}

// plain is the reason of an error without the path, which the message names already.
func plain(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
