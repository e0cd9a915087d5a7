package duty

// SanctionTable is one table of the prosecution guideline (001 §7): starting
// points for a sentence by number of violations and of earlier convictions. It
// is information for prosecutors and never a prediction (SAN-01). Package
// policy has the tables, package sanction reads them.
type SanctionTable struct {
	// Name is T2017, SKEMA1, SKEMA2, SKEMA3 or REJECTED.
	Name string
	// Source is the section of the guideline.
	Source string
	// From and To bound the dates of the violations, both inclusive.
	From, To Date
	// Regime is "enhanced" or "rejected_asylum_seeker".
	Regime string
	// CountBasis is TOTAL_VIOLATIONS or PER_CALENDAR_MONTH.
	CountBasis string
	// Condition says when this table is the right one of several; it may be empty.
	Condition string
	// Approximate is true if the guideline marks its bounds with "circa"; Note then says what follows
	// from that (AMB-25).
	Approximate bool
	Note        string
	// Columns say which time it is ("1st", "2nd", …); each row has a cell for each.
	Columns []string
	Rows    []SanctionRow
}

// SanctionRow is one band of violations.
type SanctionRow struct {
	// Min and Max bound the number of violations, both inclusive; Max 0 means no upper bound.
	Min, Max int
	// Cells are WARNING, FINE_DKK_n, an ISO 8601 duration of imprisonment, or a
	// range of two durations.
	Cells []string
}
