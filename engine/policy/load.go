package policy

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tilsyn/engine/duty"
)

// Load reads a policy file; what it does not name keeps its built-in value.
// name is what errors call the file. The error is Problems, or one Problem
// where the text is no YAML at all.
//
// policy_version is the file's `version`, else derived from the digest; the
// digest is the lower-case hex SHA-256 of the text.
func Load(name string, text []byte) (*duty.Policy, error) {
	b, err := LoadBook(name, text)
	if err != nil {
		return nil, err
	}
	return b.Policy(), nil
}

// LoadBook is Load with the source and validity of every value kept.
func LoadBook(name string, text []byte) (*Book, error) { return loadWith(name, text, false) }

// CheckBook is LoadBook for a policy that may be brought into force: one that says
// nothing, and a value or an entry without a source, are problems too (contract §5).
func CheckBook(name string, text []byte) (*Book, error) { return loadWith(name, text, true) }

func loadWith(name string, text []byte, strict bool) (*Book, error) {
	root, err := parseYAML(name, text)
	if err != nil {
		return nil, err
	}
	l := &loader{file: name, strict: strict, book: BuiltinBook(), seen: map[string]bool{}}
	l.book.Digest = digest(text)
	l.book.Version = "file-" + l.book.Digest[:12]
	if !root.isMap() {
		l.problem(root.line, root.column, "", "the file is %s; write `parameters:` and, below it, "+
			"the name and value of each parameter to replace", root.what())
	} else {
		l.top(root)
		if strict && l.said == 0 && len(l.problems) == 0 {
			l.problem(root.line, root.column, "", "the file says nothing, so nothing would change; "+
				"write what is to be replaced (`tilsyn policy show --yaml` prints a whole policy)")
		}
	}
	l.coherence()
	if len(l.problems) > 0 {
		slices.SortStableFunc(l.problems, func(a, b *Problem) int {
			return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
		})
		return nil, l.problems
	}
	l.book.sort()
	return l.book, nil
}

// loader collects what a file says and everything that is wrong with it.
type loader struct {
	file     string
	book     *Book
	problems Problems // all of them are reported at once
	// strict wants a source of everything; said counts what the file gives.
	strict bool
	said   int
	// seen are the parameters that the file has named already.
	seen map[string]bool
	// places remember where the values and entries stand that coherence compares.
	places map[string][2]int
}

func (l *loader) problem(line, column int, key, format string, args ...any) {
	l.problems = append(l.problems,
		&Problem{File: l.file, Line: line, Column: column, Key: key, Text: fmt.Sprintf(format, args...)})
}

// top reads the keys of the file.
func (l *loader) top(root item) {
	// The centres come first, since everything else names them.
	for _, e := range root.entries {
		if e.key == "centres" {
			l.centres(e)
		}
	}
	for _, e := range root.entries {
		switch e.key {
		case "centres":
		case "version":
			l.version(e)
		case "devices":
			l.devices(e)
		case "exclusions":
			l.exclusions(e)
		case "parameters":
			if !e.value.isMap() {
				l.problem(e.value.line, e.value.column, e.key, "this is %s; write one line `name: "+
					"value` for each parameter", e.value.what())
				continue
			}
			for _, p := range e.value.entries {
				l.parameter("", p)
			}
		default:
			l.parameter("", e)
		}
	}
}

const maxVersion = 64

func (l *loader) version(e entry) {
	s := e.value.scalar
	ok := e.value.isScalar && s != "" && len(s) <= maxVersion
	for _, r := range s {
		ok = ok && (r > ' ' && r < 0x7f)
	}
	if !ok {
		l.problem(e.line, e.column, e.key, "a version is a name of 1 to %d printable ASCII characters "+
			"without spaces, for example 2026-03; every record carries it", maxVersion)
		return
	}
	if want, ok := builtinDigest(s); ok && l.book.Digest != want {
		l.problem(e.line, e.column, e.key, "%s is the name of a built-in policy and this text differs from it; "+
			"give the policy a name of its own", s)
		return
	}
	l.book.Version = s
}

