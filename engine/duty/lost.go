package duty

import "cmp"

// A record that could not be read, or not be filed under its key, is reported in data quality
// under its key as long as it is open: until a readable record of the same topic, key and id is
// known, or a Resolution names its place (contract §1). One record has one line, whomever it
// holds: it is reported for the person or card of its key, or by the centres.

// Whose units a bad record may concern: the detail `scope` of its line. Records of topics that
// hold nobody have it too.
const (
	scopePerson = "PERSON" // the person or card of its key
	scopeCentre = "CENTRE" // the centre of its key
	scopeAll    = "ALL"    // anybody: its key is not usable
	scopeNone   = "NOBODY" // its key is no person's and of no centre that the register has
)

// LostOfCentres reports whether a line is about a bad record that belongs to no person: such lines
// are part of CentreQuality, not of a verdict.
func LostOfCentres(q *DataQuality) bool {
	for _, d := range q.Detail {
		if d.Name == "scope" {
			return d.Value != scopePerson
		}
	}
	return false
}

// line returns the line about a bad record, under its key, or else its id, or else its topic. It
// starts at the record's timestamp, or at the first instant that a fact may have.
func (b *block) line(scope string) DataQuality {
	code, detail := DataQualityCodeUnreadable, []Detail{{"topic", b.topic}}
	if b.invalid {
		code, detail = DataQualityCodeFactInvalid, b.fault.Details(b.topic)
	}
	subject := ClipKey(cmp.Or(b.key, b.id, b.topic, "unknown"))
	detail = append([]Detail{{"fact_id", ClipKey(b.id)}}, append(detail, Detail{"scope", scope})...)
	return newQuality(code, subject, b.known.Clamp(), None[Instant](), detail...)
}

// lostFacts reports the bad records under the person's own key, except those that the centres
// report. A card counts as a person here.
func (c *court) lostFacts() []DataQuality {
	var out []DataQuality
	for i := range c.src.blocks {
		if b := &c.src.blocks[i]; b.lost && b.key == c.in.PersonID && !b.ofCentre(c.policy.Policy) && b.open(c.at) {
			out = append(out, b.line(scopePerson))
		}
	}
	return out
}

// lostQuality reports the bad records that belong to no person.
func (c *Centres) lostQuality(p *Policy, now Instant) []DataQuality {
	var out []DataQuality
	for i := range c.blocks {
		b := &c.blocks[i]
		if !b.lost || MayBeOfCentre(b.topic) && b.key != "" && !b.ofCentre(p) || !b.open(now) {
			continue
		}
		scope := scopeNone
		switch {
		case b.key == "":
			scope = scopeAll
		case p.centre(b.key) != nil:
			scope = scopeCentre
		}
		out = append(out, b.line(scope))
	}
	return out
}

// ofCentre reports whether the key of an unreadable paper entry or Resolution is that of a centre, so that it
// may be anybody's there (RD-47). Under any other key it is a person's.
func (b *block) ofCentre(p *Policy) bool {
	return MayBeOfCentre(b.topic) && p.centre(b.key) != nil
}

// MayBeOfCentre reports whether an unreadable record of a topic may lie under a centre as well as under a person:
// paper, and a Resolution, whose key is that of the record which it names (contract §2).
func MayBeOfCentre(topic string) bool {
	return topic == TopicManualEntries || topic == TopicResolutions
}

// OpenLost returns the bad records under the person's own key that are open at a clock, with all
// facts of the input: neither sent again nor resolved.
func OpenLost(in Input, at Instant) []Unreadable {
	var p *Policy
	for i := range in.Policies {
		if in.Policies[i].From <= at {
			p = in.Policies[i].Policy
		}
	}
	if p == nil || len(in.Person.Unreadable) == 0 {
		return nil
	}
	s := newSource(in.PersonID, in.Person, in.Centres, p)
	for i := range s.blocks {
		in.Centres.resolve(&s.blocks[i])
	}
	return openLost(s.blocks, func(b *block) bool { return b.key == in.PersonID && b.open(at) })
}

// OpenLost returns the bad records that belong to no person and are open at a clock.
func (c *Centres) OpenLost(now Instant) []Unreadable {
	return openLost(c.blocks, func(b *block) bool { return b.open(now) })
}

func openLost(blocks []block, open func(*block) bool) []Unreadable {
	var out []Unreadable
	for i := range blocks {
		if b := &blocks[i]; b.lost && open(b) {
			out = append(out, Unreadable{Topic: b.topic, Key: b.key, ID: b.id, At: Some(b.known), Pos: b.pos, Fault: b.fault})
		}
	}
	return out
}
