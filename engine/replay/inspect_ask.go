package replay

import (
	"slices"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/watch"
)

// inspector keeps what is needed to ask the core again with more facts.
type inspector struct {
	run *run
	// centres are the facts of the centres, pairs the inconsistent pairs of all persons at the as-of.
	centres *duty.CentreFacts
	pairs   pairsAt
	// moment is the as-of.
	moment Moment
	// heard is what devices and feeds gave by the as-of, once somebody asked.
	heard map[*duty.Policy]*watch.Heard
}

// Quick is With without the watch looking again: what it gives is exact only where the fact does not
// matter to the watch. Where many heartbeats are known it costs a small part of With.
func (x *Inspection) Quick(record any) (duty.Input, bool) { return x.with(record, false) }

// With returns the input of the core at the as-of as it would be with one more fact, given as a pointer to
// its record and known at the as-of. The watch looks again where the fact may matter to it. It returns
// false for a record that is no fact.
func (x *Inspection) With(record any) (duty.Input, bool) { return x.with(record, true) }

func (x *Inspection) with(record any, look bool) (duty.Input, bool) {
	a := x.ask
	in := a.moment.Input
	facts, centres := *in.Person, *a.centres
	clip(&facts, &centres)
	switch {
	case casefile.File(&facts, record, a.moment.At, duty.None[duty.Position]()):
		in.Person = &facts
		if look && a.movesWatch(&in, record) {
			in.Centres = a.watched(a.run.centreFacts, &in, record)
		}
		return in, true
	case casefile.FileAtCentre(&centres, record, a.moment.At, duty.None[duty.Position]()):
		all := duty.NewCentres(centres)
		if look {
			in.Centres = a.watched(all, &in, record)
		} else {
			in.Centres = all.WithWatch(a.moment.Input.Centres.Watch())
		}
		return in, true
	}
	return in, false
}

// clip makes appending to the lists copy them.
func clip(f *duty.Facts, c *duty.CentreFacts) {
	f.CardEvents, f.ManualEntries = slices.Clip(f.CardEvents), slices.Clip(f.ManualEntries)
	f.Notices, f.Holds = slices.Clip(f.Notices), slices.Clip(f.Holds)
	f.ObligationChanges, f.Permissions = slices.Clip(f.ObligationChanges), slices.Clip(f.Permissions)
	f.DepartureAssessments, f.GroupChanges = slices.Clip(f.DepartureAssessments), slices.Clip(f.GroupChanges)
	f.Convictions, f.Handlings = slices.Clip(f.Convictions), slices.Clip(f.Handlings)
	f.IdentityLinks, f.CardAssignments = slices.Clip(f.IdentityLinks), slices.Clip(f.CardAssignments)
	f.Acknowledgements = slices.Clip(f.Acknowledgements)
	c.Incidents, c.Exclusions = slices.Clip(c.Incidents), slices.Clip(c.Exclusions)
	c.Settlements, c.Activations = slices.Clip(c.Settlements), slices.Clip(c.Activations)
	c.Heartbeats, c.Reconciliations = slices.Clip(c.Heartbeats), slices.Clip(c.Reconciliations)
	c.ControlActions = slices.Clip(c.ControlActions)
	c.ChangeMarks, c.SupervisionResults = slices.Clip(c.ChangeMarks), slices.Clip(c.SupervisionResults)
	c.Resolutions, c.ManualEntries = slices.Clip(c.Resolutions), slices.Clip(c.ManualEntries)
}

// movesWatch reports whether a fact of the person may change what the watch says: it is a row of a device
// that is counted, or the person's inconsistent pairs are others with it.
func (a *inspector) movesWatch(in *duty.Input, record any) bool {
	if _, ok := record.(*duty.CardEvent); ok && len(a.run.rows.rows) > 0 {
		return true
	}
	for _, active := range in.Policies {
		if !slices.Equal(a.pairsOf(in, active.Policy), a.pairsBefore(in.PersonID, active.Policy)) {
			return true
		}
	}
	return false
}

// pairsOf are the person's inconsistent pairs.
func (a *inspector) pairsOf(in *duty.Input, p *duty.Policy) []duty.Pair {
	plain := *in
	plain.Centres = a.run.centreFacts
	return duty.Pairs(plain, p, a.moment.At)
}

// pairsBefore are those without the fact.
func (a *inspector) pairsBefore(person string, p *duty.Policy) []duty.Pair {
	var out []duty.Pair
	for _, x := range a.pairs[p] {
		if x.Person == person {
			out = append(out, x.Pair)
		}
	}
	return out
}

// watched returns the centres with what the watch says of them and of the person with a further fact.
func (a *inspector) watched(c *duty.Centres, in *duty.Input, record any) *duty.Centres {
	says := map[*duty.Policy]*duty.Watched{}
	for _, active := range in.Policies {
		p := active.Policy
		rows := a.run.rows.at(p)
		if e, ok := record.(*duty.CardEvent); ok && duty.RowMakesSense(e) {
			rows = append(slices.Clip(rows), watch.RowOf(&duty.Known[duty.CardEvent]{Fact: *e, At: a.moment.At}))
		}
		w := watchOf(c, rows, p)
		pairs := slices.DeleteFunc(slices.Clone(a.pairs[p]), func(x watch.SeenPair) bool { return x.Person == in.PersonID })
		for _, pair := range a.pairsOf(in, p) {
			pairs = append(pairs, watch.SeenPair{Person: in.PersonID, Pair: pair})
		}
		_, says[p] = look(w, a.moment.At, pairs, w.Feeds())
	}
	return c.WithWatch(func(p *duty.Policy) *duty.Watched { return says[p] })
}

// CentreFacts returns the facts of the centres; they must not be changed.
func (x *Inspection) CentreFacts() *duty.CentreFacts { return x.ask.centres }

// Signs returns what devices and feeds of some centres gave over a span, under a policy, by what was known at
// the as-of.
func (x *Inspection) Signs(p *duty.Policy, centres []string, span duty.Span) []watch.Signs {
	a := x.ask
	h := a.heard[p]
	if h == nil {
		h = a.run.newWatch(p).Heard(a.moment.At)
		if a.heard == nil {
			a.heard = map[*duty.Policy]*watch.Heard{}
		}
		a.heard[p] = h
	}
	return h.Signs(centres, span)
}
