// Package sheet reads exports as tables: text with separators in the encodings that Windows writes, and
// workbooks (xlsx).
//
// It guarantees that every row is given with its number, and every cell as it stands, a date of a workbook
// as its number of days. A file that is not what the mapping says is refused with the place, and never read
// as something else. It never evaluates a formula, and never writes.
//
// Files:
//
//	sheet.go     the header, and rows under it
//	text.go      text with separators
//	workbook.go  workbooks
package sheet
