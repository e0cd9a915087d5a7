package replay

import (
	"errors"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/replay/extsort"
)

// find looks for the person of the wanted unit, and says how many persons have facts.
func (r *run) find(w Wanted, at duty.Instant) (*Inspection, int, error) {
	first := map[string]duty.Date{} // of the decisions under a person's key
	persons, found, last := 0, false, ""
	var bad error
	err := eachPayload(r.persons, func(key []byte, p *payload) {
		if string(key) != last || persons == 0 {
			last = string(key)
			persons++
			found = found || last == w.PersonID
		}
		if w.UnitID == "" || !r.topics.is(p.code, duty.TopicObligationChanges) {
			return
		}
		v, err := r.topics.byCode[p.code].Decode(p.body)
		if err != nil {
			bad = err
			return
		}
		from := v.(*duty.ObligationChange).ValidFrom
		if known, ok := first[last]; from.Plausible() && (!ok || from.Date() < known) {
			first[last] = from.Date()
		}
	})
	if err := errors.Join(err, bad); err != nil {
		return nil, 0, err
	}
	if w.UnitID == "" {
		if !found && !r.links.linked(w.PersonID) {
			return nil, 0, &NoUnitError{Persons: persons}
		}
		return &Inspection{PersonID: w.PersonID, Kind: w.Kind, Date: w.Date}, persons, nil
	}
	if x := r.unitOf(w.UnitID, first, at); x != nil {
		return x, persons, nil
	}
	return nil, 0, &NoUnitError{Persons: persons, ByID: true}
}

// unitOf returns the unit of an id: an id cannot be read backwards, so those of all units that may be due
// are made. first says when decisions about a person begin.
func (r *run) unitOf(id string, first map[string]duty.Date, at duty.Instant) *Inspection {
	const quotaWeek = 7 // its unit may be dated as many days after the duty's end
	for person := range first {
		for _, member := range r.links.members(person) {
			for d := first[person] - 1; d <= at.Date()+quotaWeek; d++ {
				for _, k := range []duty.Kind{duty.KindStay, duty.KindNotify, duty.KindReport} {
					if duty.UnitID(k, d, member) == id {
						return &Inspection{PersonID: member, Kind: k, Date: d}
					}
				}
			}
		}
	}
	return nil
}

// How many moments are looked at: each asks the core for all persons, for the watch.
const (
	mostMoments  = 240
	leastMoments = 12
	mostVerdicts = 20_000
	// mostSigns bounds the records of centres, heartbeats above all, that are looked at in all.
	mostSigns = 10_000_000
)

// moments returns the clocks at which something that may matter to the unit became known, and those at
// which time alone may change it, up to the as-of.
func (r *run) moments(x *Inspection, persons int, at duty.Instant) ([]duty.Instant, error) {
	if r.opts.Said != "" {
		return []duty.Instant{at}, nil // what was told is known
	}
	var out []duty.Instant
	members := r.links.members(x.PersonID)
	err := eachPayload(r.persons, func(key []byte, p *payload) {
		if p.code != codeSaid && p.at.OK && slices.Contains(members, string(key)) {
			out = append(out, p.at.V)
		}
	})
	if err != nil {
		return nil, err
	}
	err = eachPayload(r.centres, func(_ []byte, p *payload) {
		if p.at.OK && !r.topics.is(p.code, duty.TopicHeartbeats) {
			out = append(out, p.at.V)
		}
	})
	if err != nil {
		return nil, err
	}
	for _, a := range duty.ActivePolicies(r.policies, r.activations, at) {
		out = append(out, a.From)
	}
	start, night, day := x.Date.Start(), (x.Date+1).Clock(6, 0), (x.Date + 1).Start()
	wait := r.policies[len(r.policies)-1].Policy.ParamsAt(x.Date).SettleMaxWait
	for _, due := range []duty.Instant{night, day} {
		for _, more := range []duty.Instant{0, 5 * duty.Minute, 15 * duty.Minute, wait, wait + 15*duty.Minute} {
			out = append(out, due+more)
		}
	}
	out = slices.DeleteFunc(out, func(t duty.Instant) bool { return t < start || t >= at })
	slices.Sort(out)
	out = slices.Compact(out)
	limit := max(leastMoments, min(mostMoments, mostVerdicts/max(1, persons), mostSigns/max(1, r.centres.Len())))
	x.Thinned = len(out) > limit
	return append(thin(out, night+2*duty.Day, limit), at), nil
}

// thin takes moments away until there are no more than a limit: first all but the last of each date after
// a time, then those in the middle.
func thin(list []duty.Instant, dense duty.Instant, limit int) []duty.Instant {
	if len(list) <= limit {
		return list
	}
	var out []duty.Instant
	for i, t := range list {
		if t <= dense || i+1 == len(list) || list[i+1].Date() != t.Date() {
			out = append(out, t)
		}
	}
	if len(out) > limit {
		out = slices.Concat(out[:limit/2], out[len(out)-(limit-limit/2):])
	}
	return out
}

// eachPayload gives every record of a sorter with its key.
func eachPayload(s *extsort.Sorter, f func(key []byte, p *payload)) error {
	it, err := s.Iter()
	if err != nil {
		return err
	}
	defer it.Close()
	for it.Next() {
		p, err := parsePayload(it.Value())
		if err != nil {
			return err
		}
		f(it.Key(), &p)
	}
	return it.Err()
}
