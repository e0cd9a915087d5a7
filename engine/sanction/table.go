package sanction

import (
	"strconv"
	"strings"

	"tilsyn/engine/duty"
)

// read returns the cell of a number of violations in a column, from 1. Bounds
// of the REJECTED table are approximate: where two bands hold a number the
// milder one counts, OVERLAP; where none does the nearest lower one, GAP
// (SAN-04). Above the last row of a table that ends there is no cell,
// BEYOND_TABLE (SAN-03, AMB-27).
func read(t *duty.SanctionTable, n, column int) (string, duty.SanctionFlag) {
	hit, lower, hits := -1, -1, 0
	for i, r := range t.Rows {
		if r.Min > n {
			break
		}
		lower = i
		if r.Max == 0 || n <= r.Max {
			hits++
			if hit < 0 {
				hit = i
			}
		}
	}
	switch {
	case hits > 1:
		return t.Rows[hit].Cells[column-1], duty.SanctionFlagOverlap
	case hits == 1:
		return t.Rows[hit].Cells[column-1], duty.SanctionFlagUnknown
	case lower >= 0 && t.Approximate:
		return t.Rows[lower].Cells[column-1], duty.SanctionFlagGap
	}
	return "", duty.SanctionFlagBeyondTable
}

// over30Days reports whether a cell is imprisonment of more than 30 days: what
// remand in custody presupposes (DET-05, DET-08). A range counts by its longer end; a
// month is more than 30 days from the second one on, and one month is none of
// the guideline's cells.
func over30Days(cell string) bool {
	if _, upper, ok := strings.Cut(cell, ".."); ok {
		cell = upper
	}
	if len(cell) < 3 || cell[0] != 'P' {
		return false // WARNING, FINE_DKK_n
	}
	n, err := strconv.Atoi(cell[1 : len(cell)-1])
	if err != nil {
		return false
	}
	switch cell[len(cell)-1] {
	case 'D':
		return n > 30
	case 'M':
		return n > 1
	}
	return n > 0 // years
}