// parameter reads one key below prefix: a parameter, a section of parameters
// (`notice: {exit_tolerance: …}` is the same as `notice.exit_tolerance: …`), or
// something that is neither, and then says why.
func (l *loader) parameter(prefix string, e entry) {
	key := e.key
	if prefix != "" {
		key = prefix + "." + e.key
	}
	if key == settleName {
		if l.once(e, key) {
			l.settle(e)
		}
		return
	}
	if key == consumersName {
		if l.once(e, key) {
			l.consumers(e)
		}
		return
	}
	if key == feedsName {
		if l.once(e, key) {
			l.feeds(e)
		}
		return
	}
	if key == noteName {
		if l.once(e, key) {
			l.note(e)
		}
		return
	}
	if p, ok := find(key); ok {
		if l.once(e, key) {
			l.values(p, e)
		}
		return
	}
	if e.value.isMap() && isSection(key) {
		for _, inner := range e.value.entries {
			l.parameter(key, inner)
		}
		return
	}
	near, typo := nearest(key)
	if law, ok := lawAt(key, e.value); ok && !typo {
		l.problem(e.line, e.column, key, "%s", law.refusal())
		return
	}
	if key == directionRiskName {
		l.problem(e.line, e.column, key, "not a parameter: the source names %s (DEV-06, 000 §5.2.2); "+
			"take this key out", directionRiskCentre)
		return
	}
	l.problem(e.line, e.column, key, "there is no such parameter; %s`tilsyn policy show` lists all of them", near)
}

const directionRiskName = "direction_risk.centre"

// once refuses a parameter that stands in the file for the second time.
func (l *loader) once(e entry, key string) bool {
	if l.seen[key] {
		l.problem(e.line, e.column, key, "the parameter stands twice in this file; keep one")
		return false
	}
	l.seen[key] = true
	return true
}

// isSection reports whether parameters have names below key.
func isSection(key string) bool {
	return key+"."+strings.TrimPrefix(settleName, key+".") == settleName ||
		slices.ContainsFunc(parameters, func(p parameter) bool { return strings.HasPrefix(p.name, key+".") })
}

// lawAt looks for a law in a key, or in what stands below an unknown one:
// `night: {start: "22:00"}`.
func lawAt(key string, v item) (Law, bool) {
	if law, ok := lawOf(key); ok {
		return law, true
	}
	for _, e := range v.entries {
		if law, ok := lawOf(key + "." + e.key); ok {
			return law, true
		}
	}
	return Law{}, false
}

// nearest suggests the parameter whose name is like the key; typo is true where
// they differ by two letters at most.
func nearest(key string) (suggestion string, typo bool) {
	names := slices.Clone(listed)
	for i := range parameters {
		names = append(names, parameters[i].name)
	}
	best, away := Nearest(key, names)
	if best == "" {
		return "", false
	}
	return "did you mean " + best + "? ", away <= 2
}

// Nearest returns the first of the names that is most like a text, and in how many
// letters it differs; empty where none is like it in half of its letters. A message
// about a name that is not known uses it.
func Nearest(text string, names []string) (best string, away int) {
	away = min(len(text), 64)/2 + 1
	for _, n := range names {
		if d := distance(text, n); d < away {
			best, away = n, d
		}
	}
	return best, away
}

// distance is the number of letters to change, add or take out.
func distance(a, b string) int {
	a = a[:min(len(a), 64)]
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// mark remembers where an entry stands.
func (l *loader) mark(name string, at item) {
	if l.places == nil {
		l.places = map[string][2]int{}
	}
	l.places[name] = [2]int{at.line, at.column}
}

// sided refuses a reporting device at a place of which no side of the fence is
// given: nothing would say what a report there shows (RD-45).
func (l *loader) sided() {
	for _, d := range l.book.Devices {
		for _, c := range l.book.Centres {
			if !d.Reports || c.ID != d.Centre || c.Stand != NoSide {
				continue
			}
			place, ok := l.places["centre "+c.ID]
			if !ok {
				place = l.places["device "+d.ID]
			}
			l.problem(place[0], place[1], "centres.stand_side", "%s has the reporting device %s and no stand_side, "+
				"so that a report there would show nothing; write INSIDE or OUTSIDE, "+
				"or end the device (DEV-03, DEV-04)", c.ID, d.ID)
		}
	}
}

// coherence compares values with each other.
func (l *loader) coherence() {
	if len(l.problems) > 0 {
		return
	}
	l.sided()
	if l.feedCentres(); len(l.problems) > 0 {
		return
	}
	for _, from := range l.book.boundaries() {
		p := l.book.params(from)
		if p.SuspensionFrom > p.SuspensionTo {
			place := l.places["suspension.to"]
			if from2, ok := l.places["suspension.from"]; ok && place == [2]int{} {
				place = from2
			}
			l.problem(place[0], place[1], "suspension.to", "the suspension ends on %s before it begins on %s; "+
				"give suspension.from and suspension.to in order", FormatDate(p.SuspensionTo), FormatDate(p.SuspensionFrom))
			return
		}
	}
}

// AsProblems returns the single problems of an error that Load or LoadBook
// returned, for printing one by one; nil for another error.
func AsProblems(err error) Problems {
	var many Problems
	if errors.As(err, &many) {
		return many
	}
	var one *Problem
	if errors.As(err, &one) {
		return Problems{one}
	}
	return nil
}
