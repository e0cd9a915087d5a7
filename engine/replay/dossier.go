package replay

import (
	"fmt"
	"slices"

	"tilsyn/engine/affected"
	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/recall"
)

// dossier is everything that the verdict on one person needs, still packed.
type dossier struct {
	person string
	// number counts the persons in order, from 0.
	number  int
	records [][]byte // payloads, in the order of the sorters
}

// verdict is what is written of one person.
type verdict struct {
	*lines
	quality                  []line
	observations, recalls    []line
	revisions, units, judged int64
	// traffic is what the registrations say of the devices, per as-of.
	traffic []duty.Traffic
	// pairs are what watchAll asks for, before anybody is judged, and named the centres that the facts name.
	pairs []foundPair
	named centreSet
	// share is what Affected asks for; res and told what Control does.
	share *affected.Share
	res   *duty.Result
	told  recall.Person
	// diffs are what PolicyDiff asks for.
	diffs []UnitDiff
	err   error
}

// lines are those of one person for outputs that need no sorting, per as-of.
type lines struct{ violations, outcomes, summaries [][]byte }

// newLines returns room for lines.
func (r *run) newLines() *lines {
	l, _ := r.lines.Get().(*lines)
	if l == nil {
		n := len(r.asOf)
		l = &lines{make([][]byte, n), make([][]byte, n), make([][]byte, n)}
	}
	for i := range r.asOf {
		l.violations[i], l.outcomes[i], l.summaries[i] = l.violations[i][:0], l.outcomes[i][:0], l.summaries[i][:0]
	}
	return l
}

// line is a line of an output that is sorted by key.
type line struct{ key, text []byte }

// unpacked is memory for the facts of one person.
type unpacked struct {
	facts duty.Facts
	// values are records that facts are read into, by the code of their topic; nil where none was needed yet.
	values []any
}

// open unpacks the facts and what was last said. The strings of the facts are parts of the records.
func (c *dossier) open(topics *topicTable) (*duty.Facts, *spoken, error) {
	u := &unpacked{}
	s, err := c.openInto(u, topics, nil)
	return &u.facts, s, err
}

// opened is open for facts of which nothing is used once done is called: their memory holds those of the next
// person. Only the topics that are wanted, by their codes, are unpacked; nil stands for everything.
func (r *run) opened(c *dossier, wanted []bool) (f *duty.Facts, s *spoken, done func(), err error) {
	u, _ := r.spare.Get().(*unpacked)
	if u == nil {
		u = &unpacked{}
	}
	casefile.Empty(&u.facts)
	s, err = c.openInto(u, r.topics, wanted)
	return &u.facts, s, func() { r.spare.Put(u) }, err
}

// openInto is open for facts whose memory is used again; they are empty. wanted is as in opened.
func (c *dossier) openInto(u *unpacked, topics *topicTable, wanted []bool) (*spoken, error) {
	f, s := &u.facts, &spoken{}
	if u.values == nil {
		u.values = make([]any, len(topics.byCode))
	}
	last := -1 // records of one topic lie side by side in the order of the sorter
	for i, raw := range c.records {
		p, _, err := parseBare(raw)
		if err != nil {
			return s, err
		}
		if wanted != nil && (int(p.code) >= len(wanted) || !wanted[p.code]) {
			continue
		}
		switch p.code {
		case codeUnreadable:
			if p, err = parsePayload(raw); err != nil {
				return s, err
			}
			f.Unreadable = append(f.Unreadable, p.unreadable())
			continue
		case codeSaid:
			v, err := decodeSaid(p.body)
			if err != nil {
				return s, err
			}
			s.hear(v)
			continue
		}
		topic := topics.byCode[p.code]
		if p.code == topics.rows { // most facts are rows
			if len(f.CardEvents) == cap(f.CardEvents) {
				f.CardEvents = slices.Grow(f.CardEvents, sideBySide(c.records[i:], p.code))
			}
			f.CardEvents = f.CardEvents[:len(f.CardEvents)+1]
			k := &f.CardEvents[len(f.CardEvents)-1]
			k.At, k.Pos = p.at.V, p.pos
			if err := topic.DecodeOwn(p.body, &k.Fact); err != nil {
				return s, err
			}
			continue
		}
		if u.values[p.code] == nil {
			u.values[p.code] = topic.New()
		}
		value := u.values[p.code]
		if last != int(p.code) {
			last = int(p.code)
			casefile.Room(f, value, sideBySide(c.records[i:], p.code))
		}
		if err := topic.DecodeOwn(p.body, value); err != nil {
			return s, err
		}
		casefile.File(f, value, p.at.V, p.pos)
	}
	return s, nil
}

