package duty

import (
	"bytes"
	"slices"
	"strconv"
)

// One version of a fact in several forms is CONFLICTING_FACT (contract §1): the smallest form
// counts. If the forms name several persons they are still one fact. Each of the persons then has
// all the forms, the smallest says whose fact it is, and it is told once, for that person; the
// subject is the fact's id, since it belongs to no single person. The line begins when that form
// became known: if a smaller one comes, another line begins, and no line concerns two persons.

// conflicting names facts of which one version exists in several forms.
func (c *court) conflicting() []DataQuality {
	s := c.src
	var out []DataQuality
	out = conflicts(out, c, s.cardEvents, func(v *CardEvent) Opt[string] { return v.PersonID })
	out = conflicts(out, c, s.entries, func(v *ManualEntry) Opt[string] { return v.PersonID })
	out = conflicts(out, c, s.notices, func(v *Notice) Opt[string] { return Some(v.PersonID) })
	out = conflicts(out, c, s.obligations, func(v *ObligationChange) Opt[string] { return Some(v.PersonID) })
	out = conflicts(out, c, s.groups, func(v *GroupChange) Opt[string] { return Some(v.PersonID) })
	out = conflicts(out, c, s.permissions, func(v *Permission) Opt[string] { return Some(v.PersonID) })
	out = conflicts(out, c, s.holds, func(v *Hold) Opt[string] { return Some(v.PersonID) })
	out = conflicts(out, c, s.assessments, func(v *DepartureAssessment) Opt[string] { return Some(v.PersonID) })
	out = conflicts(out, c, s.assignments, func(v *CardAssignment) Opt[string] { return Some(v.PersonID) })
	out = conflicts(out, c, s.links, func(v *IdentityLink) Opt[string] { return Some(v.PersonID) })
	out = conflicts(out, c, byVersion[Conviction](s.facts.Convictions),
		func(v *Conviction) Opt[string] { return Some(v.PersonID) })
	out = conflicts(out, c, byVersion[Handling](s.facts.Handlings),
		func(v *Handling) Opt[string] { return Some(v.PersonID) })
	return conflicts(out, c, byVersion[Acknowledgement](s.facts.Acknowledgements),
		func(v *Acknowledgement) Opt[string] { return Some(v.PersonID) })
}

// form is one wording of a version, with the time at which it first became known.
type form struct {
	person Opt[string] // whom it names
	known  Instant
}

// conflicts goes through versions sorted by byVersion and adds a line for those that exist in
// several forms.
func conflicts[T any, P factPtr[T]](out []DataQuality, c *court, sorted []*Known[T],
	person func(*T) Opt[string]) []DataQuality {
	var forms []form
	var last *Known[T]
	tell := func() {
		if len(forms) > 1 {
			identity, version, _ := P(&last.Fact).head()
			out = append(out, c.conflict(identity, version, forms)...)
		}
		forms = forms[:0]
	}
	for _, k := range sorted {
		if k.At > c.at {
			continue
		}
		same, copied := false, false
		if last != nil {
			a, va, _ := P(&last.Fact).head()
			b, vb, _ := P(&k.Fact).head()
			same = a == b && va == vb
			copied = same && bytes.Equal(P(&last.Fact).AppendCanonical(nil), P(&k.Fact).AppendCanonical(nil))
		}
		if !same {
			tell()
		}
		if last = k; !copied {
			forms = append(forms, form{person(&k.Fact), k.At})
		}
	}
	tell()
	return out
}

// conflict returns the lines about a version in several forms, given with the smallest first.
func (c *court) conflict(identity string, version int64, forms []form) []DataQuality {
	detail := []Detail{{"fact_id", ClipKey(identity)}, {"version", strconv.FormatInt(version, 10)}}
	of := forms[0].person
	if !slices.ContainsFunc(forms, func(f form) bool { return f.person != of }) {
		var out []DataQuality
		for i := 1; i < len(forms); i++ {
			out = append(out, newQuality(DataQualityCodeConflictingFact, c.in.PersonID,
				min(forms[i-1].known, forms[i].known), None[Instant](), detail...))
		}
		return out
	}
	named := forms[slices.IndexFunc(forms, func(f form) bool { return f.person.OK })]
	if named.person.V != c.in.PersonID {
		return nil
	}
	return []DataQuality{newQuality(DataQualityCodeConflictingFact, ClipKey(identity), named.known,
		None[Instant](), detail...)}
}
