package console

import (
	"strings"
	"testing"

	"tilsyn/engine/duty"
)

// TestControlsAreNumbers: the engine's page shows what a control report counts as numbers, and what was not measured
// as a dash.
func TestControlsAreNumbers(t *testing.T) {
	t.Parallel()
	data := &EnginePage{Centre: "ALL", Period: "2026-11", Controls: &duty.ControlReport{Controls: []duty.ControlLine{
		{Control: duty.ControlNameReconciliation, Due: duty.Some[int32](10080), Findings: duty.Some[int32](0)}}}}
	for lang, due := range map[string]string{"da": "10.080", "en": "10,080"} {
		page := written(t, inLanguages(t), lang, "engine.html", data)
		_, table, _ := strings.Cut(page, "data-label=")
		for _, cell := range []string{">" + due + "</td>", ">–</td>", ">0</td>"} {
			if !strings.Contains(table, cell) {
				t.Errorf("%s: no cell %s in %s", lang, cell, table)
			}
		}
	}
}
