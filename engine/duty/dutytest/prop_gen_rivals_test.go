package dutytest

import (
	"slices"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/duty/internal/oracle"
	"tilsyn/engine/stream/seeds"
)

// rivals give facts a second form in the same version, mostly under another person:
// the smallest form counts, whomever it names (contract §1).
func (g *gen) rivals() {
	if !g.chance(15) {
		return
	}
	f := &g.c.facts
	rival(g, &f.CardEvents, func(v *duty.CardEvent, person string) {
		v.PersonID = duty.Some(person)
		if g.chance(10) {
			v.PersonID.OK, v.PersonID.V = false, ""
		}
		if g.chance(20) {
			v.CardID = pick(g, "another", "bio", "zoo")
		}
	}, func(v *duty.CardEvent) *bool { return &v.Retracted })
	if k := rival(g, &f.ManualEntries, func(v *duty.ManualEntry, person string) { v.PersonID = duty.Some(person) },
		func(v *duty.ManualEntry) *bool { return &v.Retracted }); k != nil {
		list := &g.c.centres.ManualEntries
		if slices.ContainsFunc(*list, func(o duty.Known[duty.ManualEntry]) bool { return o.Fact.ID == k.Fact.ID }) {
			*list = append(*list, *k)
		}
	}
	rival(g, &f.Notices, func(v *duty.Notice, person string) { v.PersonID = person },
		func(v *duty.Notice) *bool { return &v.Retracted })
	rival(g, &f.ObligationChanges, func(v *duty.ObligationChange, person string) {
		v.PersonID = person
		if g.chance(20) {
			v.Action = pick(g, duty.ActionImpose, duty.ActionAmend, duty.ActionCorrect, duty.ActionAnnul)
		}
	}, func(v *duty.ObligationChange) *bool { return &v.Retracted })
	rival(g, &f.GroupChanges, func(v *duty.GroupChange, person string) { v.PersonID = person },
		func(v *duty.GroupChange) *bool { return &v.Retracted })
	rival(g, &f.Permissions, func(v *duty.Permission, person string) {
		v.PersonID = person
		v.Status = pick(g, v.Status, duty.PermissionStatusGranted, duty.PermissionStatusRevoked, duty.PermissionStatusPending)
	}, func(v *duty.Permission) *bool { return &v.Retracted })
	rival(g, &f.Holds, func(v *duty.Hold, person string) { v.PersonID = person },
		func(v *duty.Hold) *bool { return &v.Retracted })
	rival(g, &f.DepartureAssessments, func(v *duty.DepartureAssessment, person string) { v.PersonID = person },
		func(v *duty.DepartureAssessment) *bool { return &v.Retracted })
	rival(g, &f.CardAssignments, func(v *duty.CardAssignment, person string) { v.PersonID = person },
		func(v *duty.CardAssignment) *bool { return &v.Retracted })
	rival(g, &f.IdentityLinks, func(v *duty.IdentityLink, person string) {
		v.PersonID, v.AliasPersonID = pick(g, person, v.PersonID), "beta"
	},
		func(v *duty.IdentityLink) *bool { return &v.Retracted })
}

// rival adds such a form of one fact of a list, and returns it.
func rival[T any](g *gen, list *[]duty.Known[T], name func(v *T, person string),
	retracted func(*T) *bool) *duty.Known[T] {
	if len(*list) == 0 || !g.chance(40) {
		return nil
	}
	k := (*list)[g.r.IntN(len(*list))]
	name(&k.Fact, pick(g, "O", "O", "Q", "Q", "P", "alias"))
	if g.chance(20) {
		*retracted(&k.Fact) = !*retracted(&k.Fact)
	}
	if k.Pos = duty.None[duty.Position](); g.chance(60) {
		k.At = g.received(k.At + duty.Instant(g.r.IntN(100)-30)*duty.Hour)
	}
	*list = append(*list, k)
	return &k
}

// TestConflictsAreToldOnce: where one version names several persons, exactly one of them is told
// of the conflict. The oracle says who, and of what.
func TestConflictsAreToldOnce(t *testing.T) {
	told := 0
	forCases(t, 400, func(t *testing.T, seed uint64, g *gen) {
		for _, at := range g.clocks() {
			for _, person := range []string{"P", "Q", "O", "alias"} {
				c := *g.c
				c.person, c.from, c.to = person, duty.Some(g.d0), duty.Some(g.d0)
				in := c.core()
				res := duty.Evaluate(in, at)
				var got []string
				for _, q := range res.DataQuality {
					if q.Code == duty.DataQualityCodeConflictingFact && q.Subject != person {
						got = append(got, q.Subject+" "+q.From.String()+" "+q.Detail[1].Value)
					}
				}
				slices.Sort(got)
				want := oracle.Conflicts(c.oracle(), at)
				slices.Sort(want)
				if got = slices.Compact(got); !slices.Equal(got, slices.Compact(want)) {
					t.Errorf("seed %d: %s at %s: told %q, want %q\n%s", seed, person, clockText(at), got, want, c.describe())
				}
				told += len(got)
			}
		}
	})
	seeds.Expect(t, told > 0 || personWeeks(t, 400) < 400, "no version named several persons: nothing was compared")
}
