package duty

import (
	"cmp"
	"slices"
)

// requiredLogs returns the logs that must be proven at a place for a unit of a
// date (settle.required, LIF-02, DAT-06, REL-12, RD-39, RD-40). police is set for a REPORT whose decision
// names the police.
func (p *Policy) requiredLogs(place string, kind Kind, d Date, police bool) []LogType {
	for i := range p.Settle {
		r := &p.Settle[i]
		if d < r.From || d > r.To || r.CentreID != "" && r.CentreID != place || r.Kind != KindUnknown && r.Kind != kind {
			continue
		}
		station := r.CentreID == "" && p.policeStation(place)
		return slices.DeleteFunc(slices.Clone(r.Logs), func(l LogType) bool {
			if l == LogTypePoliceLog {
				return kind != KindReport || !police
			}
			return station
		})
	}
	return nil
}

// RequiredLogs returns the logs that must be proven at a place for some unit of a date, in the order of
// their symbols: whatever the duty, but those that only the police keep (settle.required).
func (p *Policy) RequiredLogs(place string, d Date) []LogType {
	var out []LogType
	for _, k := range []Kind{KindStay, KindNotify, KindReport} {
		for _, log := range p.requiredLogs(place, k, d, false) {
			if !slices.Contains(out, log) {
				out = append(out, log)
			}
		}
	}
	slices.Sort(out)
	return out
}

// policeStation reports whether a place of the register is one (RD-46).
func (p *Policy) policeStation(id string) bool {
	c := p.centre(id)
	return c != nil && c.Kind == PlacePoliceStation
}

// proof decides whether a would-be record may be told: the manual logs of its centres must be
// proven, and nothing may hold it (LIF-02, contract §1, §5).
type proof struct {
	court   *court
	centres *Centres
	src     *source
	// watch is what the watch says; nil if there is none.
	watch *Watched
	f     *finding
	kind  Kind
	date  Date // of the unit
	par   *Params
	grace Instant // emit.grace
	// lens is the one that the finding was made through.
	lens lens
	// keys are the logs and dates to be proven, and how far.
	keys []proofKey
}

// proofKey is a log and date to be proven, up to an instant.
type proofKey struct {
	settlementKey
	to Instant
}

// proof asks for the proof of a finding made with all facts.
func (c *court) proof(f *finding, k Kind, d Date, par *Params) *proof {
	return c.proofThrough(c.lens(), f, k, d, par)
}

// proofThrough asks for the proof of a finding made through a lens.
func (c *court) proofThrough(l lens, f *finding, k Kind, d Date, par *Params) *proof {
	p := &proof{court: c, centres: c.in.Centres, src: c.src, watch: c.watch, f: f, kind: k, date: d, par: par, lens: l}
	for _, centre := range f.centres {
		for _, log := range c.src.policy.requiredLogs(centre, k, d, f.police) {
			for _, n := range f.needs {
				p.keys = append(p.keys, proofKey{settlementKey{centre, n.date, log}, n.to})
			}
		}
	}
	p.grace = par.EmitGrace.Or(defaultGrace(len(p.keys) > 0))
	if p.watch != nil && p.watch.supervises(f.centres, f.due) {
		p.grace = max(p.grace, Instant(par.HeartbeatMissed)*par.HeartbeatInterval)
	}
	return p
}

// graceWithoutMarkers is emit.grace if the policy does not set it and no marker is required
// (contract §5).
const graceWithoutMarkers = 15 * Minute

// defaultGrace returns emit.grace if the policy does not set it (contract §5).
func defaultGrace(markersRequired bool) Instant {
	if markersRequired {
		return 0
	}
	return graceWithoutMarkers
}

// settled reports whether every required log is proven by the markers known at
// t and not after limit.
func (p *proof) settled(t, limit Instant) bool {
	for _, k := range p.keys {
		if p.centres.reach(k.settlementKey, t, limit) < k.to {
			return false
		}
	}
	return true
}

// held reports whether a bad record held the unit at t (contract §1).
func (p *proof) held(t Instant) bool { return len(p.holding(t)) > 0 }

// holding returns the blocks that held the unit at t.
func (p *proof) holding(t Instant) []*block {
	var out []*block
	for i := range p.src.blocks {
		if b := &p.src.blocks[i]; b.stands(t, p.f.due) {
			out = append(out, b)
		}
	}
	for i := range p.centres.blocks {
		b := &p.centres.blocks[i]
		if b.speaksOf(p.f.centres) && b.stands(t, p.f.due) {
			out = append(out, b)
		}
	}
	return out
}

