package recall

import (
	"cmp"
	"slices"

	"tilsyn/engine/duty"
)

// Person is what was told of one person, and what was acknowledged.
type Person struct {
	PersonID string
	// Units are those that were ever told, in any order, each once.
	Units []Unit
	// Acknowledgements are all versions; order and duplicates carry no meaning.
	Acknowledgements []duty.Known[duty.Acknowledgement]
	// Handlings are all versions of what people did with the units, likewise.
	Handlings []duty.Known[duty.Handling]
}

// Unit is the history of one unit.
type Unit struct {
	UnitID string
	// Revisions are ascending by number, the first is 1.
	Revisions []Revision
}

// Revision is a revision as far as a recall needs it.
type Revision struct {
	Number int32
	// At is when it was evaluated.
	At duty.Instant
	// Status is what it said.
	Status duty.Status
	// Cause and CauseID are those of a take-back; missing on every other.
	Cause   duty.Opt[duty.RecallCause]
	CauseID duty.Opt[string]
	// CentreID is that of the record.
	CentreID string
}

// RevisionOf returns what a recall needs of a record.
func RevisionOf(v *duty.Violation) Revision {
	return Revision{v.Revision, v.EvaluatedAt, v.Status, v.Cause, v.CauseID, v.CentreID}
}

// Consumers are those who are told of violations and owed what is taken back
// (EXC-07), each for a time.
type Consumers []duty.ConsumerSpan

// knows reports whether a consumer was ever named.
func (c Consumers) knows(name string) bool {
	return slices.ContainsFunc(c, func(s duty.ConsumerSpan) bool { return s.Name == name })
}

// owed lists those named at some time from one instant to another, sorted:
// whoever may have read what is taken back (C-46).
func (c Consumers) owed(from, to duty.Instant) []string {
	var out []string
	for _, s := range c {
		if s.Span.From <= to && from < s.Span.To && !slices.Contains(out, s.Name) {
			out = append(out, s.Name)
		}
	}
	slices.Sort(out)
	return out
}

// receipt is an acknowledgement that counts.
type receipt struct {
	unit, consumer string
	revision       int32
	known          duty.Instant
}

// receipts returns the acknowledgements that count, and names the others: of a
// unit or a revision that is not in the log, known before that revision was
// made, or of a consumer that nobody names. What did not count when it came
// never does (C-50, C-51). `at` is never used.
func (p *Person) receipts(c Consumers, at duty.Instant) (good []receipt, bad []duty.DataQuality) {
	sorted := duty.SortVersions[duty.Acknowledgement](p.Acknowledgements)
	for _, k := range duty.InForce[duty.Acknowledgement](sorted,
		func(k *duty.Known[duty.Acknowledgement]) bool { return k.At <= at }) {
		a := &k.Fact
		if c.knows(a.Consumer) && p.told(a.UnitID, a.Revision, k.At) {
			good = append(good, receipt{a.UnitID, a.Consumer, a.Revision, k.At})
			continue
		}
		bad = append(bad, duty.NewDataQuality(duty.DataQualityCodeAcknowledgementInvalid, p.PersonID,
			k.At, duty.Detail{Name: "acknowledgement_id", Value: a.ID}))
	}
	slices.SortFunc(good, func(a, b receipt) int {
		return cmp.Or(cmp.Compare(a.unit, b.unit), cmp.Compare(a.consumer, b.consumer),
			cmp.Compare(a.known, b.known), cmp.Compare(a.revision, b.revision))
	})
	return good, bad
}

// told reports whether a revision was there for somebody to read at t.
func (p *Person) told(unit string, revision int32, t duty.Instant) bool {
	for i := range p.Units {
		if p.Units[i].UnitID != unit {
			continue
		}
		for _, r := range p.Units[i].Revisions {
			if r.Number == revision {
				return r.At <= t
			}
		}
	}
	return false
}
