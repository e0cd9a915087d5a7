package replay

import (
	"cmp"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/recall"
	"tilsyn/engine/sanction"
)

// counts makes the case summaries of one person, as-of after as-of: once the
// person has one it keeps it (contract-case 7.7).
type counts struct {
	had bool
}

// at appends the line of the summary at one as-of, if there is one, and returns
// what about the convictions is worth knowing.
func (c *counts) at(b []byte, res *duty.Result, said *spoken,
	reference duty.Opt[duty.Instant]) ([]byte, []duty.DataQuality) {
	in := sanction.Case{
		PersonID: res.PersonID, At: res.At, Standing: res.Standing(),
		Units:     sanction.UnitsOf(res, said.list(), said.history),
		Reference: reference,
	}
	s := sanction.Summarise(in)
	c.had = c.had || sanction.HasSummary(in, &s)
	if c.had {
		b = appendAsOf(b, res.At, s.AppendCanonical)
	}
	return b, sanction.Quality(in)
}

// telling is a revision of a unit as far as counts and recalls need it.
type telling struct {
	revision int32
	sanction.Telling
	recall recall.Revision
}

// remember keeps what a revision told; of two with one number the one heard
// first, which are the same in every log that is sound.
func (s *spoken) remember(k unitKey, v *duty.Violation) {
	if s.told == nil {
		s.told = map[unitKey][]telling{}
	}
	t := telling{v.Revision, sanction.Telling{At: v.EvaluatedAt, Status: v.Status}, recall.RevisionOf(v)}
	at, found := slices.BinarySearchFunc(s.told[k], t, func(a, b telling) int {
		return cmp.Compare(a.revision, b.revision)
	})
	if !found {
		s.told[k] = slices.Insert(s.told[k], at, t)
	}
}

// history returns what was told of a unit, oldest first.
func (s *spoken) history(kind duty.Kind, date duty.Date) []sanction.Telling {
	var out []sanction.Telling
	for _, t := range s.told[unitKey{kind, date}] {
		out = append(out, t.Telling)
	}
	return out
}