// sideBySide returns how many records have a code before the first that has another.
func sideBySide(records [][]byte, code byte) int {
	for i, raw := range records {
		if len(raw) == 0 || raw[0] != code {
			return i
		}
	}
	return len(records)
}

// several reports whether two records or more have a code.
func (c *dossier) several(code byte) bool {
	n := 0
	for _, raw := range c.records {
		if len(raw) > 0 && raw[0] == code {
			if n++; n > 1 {
				return true
			}
		}
	}
	return false
}

// judge evaluates the person at every as-of in turn; what was said at one is
// known at the next.
func (r *run) judge(c *dossier) verdict {
	facts, said, done, err := r.opened(c, nil)
	defer done()
	if err != nil {
		return verdict{err: err}
	}
	v := verdict{lines: r.newLines()}
	var counts counts
	qualities, observed := newQualities(), newObservations()
	for i, at := range r.asOf {
		r.addCrowds(facts, i)
		in := duty.Input{PersonID: c.person, Person: facts, Centres: r.watching.centres[i], Policies: r.policiesAt(at)}
		res := r.evaluate(in, at)
		revisions, err := duty.Revise(in, res, said.list())
		if err != nil {
			return verdict{err: fmt.Errorf("a record does not pass the output validation and nothing was written: %w", err)}
		}
		for j := range revisions {
			rev := &revisions[j]
			v.violations[i] = appendAsOf(v.violations[i], at, rev.AppendCanonical)
			v.revisions++
			said.hear(rev)
		}
		v.judged = 0
		for j := range res.Units {
			if u := &res.Units[j]; !u.Pending && !u.Early {
				v.judged++
				if r.opts.Outcomes != "" {
					v.outcomes[i] = appendOutcome(v.outcomes[i], at, c.person, u)
					v.units++
				}
			}
		}
		quality := res.DataQuality
		if r.opts.DataQuality != "" {
			v.traffic = append(v.traffic, res.Traffic())
		}
		if r.opts.Summaries != "" || r.opts.DataQuality != "" {
			var more []duty.DataQuality
			v.summaries[i], more = counts.at(v.summaries[i], &res, said, r.opts.Reference)
			quality = append(quality, more...)
		}
		if r.opts.Recalls != "" || r.opts.DataQuality != "" {
			shares, bad, err := r.recalled(i, facts, said, c.person)
			if err != nil {
				return verdict{err: err}
			}
			v.recalls = append(v.recalls, shares...)
			quality = append(quality, bad...)
		}
		v.quality = append(v.quality, r.qualityLines(i, qualities.at(at, quality))...)
		v.observations = append(v.observations, r.observationLines(i, observed.at(at, res.Observations))...)
	}
	return v
}

// evaluate judges, and finds what else is worth knowing only where an output has it.
func (r *run) evaluate(in duty.Input, at duty.Instant) duty.Result {
	if r.opts.DataQuality == "" && r.opts.Observations == "" {
		return duty.Verdicts(in, at)
	}
	return duty.Evaluate(in, at)
}

// policiesAt returns the policies activated by an as-of.
func (r *run) policiesAt(asOf duty.Instant) []duty.ActivePolicy { return r.active[asOf] }
