package oracle

import (
	"slices"
	"sort"

	"tilsyn/engine/duty"
)

const twoWeeks = 14 * duty.Day

// bad is a record that could not be used and holds units (contract §1).
type bad struct {
	topic, id string
	known     duty.Instant
	at        duty.Opt[duty.Instant]
	centre    string // empty: the person, or all units
	pos       duty.Opt[duty.Position]
	// named is a row that names its person.
	named    bool
	released duty.Instant
}

// badOnes collects what could not be read and what makes no sense.
func (w *world) badOnes() []bad {
	var out []bad
	good := map[string][]duty.Instant{}
	p, c := w.c.Person, &w.c.Centres
	scanBad(&out, good, duty.TopicCardEvents, p.CardEvents, headCard, w.check.card, nil)
	scanFar(&out, good, p.CardEvents)
	scanBad(&out, good, duty.TopicManualEntries, p.ManualEntries, headEntry, w.check.entry, nil)
	scanBad(&out, good, duty.TopicNotices, p.Notices, headNotice, w.check.notice, nil)
	scanBad(&out, good, duty.TopicObligationChanges, p.ObligationChanges, headDecision, w.check.decision, nil)
	scanBad(&out, good, duty.TopicGroupChanges, p.GroupChanges, headGroup, w.check.group, nil)
	scanBad(&out, good, duty.TopicPermissions, p.Permissions, headPermission, w.check.permission, nil)
	scanBad(&out, good, duty.TopicHolds, p.Holds, headHold, w.check.hold, nil)
	scanBad(&out, good, duty.TopicDepartureAssessments, p.DepartureAssessments, headDeparture, w.check.departure, nil)
	scanBad(&out, good, duty.TopicIdentityLinks, p.IdentityLinks, headLink, w.check.link, nil)
	scanBad(&out, good, duty.TopicCardAssignments, p.CardAssignments, headAssignment, w.check.assignment, nil)
	scanBad(&out, good, duty.TopicManualEntries, c.ManualEntries, headEntry, w.check.entry,
		func(f *duty.ManualEntry) string { return f.CentreID })
	scanBad(&out, good, duty.TopicIncidents, c.Incidents, headIncident, w.check.incident,
		func(f *duty.Incident) string { return f.CentreID })
	scanBad(&out, good, duty.TopicExclusions, c.Exclusions, headExclusion, w.check.exclusion,
		func(f *duty.Exclusion) string { return f.CentreID })
	scanBad(&out, good, duty.TopicSettlements, c.Settlements, headSettlement, w.check.settlement,
		func(f *duty.Settlement) string { return f.CentreID })
	for i := range out {
		if out[i].centre != "" && !w.check.centre(out[i].centre) {
			out[i].centre = "\x00" // a place that the register does not know: no unit
		}
	}
	for _, u := range p.Unreadable {
		if u.Topic != duty.TopicHandlings && w.mayConcern(u.Key) { // nothing waits for a handling
			out = append(out, unreadable(u, ""))
		}
	}
	for _, u := range c.Unreadable {
		if u.Key == "" || w.check.centre(u.Key) {
			out = append(out, unreadable(u, u.Key))
		}
	}
	w.nameThem(out)
	w.release(out, good)
	return out
}

func unreadable(u duty.Unreadable, centre string) bad {
	return bad{topic: u.Topic, id: u.ID, known: u.At.Or(duty.Beginning), at: u.At, centre: centre, pos: u.Pos}
}

// scanFar is scanBad for rows that make sense but for lying more than a day ahead.
func scanFar(out *[]bad, good map[string][]duty.Instant, list []duty.Known[duty.CardEvent]) {
	for i := range list {
		k := &list[i]
		if !tooFarAhead(k) {
			continue
		}
		name := duty.TopicCardEvents + "\x00" + k.Fact.ID
		before := len(good[name])
		good[name] = slices.DeleteFunc(good[name], func(t duty.Instant) bool { return t == k.At })
		if len(good[name]) == before {
			continue // it made no sense anyway
		}
		*out = append(*out, bad{
			topic: duty.TopicCardEvents, id: k.Fact.ID, known: k.At, at: duty.Some(k.At), pos: k.Pos,
		})
	}
}

func scanBad[T any](out *[]bad, good map[string][]duty.Instant, topic string, list []duty.Known[T],
	headOf func(*T) head, ok func(*T) bool, centre func(*T) string) {
	for i := range list {
		k := &list[i]
		h := headOf(&k.Fact)
		if ok(&k.Fact) {
			good[topic+"\x00"+h.id] = append(good[topic+"\x00"+h.id], k.At)
			continue
		}
		b := bad{topic: topic, id: h.id, known: duty.Beginning, pos: k.Pos}
		if times(k.At) {
			b.known, b.at = k.At, duty.Some(k.At)
		}
		if centre != nil {
			b.centre = centre(&k.Fact)
			if !names(b.centre) {
				b.centre = "" // no usable centre: every unit
			}
		}
		*out = append(*out, b)
	}
}

