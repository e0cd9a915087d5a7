package oracle

import (
	"fmt"
	"slices"

	"tilsyn/engine/duty"
)

// Conflicts are the facts of which one version names several persons, as far as the
// person of the case is to be told: "fact since version". Whoever is named by the
// smallest form that names anybody is told, and nobody else.
func Conflicts(c *Case, t duty.Instant) []string {
	e := &evaluation{c: c, at: t, worlds: map[worldKey]*world{}, holds: map[*duty.Policy][]bad{}}
	k := e.active(t)
	ch := checker{k[len(k)-1].Policy}
	f := c.Person
	var out []string
	far := func(k duty.Known[duty.CardEvent]) bool { return tooFarAhead(&k) }
	inTime := slices.DeleteFunc(slices.Clone(f.CardEvents), far)
	out = append(out, conflicts(c, t, inTime, headCard, ch.card,
		func(x *duty.CardEvent) duty.Opt[string] { return x.PersonID })...)
	out = append(out, conflicts(c, t, f.ManualEntries, headEntry,
		ch.entry, func(x *duty.ManualEntry) duty.Opt[string] { return x.PersonID })...)
	out = append(out, conflicts(c, t, f.Notices, headNotice, ch.notice,
		func(x *duty.Notice) duty.Opt[string] { return duty.Some(x.PersonID) })...)
	out = append(out, conflicts(c, t, f.ObligationChanges, headDecision, ch.decision,
		func(x *duty.ObligationChange) duty.Opt[string] { return duty.Some(x.PersonID) })...)
	out = append(out, conflicts(c, t, f.GroupChanges, headGroup, ch.group,
		func(x *duty.GroupChange) duty.Opt[string] { return duty.Some(x.PersonID) })...)
	out = append(out, conflicts(c, t, f.Permissions, headPermission, ch.permission,
		func(x *duty.Permission) duty.Opt[string] { return duty.Some(x.PersonID) })...)
	out = append(out, conflicts(c, t, f.Holds, headHold, ch.hold,
		func(x *duty.Hold) duty.Opt[string] { return duty.Some(x.PersonID) })...)
	out = append(out, conflicts(c, t, f.DepartureAssessments, headDeparture, ch.departure,
		func(x *duty.DepartureAssessment) duty.Opt[string] { return duty.Some(x.PersonID) })...)
	out = append(out, conflicts(c, t, f.CardAssignments, headAssignment, ch.assignment,
		func(x *duty.CardAssignment) duty.Opt[string] { return duty.Some(x.PersonID) })...)
	return append(out, conflicts(c, t, f.IdentityLinks, headLink,
		ch.link, func(x *duty.IdentityLink) duty.Opt[string] { return duty.Some(x.PersonID) })...)
}

func conflicts[T any](c *Case, t duty.Instant, list []duty.Known[T], headOf func(*T) head, valid func(*T) bool,
	person func(*T) duty.Opt[string]) []string {
	type form struct {
		text, person string
		known        duty.Instant
	}
	type version struct {
		fact   string
		number int64
	}
	var order []version
	forms := map[version][]form{}
	for i := range list {
		k := &list[i]
		if k.At > t || !valid(&k.Fact) {
			continue
		}
		h := headOf(&k.Fact)
		v := version{h.identity, h.version}
		if len(forms[v]) == 0 {
			order = append(order, v)
		}
		forms[v] = append(forms[v], form{canonical(k.Fact), person(&k.Fact).Or(""), k.At})
	}
	var out []string
	for _, v := range order {
		several, least := false, form{}
		for _, f := range forms[v] {
			several = several || f.person != forms[v][0].person
			if f.person != "" && (least.person == "" || f.text < least.text || f.text == least.text && f.known < least.known) {
				least = f
			}
		}
		if several && least.person == c.PersonID {
			out = append(out, fmt.Sprintf("%s %s %d", v.fact, least.known, v.number))
		}
	}
	return out
}
