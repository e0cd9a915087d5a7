package duty

import "slices"

// versions are all versions of one fact, newest first (see byVersion).
type versions[T any] []*Known[T]

// at returns the version that counts among those that keep admits; nil if there is none or it is
// retracted (contract §1).
func at[T any, P factPtr[T]](v versions[T], keep func(*Known[T]) bool) *Known[T] {
	for _, k := range v {
		if !keep(k) {
			continue
		}
		if _, _, retracted := P(&k.Fact).head(); retracted {
			return nil
		}
		return k
	}
	return nil
}

// byFact splits versions sorted by byVersion into one slice per fact.
func byFact[T any, P factPtr[T]](list []Known[T]) []versions[T] {
	sorted := byVersion[T, P](list)
	var out []versions[T]
	from := 0
	for i := range sorted {
		if i+1 < len(sorted) {
			a, _, _ := P(&sorted[i].Fact).head()
			b, _, _ := P(&sorted[i+1].Fact).head()
			if a == b {
				continue
			}
		}
		out = append(out, sorted[from:i+1])
		from = i + 1
	}
	return out
}

// settlementKey identifies the log that a settlement marker is about.
type settlementKey struct {
	centre string
	date   Date
	log    LogType
}

// Centres is CentreFacts prepared for evaluating many persons. It is immutable and may be shared.
type Centres struct {
	incidents   map[string][]versions[Incident]  // by centre
	exclusions  map[string][]versions[Exclusion] // by centre
	settlements map[settlementKey][]versions[Settlement]
	supervision map[string][]versions[SupervisionResult] // by centre
	heartbeats  []versions[Heartbeat]
	// all are the facts in order of their identities.
	all struct {
		incidents   []versions[Incident]
		exclusions  []versions[Exclusion]
		settlements []versions[Settlement]
		supervision []versions[SupervisionResult]
		actions     []versions[ControlActionTaken]
	}
	resolutions []versions[Resolution]
	// unnamed are the paper entries that have a version without a person; paper has the same ones by
	// centre (RD-47).
	unnamed []versions[ManualEntry]
	paper   map[string][]versions[ManualEntry]
	blocks  []block // bad records under a centre's key, or under none
	facts   CentreFacts
	// known are the times at which incidents and exclusions became known.
	known []Instant
	// pending and excluded give, by centre, the spans over which incidents and exclusions can affect
	// where persons are.
	pending, excluded map[string]*calm
	// watch says what the watch says under a policy; nil if there is no watch.
	watch func(*Policy) *Watched
}

// NewCentres prepares centre facts. Automatic incidents are left out: they are derived anew and
// never taken from the input (contract §4).
func NewCentres(f CentreFacts) *Centres {
	c := &Centres{
		incidents:   map[string][]versions[Incident]{},
		exclusions:  map[string][]versions[Exclusion]{},
		settlements: map[settlementKey][]versions[Settlement]{},
		supervision: map[string][]versions[SupervisionResult]{},
		facts:       f,
	}
	c.resolutions = byFact[Resolution](f.Resolutions)
	c.heartbeats = byFact[Heartbeat](slices.DeleteFunc(slices.Clone(f.Heartbeats),
		func(k Known[Heartbeat]) bool { return !k.Fact.fault().None() }))
	c.all.incidents = byFact[Incident](sound(c, TopicIncidents, human(f.Incidents), nameIncident))
	c.all.exclusions = byFact[Exclusion](sound(c, TopicExclusions, f.Exclusions, nameExclusion))
	c.all.settlements = byFact[Settlement](sound(c, TopicSettlements, f.Settlements, nameSettlement))
	c.all.supervision = byFact[SupervisionResult](sound(c, TopicSupervisionResults, f.SupervisionResults, nameSupervision))
	c.all.actions = byFact[ControlActionTaken](sound(c, TopicControlActions, f.ControlActions, nameAction))
	index(c.incidents, c.all.incidents, func(v *Incident) string { return v.CentreID })
	index(c.exclusions, c.all.exclusions, func(v *Exclusion) string { return v.CentreID })
	index(c.settlements, c.all.settlements, func(v *Settlement) settlementKey {
		return settlementKey{v.CentreID, v.LocalDate, v.LogType}
	})
	index(c.supervision, c.all.supervision, func(v *SupervisionResult) string { return v.CentreID })
	c.addUnnamed(f.ManualEntries)
	c.addUnreadable(f.Unreadable)
	for i := range f.Incidents {
		if f.Incidents[i].Fact.Origin != OriginAutomatic {
			c.known = append(c.known, f.Incidents[i].At)
		}
	}
	for i := range f.Exclusions {
		c.known = append(c.known, f.Exclusions[i].At)
	}
	c.calms()
	return c
}

