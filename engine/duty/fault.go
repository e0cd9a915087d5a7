package duty

import (
	"cmp"
	"slices"
)

// Fault says why a readable fact makes no sense (contract §1, FACT_INVALID): which field, what
// kind of value it has, and the rule that it breaks. It never holds the value itself, which may
// identify a person. The zero Fault means that the fact makes sense.
type Fault struct {
	// Field is the field's name in the schema, preceded by the enclosing record if there is one
	// (`schedule.dates`).
	Field string
	// Value is the class of the value, from a closed list.
	Value string
	// Rule is the section of the contract, or the reading, that is broken.
	Rule string
}

// Classes of values that make no sense. The list is closed, and each has a test.
const (
	valueEmpty       = "empty"
	valueLong        = "longer than 256 bytes"
	valueNoUTF8      = "not UTF-8"
	valueControl     = "control character"
	valueBlank       = "blank at an edge"
	valueYear        = "outside 2000-2100"
	valueBeforeValid = "before valid_from"
	valueBeforeFrom  = "before from"
	valueBeforeDate  = "before from_date"
	valueNoWindow    = "not after window_from"
	valueUnknown     = "unknown centre"
	valuePolice      = "police station"
	valueMissing     = "missing"
	valueNoTime      = "not a time of day"
	valueNoLocal     = "not a local time"
	valueQuota       = "outside 0-7"
	valueAhead       = "over 24 h ahead of its receipt"
	valueDeclarer    = "same as declared_by"
)

// Rules that a fact can break.
const (
	ruleFacts  = "contract §1"
	ruleFields = "contract §2"
	ruleWatch  = "contract §6"
	rulePlaces = "RD-46"
	ruleAhead  = "W-41"
	ruleTwo    = "EXC-06"
)

// FaultOfKey returns the fault of an unusable key that was taken from a field; the zero Fault if
// the key is usable.
func FaultOfKey(field, key string) Fault {
	if class := keyClass(key); class != "" {
		return Fault{field, class, ruleFacts}
	}
	return Fault{}
}

// None reports whether the fact makes sense.
func (f Fault) None() bool { return f.Field == "" }

// Details returns the fault as details of a data-quality record, with the topic of the fact.
func (f Fault) Details(topic string) []Detail {
	return []Detail{{"topic", topic}, {"field", f.Field}, {"value", f.Value}, {"rule", f.Rule}}
}

// unplaced returns the fault of a fact or decision at a place that the register does not know, or
// that does not fit.
func unplaced(p *Policy, centre, rule string) Fault {
	if p.centre(centre) != nil {
		return Fault{"centre_id", valuePolice, rule}
	}
	return Fault{"centre_id", valueUnknown, rule}
}

// compareDetails orders lines of one id, so that which one stays does not depend on the order of
// the facts.
func compareDetails(a, b []Detail) int {
	return slices.CompareFunc(a, b, func(x, y Detail) int {
		return cmp.Or(cmp.Compare(x.Name, y.Name), cmp.Compare(x.Value, y.Value))
	})
}

// sense checks one fact field by field, in the order of the schema, and keeps the first fault.
type sense struct{ fault Fault }

func (s *sense) require(ok bool, field, class, rule string) {
	if !ok && s.fault.None() {
		s.fault = Fault{field, class, rule}
	}
}

func (s *sense) id(field, id string) {
	if s.fault.None() {
		s.fault = FaultOfKey(field, id)
	}
}

func (s *sense) idIf(field string, id Opt[string]) {
	if id.OK {
		s.id(field, id.V)
	}
}

func (s *sense) time(field string, t Instant) {
	s.require(t.Plausible(), field, valueYear, ruleFacts)
}

func (s *sense) timeIf(field string, t Opt[Instant]) {
	if t.OK {
		s.time(field, t.V)
	}
}

func (s *sense) date(field string, d Date) { s.time(field, d.Start()) }

// end checks the end of a validity against its start; class is the class of value if it lies
// before.
func (s *sense) end(field string, from, to Instant, class string) {
	s.time(field, to)
	s.require(from <= to, field, class, ruleFacts)
}

func (s *sense) endIf(field string, from Instant, to Opt[Instant], class string) {
	if to.OK {
		s.end(field, from, to.V, class)
	}
}

func (s *sense) timeOfDay(field string, hm Opt[string]) {
	if hm.OK {
		_, ok := parseHM(hm.V)
		s.require(ok, field, valueNoTime, ruleFacts)
	}
}

func (s *sense) local(field, text string) {
	l, ok := parseLocal(text)
	s.require(ok, field, valueNoLocal, ruleFacts)
	s.time(field, l.early)
	s.time(field, l.late)
}

// centre requires that the register knows a place; its name may even be unusable.
func (s *sense) centre(p *Policy, id string) {
	if p.centre(id) == nil {
		s.id("centre_id", id)
		s.require(false, "centre_id", valueUnknown, ruleFacts)
	}
}
