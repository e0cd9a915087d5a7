package duty

import (
	"cmp"
	"slices"
)

// block is a record that could not be read or makes no sense. While it stands, the units that it
// may concern are held (contract §1).
type block struct {
	topic string
	// key is the person or centre; empty means that every unit is held.
	key string
	id  string // of the record; empty where it cannot be read
	// known is when the bad record became known; Beginning if its time could not be read.
	known Instant
	// after is the lower bound: only units that fall due after it are held.
	after Instant
	pos   Opt[Position] // missing for facts from files
	// ofPerson is true for a row that names its person.
	ofPerson bool
	// released is when a readable record of the same key and id became known.
	released Instant
	// resolutions are those that name its place in the log.
	resolutions []versions[Resolution]
	// invalid is true if the record could be read; fault then says why it makes no sense.
	invalid bool
	fault   Fault
	// lost is true for a record that is no fact at all: it could not be read, or not be filed under
	// its key.
	lost bool
}

// BlockReach is how far before a bad record's timestamp its facts may lie, and so how far
// back units are held because of it (contract §1).
const BlockReach = 14 * Day

// invalidBlock returns the block of a fact that makes no sense. If even its known time is
// implausible, it may have been known at any time.
func invalidBlock(topic, key, id string, known Instant, fault Fault) block {
	b := block{topic: topic, key: key, id: id, known: Beginning, after: Beginning, released: Forever,
		invalid: true, fault: fault}
	if known.Plausible() {
		b.known, b.after = known, known-BlockReach
	}
	return b
}

// unreadableBlock returns the block of an unreadable record.
func unreadableBlock(u *Unreadable) block {
	b := block{topic: u.Topic, key: u.Key, id: u.ID, known: Beginning, after: Beginning, pos: u.Pos, released: Forever,
		lost: true, invalid: !u.Fault.None(), fault: u.Fault}
	if u.At.OK {
		b.known, b.after = u.At.V, u.At.V-BlockReach
	}
	return b
}

// stands reports whether at t the block held a unit that fell due at due.
func (b *block) stands(t, due Instant) bool {
	return due > b.after && b.open(t) && !b.holdsNobody()
}

// open reports whether at t the bad record was known and not yet settled.
func (b *block) open(t Instant) bool { return b.known <= t && !b.over(t) }

// holdsNobody reports whether nothing waits for the record. A handling changes no outcome
// (contract §2); if it has no key and cannot be read, nobody knows what else it may be. Heartbeats,
// reconciliations, change marks, supervision results, control actions and acknowledgements that
// cannot be used were not sent (W-56): what they would have shown is not shown. All are reported.
func (b *block) holdsNobody() bool {
	return b.topic == TopicHandlings && (b.key != "" || b.invalid) || Unsent(b.topic)
}

// Unsent reports whether a record of the topic that cannot be used counts as not sent: it holds no unit (W-56).
func Unsent(topic string) bool { return slices.Contains(unsent, topic) }

// unsent are the topics of records that count as not sent if they cannot be used.
var unsent = []string{
	TopicAcknowledgements, TopicChangeMarks, TopicControlActions, TopicHeartbeats, TopicReconciliations,
	TopicSupervisionResults,
}

// over reports whether by t a readable record had replaced the bad one, or a resolution had
// settled it.
func (b *block) over(t Instant) bool { return t >= b.released || b.resolved(t) }

// resolved reports whether a resolution in force at t settles the block.
func (b *block) resolved(t Instant) bool {
	for _, v := range b.resolutions {
		if k := at[Resolution](v, func(k *Known[Resolution]) bool { return k.At <= t }); k != nil && b.named(&k.Fact) {
			return true
		}
	}
	return false
}

// named reports whether a resolution names the block's place in the log.
func (b *block) named(r *Resolution) bool {
	return b.pos.OK && r.Topic == b.topic && r.Partition == b.pos.V.Partition && r.Offset == b.pos.V.Offset
}

// ends returns the instants at which the block may end.
func (b *block) ends() []Instant {
	out := []Instant{b.released}
	for _, v := range b.resolutions {
		out = knownTimes(out, v)
	}
	return out
}

// speaksOf reports whether a block of the centres may concern a unit of the given centres.
func (b *block) speaksOf(centres []string) bool { return b.key == "" || assigned(centres, b.key) }

// holders returns the blocks that hold a unit at a clock, keeping a would-be record back or
// weakening it, to show the officer why.
func (g *ground) holders(u *Unit, at Instant) []*block {
	if u.Outcome != OutcomeProvisional && !slices.Contains(g.f.caveats, "RECONSTRUCTED") {
		return nil
	}
	out := g.court.proof(&g.f, u.Kind, u.Date, g.par).holding(at)
	slices.SortFunc(out, (*block).compare)
	return slices.CompactFunc(out, func(a, b *block) bool { return a.compare(b) == 0 })
}

