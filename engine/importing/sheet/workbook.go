package sheet

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// mostUnpacked bounds what a workbook may unpack to, in bytes; whoever has more exports text.
const mostUnpacked = 1 << 30

// readWorkbook gives the rows of a sheet, the first one where none is named.
func readWorkbook(file, sheet string, row func(line int, cells []string) error) (err error) {
	f, err := excelize.OpenFile(file, excelize.Options{RawCellValue: true, UnzipSizeLimit: mostUnpacked})
	if err != nil {
		return &Error{file, 0, fmt.Errorf("is no workbook that can be read: %w", plain(err))}
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	list := f.GetSheetList()
	switch {
	case len(list) == 0:
		return &Error{file, 0, errors.New("has no sheet")}
	case sheet == "":
		sheet = list[0]
	case !slices.Contains(list, sheet):
		return &Error{file, 0, fmt.Errorf("has no sheet %q; it has %s", sheet, strings.Join(list, ", "))}
	}
	if p, err := f.GetWorkbookProps(); err == nil && p.Date1904 != nil && *p.Date1904 {
		return &Error{file, 0, errors.New("counts its dates from 1904: save it with the usual setting")}
	}
	rows, err := f.Rows(sheet)
	if err != nil {
		return &Error{file, 0, err}
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for line := 1; rows.Next(); line++ {
		cells, err := rows.Columns()
		if err != nil {
			return &Error{file, line, err}
		}
		if err := row(line, cells); err != nil {
			return err
		}
	}
	if err := rows.Error(); err != nil {
		return &Error{file, 0, err}
	}
	return nil
}