// mayConcern is false for a key that is known to be another person.
func (w *world) mayConcern(key string) bool {
	for _, k := range w.c.Person.IdentityLinks {
		if (k.Fact.PersonID == key || k.Fact.AliasPersonID == key) && !w.mine(key) {
			return false
		}
	}
	return true
}

// release finds when a hold ended: a readable record with the same id arrives,
// or somebody publishes a Resolution.
func (w *world) release(list []bad, good map[string][]duty.Instant) {
	resolved := current(w.c.Centres.Resolutions, headResolution,
		func(k *duty.Known[duty.Resolution]) bool { return k.At <= w.at })
	for i := range list {
		b := &list[i]
		b.released = duty.Forever
		if b.id != "" {
			for _, t := range good[b.topic+"\x00"+b.id] {
				if t >= b.known && !(b.named && w.byNobody(b.id, t)) {
					b.released = min(b.released, t)
				}
			}
		}
		for _, r := range resolved {
			if b.pos.OK && r.Fact.Topic == b.topic && r.Fact.Partition == b.pos.V.Partition && r.Fact.Offset == b.pos.V.Offset {
				b.released = min(b.released, r.At)
			}
		}
	}
}

// standing are the holds that stand over a unit at t.
func standing(list []bad, v *verdict, t duty.Instant) []bad {
	var out []bad
	for _, b := range list {
		if b.known > t || b.released <= t || (b.at.OK && v.due <= b.at.V-twoWeeks) {
			continue
		}
		if b.centre == "" || has(v.centres, b.centre) {
			out = append(out, b)
		}
	}
	return out
}

// requiredLogs are the logs of a place that must be proven for a unit: those of
// the first rule that fits place, duty and date. POLICE_LOG is asked for only of
// a REPORT whose decision names the police (RD-39), and nothing else of a police
// station unless a rule names that station (RD-40).
func (w *world) requiredLogs(v *verdict, centre string) []duty.LogType {
	for i := range w.pol.Settle {
		s := &w.pol.Settle[i]
		if (s.CentreID != "" && s.CentreID != centre) || (s.Kind != duty.KindUnknown && s.Kind != v.kind) ||
			v.date < s.From || v.date > s.To {
			continue
		}
		var out []duty.LogType
		for _, log := range s.Logs {
			if log == duty.LogTypePoliceLog {
				if !v.police {
					continue
				}
			} else if w.policeStation(centre) && s.CentreID == "" {
				continue
			}
			out = append(out, log)
		}
		return out
	}
	return nil
}

// proven reports whether the markers prove every required log of the unit.
func (w *world) proven(v *verdict, markers []duty.Known[duty.Settlement]) bool {
	for _, c := range v.centres {
		for _, log := range w.requiredLogs(v, c) {
			for d := dateOf(v.from); d <= dateOf(v.to-1); d++ {
				if !reaches(markers, c, d, log, min(v.to, at(d+1, 0))) {
					return false
				}
			}
		}
	}
	return true
}

func (w *world) required(v *verdict) bool {
	for _, c := range v.centres {
		if len(w.requiredLogs(v, c)) > 0 {
			return true
		}
	}
	return false
}

// reaches: a marker proves nothing beyond min(through or the end of its date,
// the time it was known).
func reaches(markers []duty.Known[duty.Settlement], centre string, d duty.Date, log duty.LogType, t duty.Instant) bool {
	for i := range markers {
		m := &markers[i].Fact
		if m.CentreID != centre || m.LocalDate != d || m.LogType != log || !m.Complete {
			continue
		}
		end := at(d+1, 0)
		if min(m.Through.Or(end), end, markers[i].At) >= t {
			return true
		}
	}
	return false
}

func (w *world) grace(v *verdict) duty.Instant {
	if w.c.Automatic != nil && w.supervised(v) {
		return max(w.asked(v), duty.Instant(w.par.HeartbeatMissed)*w.par.HeartbeatInterval)
	}
	return w.asked(v)
}

// asked is emit.grace.
func (w *world) asked(v *verdict) duty.Instant {
	if w.par.EmitGrace.OK {
		return w.par.EmitGrace.V
	}
	if w.required(v) {
		return 0
	}
	return 15 * duty.Minute
}

