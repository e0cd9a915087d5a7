package policy

import (
	"fmt"
	"slices"
	"strings"

	"tilsyn/engine/duty"
)

// settleName is the parameter that names the manual logs that must be proven
// complete before a record is final. It is the only one that may differ per
// centre (LIF-02, contract §5).
const (
	settleName    = "settle.required"
	settleUnit    = "set of manual logs, per centre"
	settleRule    = "LIF-02"
	settleSource  = "AMB-15; 000 §3.2, §5.2.3; contract §5"
	settleMeaning = "manual logs that must be proven complete before a record is more than provisional; empty is final without markers"
)

// allLogs are the manual logs in their order.
var allLogs = []duty.LogType{
	duty.LogTypeAssistedPassage, duty.LogTypeBarcodeLog, duty.LogTypeNoticeLog, duty.LogTypeOutageForms,
}

// formatLogs writes a set of logs as a YAML flow sequence.
func formatLogs(logs []duty.LogType) string {
	names := make([]string, len(logs))
	for i, l := range logs {
		names[i] = l.String()
	}
	return "[" + strings.Join(names, ", ") + "]"
}

// parseLog reads the name of a manual log.
func parseLog(s string) (duty.LogType, error) {
	l, ok := duty.ParseLogType(s)
	if !ok || !slices.Contains(allLogs, l) {
		return 0, fmt.Errorf("%q is not a manual log; write %s or a part of it, or [] for none", s, formatLogs(allLogs))
	}
	return l, nil
}

// settleRules turns the dated values into rules that leave no gap: where a
// centre's own values end, the general ones are written out for it, so that
// the first rule that names the centre and covers the date is the one.
func settleRules(values []Dated) []duty.SettleRule {
	var general, out []duty.SettleRule
	own := map[string][]span{}
	var centres []string
	for _, v := range values {
		if v.Parameter != settleName {
			continue
		}
		r := duty.SettleRule{CentreID: v.Centre, From: v.From, To: v.To, Logs: v.logs}
		if v.Centre == "" {
			general = append(general, r)
			continue
		}
		if _, ok := own[v.Centre]; !ok {
			centres = append(centres, v.Centre)
		}
		own[v.Centre] = append(own[v.Centre], span{v.From, v.To})
		out = append(out, r)
	}
	for _, c := range centres {
		for _, g := range general {
			for _, gap := range subtract(span{g.From, g.To}, own[c]) {
				out = append(out, duty.SettleRule{CentreID: c, From: gap.from, To: gap.to, Logs: g.Logs})
			}
		}
	}
	slices.SortFunc(out, compareSettle)
	return append(out, general...)
}

func compareSettle(a, b duty.SettleRule) int {
	if c := strings.Compare(a.CentreID, b.CentreID); c != 0 {
		return c
	}
	return int(a.From) - int(b.From)
}
