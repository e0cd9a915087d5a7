package policy

import (
	"slices"
	"strings"

	"tilsyn/engine/duty"
)

// noteName is the parameter that says which edition of the note of 11 March 2024 goes with a record (EVD-06). Where
// no value holds, the built-in one does.
const (
	noteName    = "evidence.note"
	noteUnit    = "document"
	noteRule    = "EVD-06"
	noteMeaning = "the note of 11 March 2024 as it goes with every record: [its id, its version, sha256: and the " +
		"hash of the file]"
)

// noteParts is how many texts name a document, maxNotePart how long the first two may be.
const (
	noteParts   = 3
	maxNotePart = 200
)

func noteDated(parts []string, from, to duty.Date, source string) Dated {
	return Dated{
		Parameter: noteName, Unit: noteUnit, Value: "[" + strings.Join(quoted(parts), ", ") + "]", From: from, To: to,
		Source: source, Rule: noteRule, Meaning: noteMeaning, names: parts,
	}
}

// note reads evidence.note: one document for all times, or a list of dated ones.
func (l *loader) note(e entry) {
	list := []given{{value: e.value, from: FirstDate, to: LastDate, source: l.here(e.line),
		line: e.line, column: e.column}}
	if v := e.value; v.isMap() || v.isSeq && len(v.elements) > 0 && v.elements[0].isMap() {
		var ok bool
		if list, ok = l.given(e, noteName, false); !ok {
			return
		}
	}
	var fresh []Dated
	for _, g := range list {
		parts, ok := l.notePart(g.value)
		if !ok {
			return
		}
		fresh = append(fresh, noteDated(parts, g.from, g.to, g.source))
	}
	l.replace(noteName, "", duty.KindUnknown, fresh)
}

// notePart reads the id, version and hash of a document.
func (l *loader) notePart(v item) ([]string, bool) {
	var out []string
	ok := v.isSeq && len(v.elements) == noteParts
	for i := 0; ok && i < noteParts; i++ {
		x := v.elements[i]
		ok = x.isScalar && x.scalar != "" && len(x.scalar) <= maxNotePart && !strings.ContainsAny(x.scalar, "\"\\\n\t")
		out = append(out, x.scalar)
	}
	if ok {
		hex, prefixed := strings.CutPrefix(out[2], "sha256:")
		ok = prefixed && len(hex) == 64 && strings.Trim(hex, "0123456789abcdef") == ""
	}
	if !ok {
		l.problem(v.line, v.column, noteName, "write [id, version, hash] of the document, the hash as sha256: and 64 "+
			"hexadecimal digits in lower case, as `sha256sum FILE` prints them (%s)", noteRule)
	}
	return out, ok
}

// notes turns the dated values into which document goes with records of which unit dates; nil where the policy
// names none.
func notes(values []Dated) []duty.NoteSpan {
	var out []duty.NoteSpan
	for _, v := range values {
		if v.Parameter == noteName {
			out = append(out, duty.NoteSpan{From: v.From, To: v.To,
				Note: duty.Note{ID: v.names[0], Version: v.names[1], Hash: v.names[2]}})
		}
	}
	return out
}

// listed are the parameters whose values are lists, which no Params hold.
var listed = []string{settleName, consumersName, feedsName, noteName}

func isListed(name string) bool { return slices.Contains(listed, name) }