// unwatched reports whether at t a heartbeat was known from which on silence would have to be
// proven; without a watch nothing proves it, so the unit is provisional.
func (p *proof) unwatched(t Instant) bool {
	for _, centre := range p.f.centres {
		if first := p.centres.unwatched(p.src.policy, centre, t); first.OK && p.f.due > first.V {
			return true
		}
	}
	return false
}

// provenAt reports whether the unit had its proof at t (contract §5).
func (p *proof) provenAt(t Instant) bool {
	return t >= p.f.due+p.grace && p.settled(t, t) && !p.held(t) && !p.unwatched(t) && !p.uncoveredThen(t)
}

// had reports whether the unit had its proof at some instant from its due instant on and before
// until, whether or not anybody looked then (contract §5).
func (p *proof) had(until Instant) bool {
	for _, t := range p.turns(until) {
		if p.provenAt(t) {
			return true
		}
	}
	return false
}

// turns returns the instants before until at which the proof can appear: the due instant plus
// grace, and whenever a marker or the end of a block becomes known, or a feed may come to cover
// what the unit rested on.
func (p *proof) turns(until Instant) []Instant {
	from := p.f.due + p.grace
	out := []Instant{from}
	for _, k := range p.keys {
		for _, v := range p.centres.settlements[k.settlementKey] {
			for _, m := range v {
				out = append(out, m.At)
			}
		}
	}
	for i := range p.src.blocks {
		out = append(out, p.src.blocks[i].ends()...)
	}
	for i := range p.centres.blocks {
		out = append(out, p.centres.blocks[i].ends()...)
	}
	out = append(out, p.coverageTurns(until)...)
	slices.SortFunc(out, func(a, b Instant) int { return cmp.Compare(a, b) })
	return slices.DeleteFunc(slices.Compact(out), func(t Instant) bool { return t < from || t >= until })
}

// lacking reports whether the unit must wait for a feed: some feed has not told everything that it
// rests on, and it never had its proof; if it had, only the due instant counts, and what is lost of
// that weakens it (W-48 to W-51).
func (p *proof) lacking(now Instant) bool {
	return p.uncovered(now, p.f.rests()) && !p.had(now)
}

// coveredLate reports whether the feeds told everything that the unit rests on only by heartbeats
// that were late for it (W-53). If it had its proof before, only the due instant counts.
func (p *proof) coveredLate(now Instant) bool {
	limit := p.f.due + p.par.LateAccusation
	if now <= limit || !p.uncovered(limit, p.f.rests()) {
		return false
	}
	return p.uncovered(limit, p.f.due) || !p.had(limit+1)
}

// ruling is what proof decides about a would-be record.
type ruling struct {
	outcome Outcome
	caveats []string
	rule    string // the rule that decided; empty where it is told as it is
	settled bool   // the required logs are proven (contract §5)
}

// rule decides at clock now what a would-be record may be: told as it is, kept
// back, or told for review only (LIF-02, contract §1, §5).
func (p *proof) rule(now Instant) ruling {
	s := ruling{outcome: p.f.outcome, settled: p.settled(now, now)}
	blocks := p.holding(now)
	switch {
	case p.f.misplaced:
		s.outcome, s.rule = OutcomeProvisional, "RD-46"
	case p.unwatched(now), p.lacking(now):
		s.outcome, s.rule = OutcomeProvisional, "REL-06"
	case len(blocks) > 0:
		since := Forever
		for _, b := range blocks {
			since = min(since, b.known)
		}
		if p.had(since) {
			s.outcome, s.caveats, s.rule = OutcomeNeedsReview, []string{"RECONSTRUCTED"}, "INC-06"
			if !s.settled || p.uncovered(now, p.f.due) {
				s.caveats = append(s.caveats, "UNSETTLED")
			}
			return s
		}
		s.outcome, s.rule = OutcomeProvisional, "INC-07"
	case p.uncovered(now, p.f.due): // it had its proof, which is lost (W-51)
		s.outcome, s.caveats, s.rule = OutcomeNeedsReview, []string{"UNSETTLED"}, "REL-06"
	case s.settled:
		limit := p.f.due + p.par.SettleMaxWait
		switch {
		case s.outcome != OutcomeIndicated:
		case !p.settled(now, limit):
			s.outcome, s.caveats, s.rule = OutcomeNeedsReview, []string{"LATE_DATA"}, "LIF-02"
		case p.coveredLate(now):
			s.outcome, s.caveats, s.rule = OutcomeNeedsReview, []string{"LATE_DATA"}, "REL-06"
		}
	case now >= p.f.due+p.par.SettleMaxWait || p.had(now):
		s.outcome, s.caveats, s.rule = OutcomeNeedsReview, []string{"UNSETTLED"}, "LIF-02"
	default:
		s.outcome, s.rule = OutcomeProvisional, "LIF-02"
	}
	return s
}
