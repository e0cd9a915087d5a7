package policy

import (
	"strconv"
	"strings"
	"unicode"

	"tilsyn/engine/duty"
)

// given is one value that a file gives, before it is understood.
type given struct {
	value        item
	from, to     duty.Date // both inclusive
	centre       string
	duty         duty.Kind
	source       string
	line, column int
}

// values reads one parameter: a single value for all times, or a list of dated
// ones; what they leave open keeps its built-in value.
func (l *loader) values(p *parameter, e entry) {
	list, ok := l.given(e, p.name, false)
	if !ok {
		return
	}
	var fresh []Dated
	for _, g := range list {
		if !g.value.isScalar {
			l.problem(g.value.line, g.value.column, p.name, "this is %s; write a single value (%s), "+
				"or a list of entries with value, valid_from and valid_to", g.value.what(), p.kind.unit())
			return
		}
		text, n, err := p.kind.parse(g.value.scalar)
		if err != nil {
			l.problem(g.value.line, g.value.column, p.name, "%s (%s)", err.Error(), p.rule)
			return
		}
		fresh = append(fresh, p.dated(text, n, g.from, g.to, g.source))
	}
	if l.places == nil {
		l.places = map[string][2]int{}
	}
	l.places[p.name] = [2]int{e.line, e.column}
	l.replace(p.name, "", duty.KindUnknown, fresh)
}

// settle reads settle.required: a list of logs for all centres, or a list of
// entries with value and, where wanted, centre, duty, valid_from and valid_to.
func (l *loader) settle(e entry) {
	list, ok := l.given(e, settleName, true)
	if !ok {
		return
	}
	type scope struct {
		centre string
		duty   duty.Kind
	}
	fresh := map[scope][]Dated{}
	var order []scope
	for _, g := range list {
		logs, ok := l.logs(g.value)
		if !ok {
			return
		}
		if g.centre != "" && !l.knowsCentre(g.centre) {
			l.problem(g.line, g.column, settleName+".centre", "the register has no centre %q; take one of it, "+
				"or add it under `centres`", g.centre)
			return
		}
		s := scope{g.centre, g.duty}
		if _, ok := fresh[s]; !ok {
			order = append(order, s)
		}
		fresh[s] = append(fresh[s], settleDated(g.centre, g.duty, logs, g.from, g.to, g.source))
	}
	for _, s := range order {
		l.replace(settleName, s.centre, s.duty, fresh[s])
	}
}

// logs reads a set of manual logs.
func (l *loader) logs(v item) ([]duty.LogType, bool) {
	if !v.isSeq {
		l.problem(v.line, v.column, settleName, "this is %s; write a list of manual logs, %s or a part of it, "+
			"or [] for none", v.what(), formatLogs(allLogs))
		return nil, false
	}
	named := map[duty.LogType]bool{}
	for _, x := range v.elements {
		log, err := parseLog(x.scalar)
		switch {
		case err != nil:
			l.problem(x.line, x.column, settleName, "%s (%s)", err.Error(), settleRule)
			return nil, false
		case named[log]:
			l.problem(x.line, x.column, settleName, "%s stands twice; keep one", log)
			return nil, false
		}
		named[log] = true
	}
	var out []duty.LogType
	for _, log := range allLogs {
		if named[log] {
			out = append(out, log)
		}
	}
	return out, true
}

// given reads the shapes that a parameter's value can have.
func (l *loader) given(e entry, key string, perCentre bool) ([]given, bool) {
	v := e.value
	switch {
	case v.isMap():
		g, ok := l.one(v, key, perCentre)
		return []given{g}, ok
	case v.isSeq && len(v.elements) > 0 && v.elements[0].isMap():
		var list []given
		for _, x := range v.elements {
			if !x.isMap() {
				l.problem(x.line, x.column, key, "this entry is %s and the first one a mapping; write value, "+
					"valid_from and valid_to for each", x.what())
				return nil, false
			}
			g, ok := l.one(x, key, perCentre)
			if !ok {
				return nil, false
			}
			list = append(list, g)
		}
		return list, l.apart(list, key)
	case v.isSeq && !perCentre && len(v.elements) == 0:
		l.problem(v.line, v.column, key, "the list is empty; write a value or take the key out")
		return nil, false
	}
	l.sourced(false, e.line, e.column, key)
	return []given{{value: v, from: FirstDate, to: LastDate, source: l.here(e.line), line: e.line, column: e.column}}, true
}