// compare orders bad records by when they were known and where they lie.
func (b *block) compare(o *block) int {
	return cmp.Or(cmp.Compare(b.known, o.known), cmp.Compare(b.topic, o.topic), comparePositions(b.pos, o.pos),
		cmp.Compare(b.id, o.id), cmp.Compare(btoi(b.invalid), btoi(o.invalid)))
}

// blockEvidence lists bad records among the evidence, with their place in the log, which a
// Resolution must name.
func blockEvidence(blocks []*block) []Evidence {
	var out []Evidence
	for _, b := range blocks {
		e := Evidence{Topic: b.topic, ID: ClipKey(b.id), Role: EvidenceRoleContext, At: b.known.Clamp(),
			ReceivedAt: b.known.Clamp()}
		if b.pos.OK {
			e.Partition, e.Offset = Some(b.pos.V.Partition), Some(b.pos.V.Offset)
		}
		out = append(out, e)
	}
	return out
}

// blockTimes returns when bad records that may concern the unit became known, and when their
// blocks may have ended.
func (g *ground) blockTimes() []Instant {
	var out []Instant
	add := func(b *block) { out = append(append(out, b.known), b.ends()...) }
	for i := range g.court.src.blocks {
		add(&g.court.src.blocks[i])
	}
	for i := range g.court.in.Centres.blocks {
		if b := &g.court.in.Centres.blocks[i]; b.speaksOf(g.f.centres) {
			add(b)
		}
	}
	return out
}

// addUnreadable adds the unreadable records, and finds for every block the readable record or the
// resolution that ends it.
func (c *Centres) addUnreadable(list []Unreadable) {
	for i := range list {
		c.blocks = append(c.blocks, unreadableBlock(&list[i]))
	}
	for i := range c.blocks {
		b := &c.blocks[i]
		c.resolve(b)
		if b.id == "" {
			continue
		}
		releaseBy(b, TopicIncidents, c.facts.Incidents, nameIncident)
		releaseBy(b, TopicExclusions, c.facts.Exclusions, nameExclusion)
		releaseBy(b, TopicSettlements, c.facts.Settlements, nameSettlement)
		releaseBy(b, TopicHeartbeats, c.facts.Heartbeats, func(v *Heartbeat) (string, string, Fault) {
			return v.ID, v.CentreID.Or(v.SourceID), v.fault()
		})
		releaseBy(b, TopicReconciliations, c.facts.Reconciliations,
			func(v *Reconciliation) (string, string, Fault) { return v.ID, b.key, v.fault() })
		releaseBy(b, TopicSupervisionResults, c.facts.SupervisionResults, nameSupervision)
		releaseBy(b, TopicControlActions, c.facts.ControlActions, nameAction)
		releaseBy(b, TopicManualEntries, c.facts.ManualEntries, nameEntry)
		releaseBy(b, TopicChangeMarks, c.facts.ChangeMarks, func(v *ChangeMark) (string, string, Fault) {
			return v.ID, v.System, Fault{}
		})
		releaseBy(b, TopicResolutions, c.facts.Resolutions, func(v *Resolution) (string, string, Fault) {
			return v.ID, b.key, Fault{}
		})
		releaseBy(b, TopicPolicies, c.facts.Activations, func(v *PolicyActivation) (string, string, Fault) {
			return v.ID, b.key, Fault{}
		})
	}
}

// releaseBy ends a block at the first sensible record of its topic, key and id that became known
// after it.
func releaseBy[T any](b *block, topic string, list []Known[T], name func(*T) (id, key string, fault Fault)) {
	if b.topic != topic {
		return
	}
	for i := range list {
		k := &list[i]
		id, key, fault := name(&k.Fact)
		if fault.None() && id == b.id && (b.key == "" || key == b.key) && k.At >= b.known {
			b.released = min(b.released, k.At)
		}
	}
}

// resolve finds the resolutions that name a block's place in the log.
func (c *Centres) resolve(b *block) {
	for _, v := range c.resolutions {
		for _, k := range v {
			if b.named(&k.Fact) {
				b.resolutions = append(b.resolutions, v)
				break
			}
		}
	}
}

// The following return the id and centre of a centre fact, and why it makes no sense.
func nameIncident(v *Incident) (string, string, Fault)     { return v.ID, v.CentreID, v.fault() }
func nameExclusion(v *Exclusion) (string, string, Fault)   { return v.ID, v.CentreID, v.fault() }
func nameSettlement(v *Settlement) (string, string, Fault) { return v.ID, v.CentreID, v.fault() }
func nameAction(v *ControlActionTaken) (string, string, Fault) {
	return v.ID, v.CentreID, v.fault()
}
func nameSupervision(v *SupervisionResult) (string, string, Fault) {
	return v.ID, v.CentreID, v.fault()
}
