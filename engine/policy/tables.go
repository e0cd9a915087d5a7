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
				{1, 6, []string{"WARNING", "WARNING", "P10D", "P20D", "P20D"}},
				{7, 60, []string{"P7D", "P20D", "P3M", "P4M", "P5M"}},
				{61, 150, []string{"P20D", "P60D", "P4M", "P5M", "P6M"}},
				{151, 500, []string{"P40D", "P3M", "P5M", "P6M", "P7M"}},
				{501, 1000, []string{"P50D", "P4M", "P6M", "P7M", "P8M"}},
				{1001, 1500, []string{"P60D", "P5M", "P7M", "P8M", "P9M"}},
				{1501, 2000, []string{"P3M", "P6M", "P8M", "P9M", "P10M"}},
			},
		},
		{
			Name: "SKEMA1", Source: "001 §7.2.2 (skema 1)", From: duty.DateOf(2019, 6, 1), To: duty.DateOf(2021, 5, 31),
			Regime: "enhanced", CountBasis: "PER_CALENDAR_MONTH",
			Condition: "all violations to be sentenced fall in one single calendar month and nothing else is sentenced",
			Columns:   []string{"1st", "2nd", "3rd", "4th"},
			Rows: []duty.SanctionRow{
				{1, 2, []string{"P7D", "P14D", "P40D", "P60D"}},
				{3, 5, []string{"P14D", "P40D", "P50D", "P60D"}},
				{6, 6, []string{"P40D", "P50D", "P60D", "P3M"}},
				{7, 9, []string{"P40D", "P50D", "P3M", "P4M"}},
				{10, 60, []string{"P60D", "P60D", "P3M", "P4M"}},
				{61, 0, []string{"P60D", "P60D", "P4M", "P5M"}},
			},
		},
		{
			Name: "SKEMA2", Source: "001 §7.2.2 (skema 2)", From: duty.DateOf(2019, 6, 1), To: duty.DateOf(2021, 5, 31),
			Regime: "enhanced", CountBasis: "PER_CALENDAR_MONTH",
			Condition: "violations spread over several calendar months; one joint sentence reflecting every month (Penal Code §88)",
			Columns:   []string{"1st", "2nd", "3rd", "4th"},
			Rows: []duty.SanctionRow{
				{1, 2, []string{"P7D", "P14D", "P40D", "P60D"}},
				{3, 5, []string{"P14D", "P40D", "P50D", "P60D"}},
				{6, 9, []string{"P40D", "P50D", "P60D", "P3M"}},
				{10, 0, []string{"P60D", "P60D", "P3M", "P4M"}},
			},
		},
		{
			Name: "SKEMA3", Source: "001 §7.2.3 (skema 3)", From: duty.DateOf(2021, 6, 1), To: LastDate,
			Regime: "enhanced", CountBasis: "PER_CALENDAR_MONTH",
			Columns: []string{"1st", "2nd", "3rd", "4th"},
			Rows: []duty.SanctionRow{
				{1, 2, []string{"P7D", "P14D", "P40D", "P60D"}},
				{3, 5, []string{"P30D", "P40D", "P60D", "P6M"}},
				{6, 9, []string{"P60D", "P3M", "P6M", "P9M"}},
				{10, 0, []string{"P4M", "P6M", "P9M", "P1Y"}},
			},
		},
		{
			Name: "REJECTED", Source: "001 §7.3", From: FirstDate, To: LastDate,
			Regime: "rejected_asylum_seeker", CountBasis: "TOTAL_VIOLATIONS",
			Approximate: true,
			Note:        "all bounds are prefixed 'circa' in the source; bands overlap and leave gaps; 3rd time and up: prosecutor considers imprisonment",
			Columns:     []string{"1st-2nd"},
			Rows: []duty.SanctionRow{
				{1, 10, []string{"WARNING"}},
				{10, 25, []string{"FINE_DKK_1000"}},
				{26, 100, []string{"FINE_DKK_1500"}},
				{100, 400, []string{"P7D..P10D"}},
				{500, 500, []string{"P14D"}},
				{1000, 1000, []string{"P30D"}},
				{1200, 1400, []string{"P40D"}},
			},
		},
	}
}
