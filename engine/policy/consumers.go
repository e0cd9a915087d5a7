package policy

import (
	"slices"
	"strings"

	"tilsyn/engine/duty"
)

// consumersName is the parameter that names who is told of violations, and is
// owed what is taken back (EXC-07, contract-case 8, C-46).
const (
	consumersName    = "recall.consumers"
	consumersUnit    = "set of names"
	consumersRule    = "EXC-07"
	consumersSource  = "003; contract-case 8"
	consumersMeaning = "who is told of violations and must acknowledge what is taken back; " +
		"with nobody named a recall never closes"
)

// builtinConsumers are those that the notice of 2021 had to reach (EXC-07).
var builtinConsumers = []string{"benefits", "case-management", "counters", "police-reports",
	"prosecution", "statistics"}

const (
	maxConsumers    = 64
	maxConsumerName = 64
)

func consumersDated(names []string, from, to duty.Date, source string) Dated {
	return Dated{
		Parameter: consumersName, Unit: consumersUnit, Value: "[" + strings.Join(names, ", ") + "]", From: from, To: to,
		Source: source, Rule: consumersRule, Meaning: consumersMeaning, names: names,
	}
}

// consumers reads recall.consumers: a list of names for all times, or a list of
// dated ones.
func (l *loader) consumers(e entry) {
	list := []given{{value: e.value, from: FirstDate, to: LastDate, source: l.here(e.line),
		line: e.line, column: e.column}}
	if v := e.value; v.isMap() || v.isSeq && len(v.elements) > 0 && v.elements[0].isMap() {
		var ok bool
		if list, ok = l.given(e, consumersName, false); !ok {
			return
		}
	}
	var fresh []Dated
	for _, g := range list {
		names, ok := l.names(g.value)
		if !ok {
			return
		}
		fresh = append(fresh, consumersDated(names, g.from, g.to, g.source))
	}
	l.replace(consumersName, "", duty.KindUnknown, fresh)
}

// names reads a set of names of consumers, as acknowledgements carry them.
func (l *loader) names(v item) ([]string, bool) {
	if !v.isSeq || len(v.elements) > maxConsumers {
		l.problem(v.line, v.column, consumersName, "this is %s; write a list of at most %d names, such as [%s], "+
			"or [] for nobody", v.what(), maxConsumers, strings.Join(builtinConsumers[:2], ", "))
		return nil, false
	}
	out := []string{}
	for _, x := range v.elements {
		switch s := x.scalar; {
		case !x.isScalar || !consumerName(s):
			l.problem(x.line, x.column, consumersName, "a consumer has a name of 1 to %d small letters, "+
				"digits and dashes, such as case-management (%s)", maxConsumerName, consumersRule)
			return nil, false
		case slices.Contains(out, s):
			l.problem(x.line, x.column, consumersName, "%s stands twice; keep one", s)
			return nil, false
		default:
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return out, true
}

func consumerName(s string) bool {
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
			return false
		}
	}
	return s != "" && len(s) <= maxConsumerName
}

// consumerSpans turns the dated values into who is named when, in local days.
func consumerSpans(values []Dated) []duty.ConsumerSpan {
	var out []duty.ConsumerSpan
	for _, v := range values {
		if v.Parameter != consumersName {
			continue
		}
		s := duty.Span{From: duty.Beginning, To: duty.Forever}
		if v.From > FirstDate {
			s.From = v.From.Start()
		}
		if v.To < LastDate {
			s.To = (v.To + 1).Start()
		}
		for _, n := range v.names {
			out = append(out, duty.ConsumerSpan{Name: n, Span: s})
		}
	}
	return out
}
