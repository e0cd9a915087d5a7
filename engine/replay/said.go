package replay

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
)

// EachViolation reads a violations log (contract §4, --said): lines as Run
// writes them, or as tail prints the topic. take is given each record in order. The first
// line that cannot be read is an *InputError.
func EachViolation(file string, take func(v *duty.Violation) error) error {
	topic, _ := schemas.Lookup(duty.TopicViolations)
	f, err := openFile(file)
	if err != nil {
		return inFile(file, err)
	}
	defer f.Close()
	buf := bufio.NewReaderSize(f, pieceSize)
	if err := wrongForm(file, buf, false); err != nil {
		return inFile(file, err)
	}
	err = readLines(file, skipMark(buf), func(p *piece) error {
		n := p.first
		for line := range bytes.Lines(p.lines) {
			if len(bytes.TrimSpace(line)) > 0 {
				v, err := parseSaid(line, topic)
				if err != nil {
					return &InputError{File: file, Line: n, Err: err}
				}
				if err := take(v); err != nil {
					return err
				}
			}
			n++
		}
		return nil
	})
	if err != nil {
		return inFile(file, err)
	}
	return nil
}

func parseSaid(line []byte, topic *schemas.Schema) (*duty.Violation, error) {
	v, _, err := topic.DecodeJSON(line)
	if err != nil {
		l, lineErr := schemas.DecodeLine(line)
		if lineErr != nil || l.Topic != topic.Topic() {
			return nil, err
		}
		v = l.Value
	}
	said, ok := v.(*duty.Violation)
	if !ok || said.Revision < 1 || !duty.UsableKey(said.PersonID) {
		return nil, errors.New("is no revision of a violation")
	}
	return said, nil
}

// decodeSaid reads a revision as it went through the sorters.
func decodeSaid(body []byte) (*duty.Violation, error) {
	v := &duty.Violation{}
	_, err := schemas.DecodeViolation(body, v)
	return v, err
}

// unitKey names a unit of one person.
type unitKey struct {
	kind duty.Kind
	date duty.Date
}

// spoken is what was last said of each unit of one person.
type spoken struct {
	units map[unitKey]*duty.Violation
	// told is what was told of each unit, by revision.
	told map[unitKey][]telling
}

// hear takes in a revision. The highest one of a unit counts; among equal ones
// the one whose canonical form is smallest, so that the order of the log
// carries no meaning.
func (s *spoken) hear(v *duty.Violation) {
	if s.units == nil {
		s.units = map[unitKey]*duty.Violation{}
	}
	k := unitKey{v.Kind, v.UnitDate}
	s.remember(k, v)
	old, ok := s.units[k]
	if !ok || v.Revision > old.Revision ||
		v.Revision == old.Revision && bytes.Compare(v.AppendCanonical(nil), old.AppendCanonical(nil)) < 0 {
		s.units[k] = v
	}
}

// list returns what was last said, sorted by date, then duty.
func (s *spoken) list() []duty.Said {
	var out []duty.Said
	for _, v := range s.units {
		out = append(out, duty.SaidOf(v))
	}
	slices.SortFunc(out, func(a, b duty.Said) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Kind.String(), b.Kind.String()))
	})
	return out
}
