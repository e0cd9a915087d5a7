// Package sheet reads exports as tables: text with separators in the encodings that Windows writes, and
// workbooks (xlsx).
//
// It guarantees that every row is given with its number, and every cell as it stands, a date of a workbook
// as its number of days. A file that is not what the mapping says is refused with the place, and never read
// as something else; so is a workbook that is cut off or damaged, or that asks for too much memory. It never
// evaluates a formula, never writes, and leaves no copy of an export on a disk (decision 0044).
//
// Files:
//
//	sheet.go     the header, and rows under it
//	text.go      text with separators
//	workbook.go  workbooks: their parts, the names of the sheets, the texts that cells share
//	part.go      the XML of one part, within bounds
//	cells.go     the rows and cells of a sheet
package sheet