// one reads a dated value.
func (l *loader) one(v item, key string, perCentre bool) (given, bool) {
	g := given{from: FirstDate, to: LastDate, source: l.here(v.line), line: v.line, column: v.column}
	before, has, source := len(l.problems), false, false
	for _, e := range v.entries {
		switch {
		case e.key == "value":
			g.value, has = e.value, true
		case e.key == "valid_from":
			g.from = l.date(e, key)
		case e.key == "valid_to":
			g.to = l.date(e, key)
		case e.key == "source":
			g.source, source = l.text(e, key), true
		case e.key == "centre" && perCentre:
			g.centre = l.text(e, key)
		case e.key == "duty" && perCentre:
			g.duty = l.duty(e, key)
		default:
			known := "value, valid_from, valid_to, source"
			if perCentre {
				known += ", centre, duty"
			}
			l.problem(e.line, e.column, key+"."+e.key, "there is no such key here; a dated value has %s", known)
		}
	}
	l.sourced(source, v.line, v.column, key)
	if !has {
		l.problem(v.line, v.column, key, "the entry has no value; write `value:` in it")
	}
	if g.from > g.to {
		l.problem(v.line, v.column, key, "valid_to %s lies before valid_from %s; both are inclusive, "+
			"give them in order", FormatDate(g.to), FormatDate(g.from))
	}
	return g, len(l.problems) == before
}

// apart refuses values of one place and duty whose validities overlap.
func (l *loader) apart(list []given, key string) bool {
	for i, a := range list {
		for _, b := range list[:i] {
			if a.centre == b.centre && a.duty == b.duty && a.from <= b.to && b.from <= a.to {
				l.problem(a.line, a.column, key, "the validity overlaps that of the entry in line %d; "+
					"let valid_to be the day before the next valid_from", b.line)
				return false
			}
		}
	}
	return true
}

// replace puts fresh values in the place of the ones they cover.
func (l *loader) replace(name, centre string, kind duty.Kind, fresh []Dated) {
	var taken []span
	for _, f := range fresh {
		taken = append(taken, span{f.From, f.To})
	}
	out := fresh
	for _, v := range l.book.Values {
		if v.Parameter != name || v.Centre != centre || v.Duty != kind {
			out = append(out, v)
			continue
		}
		for _, gap := range subtract(span{v.From, v.To}, taken) {
			v.From, v.To = gap.from, gap.to
			out = append(out, v)
		}
	}
	l.book.Values = out
}

// sourced counts a value or an entry, and wants a source of it where that is
// wanted of all.
func (l *loader) sourced(has bool, line, column int, key string) {
	l.said++
	if l.strict && !has {
		l.problem(line, column, key, "there is no source; write who decided it and where, as `source: "+
			"TEXT` beside the value (a plain value becomes `{value: …, source: TEXT}`)")
	}
}

// here is the source of a value whose entry names none.
func (l *loader) here(line int) string { return l.file + " line " + strconv.Itoa(line) }

// duty reads the name of a duty.
func (l *loader) duty(e entry, key string) duty.Kind {
	k, ok := duty.ParseKind(e.value.scalar)
	if !ok || k == duty.KindUnknown {
		l.problem(e.value.line, e.value.column, key+"."+e.key, "%q is no duty; write STAY, NOTIFY or REPORT", e.value.scalar)
	}
	return k
}

func (l *loader) date(e entry, key string) duty.Date {
	if !e.value.isScalar {
		l.problem(e.value.line, e.value.column, key+"."+e.key, "this is %s; write a date as YYYY-MM-DD", e.value.what())
		return 0
	}
	d, err := ParseDate(e.value.scalar)
	if err != nil {
		l.problem(e.value.line, e.value.column, key+"."+e.key, "%s", err.Error())
	}
	return d
}

const maxText = 256

// text reads a name or a sentence.
func (l *loader) text(e entry, key string) string {
	s := e.value.scalar
	if !e.value.isScalar || s == "" || len(s) > maxText {
		l.problem(e.value.line, e.value.column, key+"."+e.key, "write a text of 1 to %d bytes", maxText)
		return ""
	}
	for _, r := range s {
		if r < ' ' || r == 0x7f || r == 0xfffd {
			l.problem(e.value.line, e.value.column, key+"."+e.key,
				"the text has a character that cannot be printed; write it on one line without control characters")
			return ""
		}
	}
	if l.strict && !l.says(s, e, key) {
		return ""
	}
	return s
}

// says refuses a text that says nothing, and one with a blank at an edge, which looks
// like another text and is not it. A policy that is in force already keeps its texts.
func (l *loader) says(s string, e entry, key string) bool {
	switch {
	case !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }):
		l.problem(e.value.line, e.value.column, key+"."+e.key, "there is no letter and no digit in it; write what it is")
	case strings.TrimFunc(s, func(r rune) bool { return !unicode.IsGraphic(r) || unicode.IsSpace(r) }) != s:
		l.problem(e.value.line, e.value.column, key+"."+e.key,
			"there is a blank, or something else that cannot be seen, at an edge; take it out")
	default:
		return true
	}
	return false
}