// hadProof reports whether at some instant from due + grace on, up to and
// before the limits given, the markers known then proved everything and no
// hold stood against the unit (contract §5).
func (w *world) hadProof(v *verdict, holds []bad, before duty.Instant) bool {
	start := v.due + w.grace(v)
	instants := []duty.Instant{start}
	mine := w.markersAbout(v)
	for i := range mine {
		instants = append(instants, mine[i].At)
	}
	for i := range holds {
		instants = append(instants, holds[i].known, holds[i].released)
	}
	if w.c.Automatic != nil {
		instants = append(instants, w.turnsOf()...)
	}
	sort.Slice(instants, func(i, j int) bool { return instants[i] < instants[j] })
	for i, t := range instants {
		if i > 0 && t == instants[i-1] {
			continue
		}
		if t < start || t > w.at || t >= before || len(standing(holds, v, t)) > 0 {
			continue
		}
		markers := current(mine, headSettlement, func(k *duty.Known[duty.Settlement]) bool {
			return k.At <= t && w.check.settlement(&k.Fact) && w.keepMarker(k.At)
		})
		if w.proven(v, markers) && (w.c.Automatic == nil || !w.behind(v, t, v.due) && !w.behind(v, t, w.restedOn(v, t))) {
			return true
		}
	}
	return false
}

// markersAbout are all versions of the markers that ever spoke of a date and
// centre of the unit; the others cannot matter.
func (w *world) markersAbout(v *verdict) []duty.Known[duty.Settlement] {
	ids := map[string]bool{}
	all := w.c.Centres.Settlements
	for i := range all {
		m := &all[i].Fact
		if has(v.centres, m.CentreID) && m.LocalDate >= dateOf(v.from) && m.LocalDate <= dateOf(v.to-1) {
			ids[m.ID] = true
		}
	}
	var out []duty.Known[duty.Settlement]
	for i := range all {
		if ids[all[i].Fact.ID] {
			out = append(out, all[i])
		}
	}
	return out
}

// rule turns a would-be record into what may be said of it (LIF-02).
func (w *world) rule(v *verdict, holds []bad) {
	v.settled = w.proven(v, w.markers)
	if !v.candidate() {
		return
	}
	if w.at < v.instant+w.grace(v) {
		v.pending = true
	}
	if w.c.Provisional || w.watchMissing(v) || v.misplaced || w.waits(v, holds) {
		v.outcome = duty.OutcomeProvisional
		return
	}
	if list := standing(holds, v, w.at); len(list) > 0 {
		first := duty.Forever
		for _, b := range list {
			first = min(first, b.known)
		}
		if !w.hadProof(v, holds, first) {
			v.outcome = duty.OutcomeProvisional
			return
		}
		v.q.cap("RECONSTRUCTED")
	}
	if w.c.Automatic != nil && w.behind(v, w.at, v.due) {
		v.q.cap("UNSETTLED") // it had its proof, which is lost
	}
	if !v.settled {
		if w.at-v.due < w.par.SettleMaxWait && !w.hadProof(v, holds, duty.Forever) {
			v.outcome = duty.OutcomeProvisional
			return
		}
		v.q.cap("UNSETTLED")
	}
	if v.q.capped {
		v.outcome = duty.OutcomeNeedsReview
	}
}

// watchMissing: a centre of which a heartbeat is known, while there is no watch.
func (w *world) watchMissing(v *verdict) bool {
	if w.c.Automatic != nil {
		return false
	}
	for i := range w.beats {
		b := &w.beats[i]
		if v.due <= b.At {
			continue
		}
		d := w.check.deviceOf(b)
		if b.CentreID.OK && has(v.centres, b.CentreID.V) || !b.CentreID.OK && d == nil ||
			d != nil && has(v.centres, d.CentreID) {
			return true
		}
	}
	return false
}

// lifted is EXC-06: an exclusion in force over the unit at its due instant or after no longer is at
// T. A unit of several slots is one from the first to the last.
func (w *world) lifted(v *verdict) bool {
	all := w.allExclusions()
	instants := []duty.Instant{v.due}
	for i := range all {
		instants = append(instants, all[i].At)
	}
	now := w.covering(v, all, w.at)
	for _, t := range instants {
		if t < v.due || t > w.at {
			continue
		}
		for id := range w.covering(v, all, t) {
			if !now[id] {
				return true
			}
		}
	}
	return false
}

// covering are the exclusions that the versions known at t put over the unit.
func (w *world) covering(v *verdict, all []duty.Known[duty.Exclusion], t duty.Instant) map[string]bool {
	out := map[string]bool{}
	for _, k := range current(all, headExclusion, func(k *duty.Known[duty.Exclusion]) bool {
		return k.At <= t && w.check.exclusion(&k.Fact)
	}) {
		x := &k.Fact
		if x.Status == duty.ExclusionStatusDeclared && has(v.centres, x.CentreID) &&
			at(x.FromDate, 0) < v.to && at(x.ToDate+1, 0) > v.from {
			out[x.ExclusionID] = true
		}
	}
	return out
}