// index files the versions of each fact under every key that any of them names.
func index[K comparable, T any](m map[K][]versions[T], facts []versions[T], key func(*T) K) {
	for _, v := range facts {
		for i, k := range v {
			name := key(&k.Fact)
			repeated := false
			for _, earlier := range v[:i] {
				repeated = repeated || key(&earlier.Fact) == name
			}
			if !repeated {
				m[name] = append(m[name], v)
			}
		}
	}
}

// sound drops the facts that make no sense, and blocks their centre; if its key is unusable, all
// units (contract §1).
func sound[T any](c *Centres, topic string, list []Known[T],
	name func(*T) (id, centre string, fault Fault)) []Known[T] {
	var out []Known[T]
	for i := range list {
		k := &list[i]
		id, centre, fault := name(&k.Fact)
		if fault.None() {
			out = append(out, *k)
			continue
		}
		if !UsableKey(centre) {
			centre = ""
		}
		b := invalidBlock(topic, centre, id, k.At, fault)
		b.pos = k.Pos
		c.blocks = append(c.blocks, b)
	}
	return out
}

// human leaves out automatic incidents.
func human(list []Known[Incident]) []Known[Incident] {
	var out []Known[Incident]
	for i := range list {
		if list[i].Fact.Origin != OriginAutomatic {
			out = append(out, list[i])
		}
	}
	return out
}

// incidentsAt returns the incidents of a centre that count: those that people declared, sorted by
// identity, and then the automatic ones.
func (c *Centres) incidentsAt(centre string, l lens) []*Incident {
	var out []*Incident
	for _, v := range c.incidents[centre] {
		k := at[Incident](v, func(k *Known[Incident]) bool { return l.fact(k.At) })
		if k != nil && k.Fact.CentreID == centre && k.Fact.State == IncidentStateActive {
			out = append(out, &k.Fact)
		}
	}
	return append(out, l.auto.at(centre, l.at)...)
}

// span returns when the incident lasted. One that ended as it began counts for that instant, since
// it did happen.
func (v *Incident) span() Span { return Span{v.From, max(v.To.Or(Forever), v.From+1)} }

// span returns the whole local days that an exclusion covers (EXC-02).
func (v *Exclusion) span() Span { return dates(v.FromDate, v.ToDate) }

// exclusionsAt returns the exclusions of a centre that count, declared or lifted: those among the
// facts, and those of the policy (EXC-01).
func (c *Centres) exclusionsAt(centre string, p *Policy, l lens) []*Exclusion {
	out := make([]*Exclusion, 0, len(c.exclusions[centre])+len(p.Exclusions))
	for _, v := range c.exclusions[centre] {
		k := at[Exclusion](v, func(k *Known[Exclusion]) bool { return l.fact(k.At) })
		if k != nil && k.Fact.CentreID == centre {
			out = append(out, &k.Fact)
		}
	}
	for i := range p.Exclusions {
		if k := &p.Exclusions[i]; k.Fact.CentreID == centre && l.fact(k.At) {
			out = append(out, &k.Fact)
		}
	}
	return out
}

// reach returns how far a manual log is proven on its local date by the markers known at t and not
// after limit (contract §2); Beginning if it is not proven at all.
func (c *Centres) reach(key settlementKey, t, limit Instant) Instant {
	best := Beginning
	for _, v := range c.settlements[key] {
		k := at[Settlement](v, func(k *Known[Settlement]) bool { return k.At <= t && k.At <= limit })
		if k == nil || !k.Fact.Complete || k.Fact.CentreID != key.centre || k.Fact.LocalDate != key.date ||
			k.Fact.LogType != key.log {
			continue
		}
		end := (key.date + 1).Start()
		best = max(best, min(k.Fact.Through.Or(end), end, k.At))
	}
	return best
}
