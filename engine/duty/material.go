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

// materialFields are the fields of Material by their names in the schema.
var materialFields = []struct {
	name  string
	equal func(a, b *Material) bool
}{
	{"period_from", func(a, b *Material) bool { return a.PeriodFrom == b.PeriodFrom }},
	{"period_to", func(a, b *Material) bool { return a.PeriodTo == b.PeriodTo }},
	{"centre_id", func(a, b *Material) bool { return a.CentreID == b.CentreID }},
	{"group", func(a, b *Material) bool { return a.Group == b.Group }},
	{"obligation_ids", func(a, b *Material) bool { return slices.Equal(a.ObligationIDs, b.ObligationIDs) }},
	{"legal_basis", func(a, b *Material) bool { return a.LegalBasis == b.LegalBasis }},
	{"basis", func(a, b *Material) bool { return a.Basis == b.Basis }},
	{"shortfall", func(a, b *Material) bool { return a.Shortfall == b.Shortfall }},
	{"caveats", func(a, b *Material) bool { return slices.Equal(a.Caveats, b.Caveats) }},
	{"settled", func(a, b *Material) bool { return a.Settled == b.Settled }},
}

// Differs returns the schema's name of the first field in which the two differ; empty if they
// agree.
func (m *Material) Differs(from *Material) string {
	for _, f := range materialFields {
		if !f.equal(m, from) {
			return f.name
		}
	}
	return ""
}

// Material returns the material fields of a record.
func (v *Violation) Material() Material {
	return Material{
		PeriodFrom: v.PeriodFrom, PeriodTo: v.PeriodTo, CentreID: v.CentreID, Group: v.Group, ObligationIDs: v.ObligationIDs,
		LegalBasis: v.LegalBasis, Basis: v.Basis, Shortfall: v.Shortfall, Caveats: v.Caveats, Settled: v.Settled,
	}
}
