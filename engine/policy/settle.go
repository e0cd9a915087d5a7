package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tilsyn/engine/duty"
)

// settleName is the parameter that names the manual logs that must be proven
// complete before a record is final. It is the only one that may differ per
// place and per duty (LIF-02, RD-39, RD-40, contract §5).
const (
	settleName    = "settle.required"
	settleUnit    = "set of manual logs, per place and duty"
	settleRule    = "LIF-02, RD-40"
	settleSource  = "AMB-15; 000 §3.2, §5.2.3; contract §5"
	settleMeaning = "manual logs that must be proven complete before a record is more than provisional; " +
		"empty is final without markers; POLICE_LOG counts for a REPORT whose decision names the police, " +
		"and of a police station alone"
)

// allLogs are the manual logs in their order.
var allLogs = []duty.LogType{
	duty.LogTypeAssistedPassage, duty.LogTypeBarcodeLog, duty.LogTypeNoticeLog, duty.LogTypeOutageForms,
	duty.LogTypePoliceLog,
}

// builtinSettle requires every log that there was on a date.
func builtinSettle() []Dated {
	before := slices.DeleteFunc(slices.Clone(allLogs), func(l duty.LogType) bool { return l == duty.LogTypeBarcodeLog })
	return []Dated{
		settleDated("", duty.KindUnknown, before, FirstDate, duty.BarcodeLogFrom-1, settleSource),
		settleDated("", duty.KindUnknown, allLogs, duty.BarcodeLogFrom, LastDate, settleSource),
	}
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

// settleRules turns the dated values into rules, the most specific first: a
// place and a duty, a place, a duty, everything.
func settleRules(values []Dated) []duty.SettleRule {
	var out []duty.SettleRule
	for _, v := range values {
		if v.Parameter == settleName {
			out = append(out, duty.SettleRule{CentreID: v.Centre, Kind: v.Duty, From: v.From, To: v.To, Logs: v.logs})
		}
	}
	slices.SortStableFunc(out, func(a, b duty.SettleRule) int {
		return cmp.Or(compareEmptyLast(a.CentreID == "", b.CentreID == ""), cmp.Compare(a.CentreID, b.CentreID),
			compareEmptyLast(a.Kind == duty.KindUnknown, b.Kind == duty.KindUnknown), cmp.Compare(a.Kind, b.Kind),
			cmp.Compare(a.From, b.From))
	})
	return out
}

func compareEmptyLast(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
