package policy

import "tilsyn/engine/duty"

// Exclusion is one period of one centre whose data may not be used. Dates are
// whole local days, both inclusive (EXC-02).
type Exclusion struct {
	ID, Centre                     string
	From, To                       duty.Date
	Reason, DeclaredBy, ApprovedBy string
	// Declared is when it was declared; it counts as known from then on.
	Declared duty.Instant
	// Source is who says so.
	Source string
}

// published is the day of the notice on the breach: an earlier day on which
// the losses were known is not stated (EXC-01, contract §5).
func published() duty.Instant { return duty.DateOf(2021, 8, 26).Start() }

// builtinExclusions are the periods named in the published notice (EXC-01).
func builtinExclusions() []Exclusion {
	entry := func(centre string, from, to duty.Date) Exclusion {
		return Exclusion{
			ID: "EXC-01-" + centre + "-" + FormatDate(from), Centre: centre, From: from, To: to,
			Reason:     "partial loss of passage data",
			DeclaredBy: "notice of 26 August 2021", ApprovedBy: "decision of the Data Protection Agency of 10 August 2021",
			Declared: published(), Source: "003",
		}
	}
	june9, june10 := duty.DateOf(2020, 6, 9), duty.DateOf(2020, 6, 10)
	july2, july3, july17 := duty.DateOf(2020, 7, 2), duty.DateOf(2020, 7, 3), duty.DateOf(2020, 7, 17)
	return []Exclusion{
		entry("KH", june9, june10),
		entry("KH", july2, july3),
		entry("KH", july17, july17),
		entry("SJ", july2, july3),
		entry("SJ", july17, july17),
	}
}

func (e Exclusion) plain() duty.Known[duty.Exclusion] {
	return duty.Known[duty.Exclusion]{
		At: e.Declared,
		Fact: duty.Exclusion{
			ID: e.ID, Version: 1, ReceivedAt: e.Declared,
			ExclusionID: e.ID, CentreID: e.Centre, FromDate: e.From, ToDate: e.To,
			Status: duty.ExclusionStatusDeclared, Reason: e.Reason,
			DeclaredBy: e.DeclaredBy, ApprovedBy: e.ApprovedBy, DeclaredAt: e.Declared,
		},
	}
}
