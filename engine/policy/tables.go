package policy

import "tilsyn/engine/duty"

// SanctionTables returns the guideline's tables in the order in which they came
// into force. They are law as data and no part of what a policy file can say.
func SanctionTables() []duty.SanctionTable {
	return []duty.SanctionTable{
		{
			Name: "T2017", Source: "001 §7.2.1", From: duty.DateOf(2017, 3, 1), To: duty.DateOf(2019, 5, 31),
			Regime: "enhanced", CountBasis: "TOTAL_VIOLATIONS",
			Columns: []string{"1st", "2nd", "3rd", "4th", "5th"},
			Rows: []duty.SanctionRow{
				band(1, 6, "WARNING", "WARNING", "P10D", "P20D", "P20D"),
				band(7, 60, "P7D", "P20D", "P3M", "P4M", "P5M"),
				band(61, 150, "P20D", "P60D", "P4M", "P5M", "P6M"),
				band(151, 500, "P40D", "P3M", "P5M", "P6M", "P7M"),
				band(501, 1000, "P50D", "P4M", "P6M", "P7M", "P8M"),
				band(1001, 1500, "P60D", "P5M", "P7M", "P8M", "P9M"),
				band(1501, 2000, "P3M", "P6M", "P8M", "P9M", "P10M"),
			},
		},
		{
			Name: "SKEMA1", Source: "001 §7.2.2 (skema 1)", From: duty.DateOf(2019, 6, 1), To: duty.DateOf(2021, 5, 31),
			Regime: "enhanced", CountBasis: "PER_CALENDAR_MONTH",
			Condition: "all violations to be sentenced fall in one single calendar month and nothing else is sentenced",
			Columns:   []string{"1st", "2nd", "3rd", "4th"},
			Rows: []duty.SanctionRow{
				band(1, 2, "P7D", "P14D", "P40D", "P60D"),
				band(3, 5, "P14D", "P40D", "P50D", "P60D"),
				band(6, 6, "P40D", "P50D", "P60D", "P3M"),
				band(7, 9, "P40D", "P50D", "P3M", "P4M"),
				band(10, 60, "P60D", "P60D", "P3M", "P4M"),
				band(61, 0, "P60D", "P60D", "P4M", "P5M"),
			},
		},
		{
			Name: "SKEMA2", Source: "001 §7.2.2 (skema 2)", From: duty.DateOf(2019, 6, 1), To: duty.DateOf(2021, 5, 31),
			Regime: "enhanced", CountBasis: "PER_CALENDAR_MONTH",
			Condition: "violations spread over several calendar months; one joint sentence reflecting every month (Penal Code §88)",
			Columns:   []string{"1st", "2nd", "3rd", "4th"},
			Rows: []duty.SanctionRow{
				band(1, 2, "P7D", "P14D", "P40D", "P60D"),
				band(3, 5, "P14D", "P40D", "P50D", "P60D"),
				band(6, 9, "P40D", "P50D", "P60D", "P3M"),
				band(10, 0, "P60D", "P60D", "P3M", "P4M"),
			},
		},
		{
			Name: "SKEMA3", Source: "001 §7.2.3 (skema 3)", From: duty.DateOf(2021, 6, 1), To: LastDate,
			Regime: "enhanced", CountBasis: "PER_CALENDAR_MONTH",
			Columns: []string{"1st", "2nd", "3rd", "4th"},
			Rows: []duty.SanctionRow{
				band(1, 2, "P7D", "P14D", "P40D", "P60D"),
				band(3, 5, "P30D", "P40D", "P60D", "P6M"),
				band(6, 9, "P60D", "P3M", "P6M", "P9M"),
				band(10, 0, "P4M", "P6M", "P9M", "P1Y"),
			},
		},
		{
			Name: "REJECTED", Source: "001 §7.3", From: FirstDate, To: LastDate,
			Regime: "rejected_asylum_seeker", CountBasis: "TOTAL_VIOLATIONS",
			Approximate: true,
			Note:        "all bounds are prefixed 'circa' in the source; bands overlap and leave gaps; 3rd time and up: prosecutor considers imprisonment",
			Columns:     []string{"1st-2nd"},
			Rows: []duty.SanctionRow{
				band(1, 10, "WARNING"),
				band(10, 25, "FINE_DKK_1000"),
				band(26, 100, "FINE_DKK_1500"),
				band(100, 400, "P7D..P10D"),
				band(500, 500, "P14D"),
				band(1000, 1000, "P30D"),
				band(1200, 1400, "P40D"),
			},
		},
	}
}

// band is a row of a table: from least to most violations, both included.
func band(least, most int, cells ...string) duty.SanctionRow {
	return duty.SanctionRow{Min: least, Max: most, Cells: cells}
}
