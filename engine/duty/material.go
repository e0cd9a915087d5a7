package duty

import "slices"

// Material are the fields of a record for whose change a revision is written (contract §3),
// besides its status, its withdrawn outcome and its instant.
type Material struct {
	PeriodFrom, PeriodTo Instant
	CentreID             string
	Group                Group
	ObligationIDs        []string // sorted
	LegalBasis           LegalBasis
	Basis                Basis
	Shortfall            Opt[int32]
	Caveats              []string // the specific ones, sorted
	Settled              bool
}

// materialFields are the fields of Material by their names in the schema, each as a pointer
// into a Material. Comparison, revision and the stored form of what was told go by this
// list. The second evaluator (internal/oracle) has its own on purpose: it is to be independent.
var materialFields = []struct {
	name string
	of   func(m *Material) any
}{
	{"period_from", func(m *Material) any { return &m.PeriodFrom }},
	{"period_to", func(m *Material) any { return &m.PeriodTo }},
	{"centre_id", func(m *Material) any { return &m.CentreID }},
	{"group", func(m *Material) any { return &m.Group }},
	{"obligation_ids", func(m *Material) any { return &m.ObligationIDs }},
	{"legal_basis", func(m *Material) any { return &m.LegalBasis }},
	{"basis", func(m *Material) any { return &m.Basis }},
	{"shortfall", func(m *Material) any { return &m.Shortfall }},
	{"caveats", func(m *Material) any { return &m.Caveats }},
	{"settled", func(m *Material) any { return &m.Settled }},
}

// Fields calls f with a pointer to each field, in the order of the contract: to an Instant, string,
// Group, []string, LegalBasis, Basis, Opt[int32] or bool.
func (m *Material) Fields(f func(field any)) {
	for i := range materialFields {
		f(materialFields[i].of(m))
	}
}

// Differs returns the schema's name of the first field in which the two differ; empty if they
// agree.
func (m *Material) Differs(from *Material) string {
	for i := range materialFields {
		f := &materialFields[i]
		if !equalFields(f.of(m), f.of(from)) {
			return f.name
		}
	}
	return ""
}

// equalFields compares two fields of the same type.
func equalFields(a, b any) bool {
	switch a := a.(type) {
	case *Instant:
		return *a == *b.(*Instant)
	case *string:
		return *a == *b.(*string)
	case *Group:
		return *a == *b.(*Group)
	case *[]string:
		return slices.Equal(*a, *b.(*[]string))
	case *LegalBasis:
		return *a == *b.(*LegalBasis)
	case *Basis:
		return *a == *b.(*Basis)
	case *Opt[int32]:
		return *a == *b.(*Opt[int32])
	case *bool:
		return *a == *b.(*bool)
	}
	panic("duty: a material field of an unknown type") // a mistake of this file, which its test finds
}

// Material returns the material fields of a record.
func (v *Violation) Material() Material {
	return Material{
		PeriodFrom: v.PeriodFrom, PeriodTo: v.PeriodTo, CentreID: v.CentreID, Group: v.Group, ObligationIDs: v.ObligationIDs,
		LegalBasis: v.LegalBasis, Basis: v.Basis, Shortfall: v.Shortfall, Caveats: v.Caveats, Settled: v.Settled,
	}
}
