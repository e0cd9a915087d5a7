package task

import (
	"maps"
	"slices"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/claims"
	"tilsyn/engine/stream/stored"
	"tilsyn/schemas"
)

// A paper entry whose number nobody can read belongs to its centre, whatever partition it lies
// in, until a version names the person (RD-47). The task that reads such an entry, or a version
// of one under the centre's key, gives it to all tasks (moved.go); each keeps it and judges the
// persons of the centre with it. A version that names a person is also handed over to that
// person. Contract §2 wants it under both keys, but if a producer keys all paper by centre, an
// entry that clears somebody must not be lost. Under both keys it counts once, since equal
// copies are one version.

// paper is the centres' facts (from) with such entries added (with), as last computed.
type paper struct {
	from, with *duty.Centres
	// newest is when the newest of these entries was known.
	newest duty.Instant
	// stale is set if with lacks entries. unshown is set if the lines told of them may be out
	// of date.
	stale, unshown bool
}

// notePaper notes a version of a paper entry.
func (m *moved) notePaper(name uint64, f *stored.Fact) {
	e, ok := f.Record.(*duty.ManualEntry)
	if !ok {
		return
	}
	if !e.PersonID.OK {
		if m.unnamed == nil {
			m.unnamed = map[uint64]bool{}
		}
		m.unnamed[name] = true
	}
	if m.unnamed[name] {
		m.paper.stale, m.paper.unshown, m.paper.newest = true, true, max(m.paper.newest, f.Known)
	}
}

// filePaper takes in a paper entry that lies under its centre's key.
func (t *Task) filePaper(f *stored.Fact, live bool) error {
	if head, ok := schemas.HeadOf(f.Record); ok {
		t.claims.Claim(claims.Name(f.Name(), head.Version), claimKey(f), live)
	}
	if err := t.keepMoved(f); err != nil {
		return err
	}
	if err := t.handPaper(f, live); err != nil || !live {
		return err
	}
	return t.giveToAll(f)
}

// handPaper hands a paper entry over to the person that it names, and to everybody linked to
// that person.
func (t *Task) handPaper(f *stored.Fact, live bool) error {
	a := casefile.AboutRecord(f.Record)
	if a.Person == "" {
		return nil
	}
	to, err := t.register().Audience(a.Person, 0)
	if err != nil {
		return err
	}
	return t.handOver([]stored.Fact{*f}, append(to, a.Person), live)
}

// handPaperOf hands over again the paper entries that this task has read and that name one of
// some newly linked persons. The person's own task may not have them yet, and other tasks wait
// for the task that read them (watermark/hops.go).
func (t *Task) handPaperOf(persons []string) error {
	for _, name := range slices.Sorted(maps.Keys(t.moved.of)) {
		for _, f := range t.moved.of[name] {
			a := casefile.AboutRecord(f.Record)
			if !a.Paper || f.Pos.Partition != t.at.Task || !slices.Contains(persons, a.Person) {
				continue
			}
			if err := t.handPaper(&f, true); err != nil {
				return err
			}
		}
	}
	return nil
}

// sweepPaper begins sweeps over the persons of the centres that an entry names.
func (t *Task) sweepPaper(name uint64, at duty.Instant) {
	if !t.moved.unnamed[name] {
		return
	}
	centres := map[string]bool{}
	for i := range t.moved.of[name] {
		f := &t.moved.of[name][i]
		centres[casefile.AboutRecord(f.Record).Centre] = true
	}
	for _, centre := range slices.Sorted(maps.Keys(centres)) {
		t.at.AddSweep(centre, at)
	}
}

// centreFacts is what verdicts use of the centres: the picture with the paper entries that
// name nobody.
func (t *Task) centreFacts() *duty.Centres {
	p := &t.moved.paper
	if len(t.moved.unnamed) == 0 {
		return t.picture.Centres
	}
	if p.stale || p.from != t.picture.Centres {
		p.from, p.with, p.stale, p.unshown = t.picture.Centres, t.picture.Centres.WithPaper(t.moved.entries()), false, true
	}
	return p.with
}

// entries returns all versions of the paper entries of which some version names nobody.
func (m *moved) entries() []duty.Known[duty.ManualEntry] {
	var out []duty.Known[duty.ManualEntry]
	for _, name := range slices.Sorted(maps.Keys(m.unnamed)) {
		for i := range m.of[name] {
			if f := &m.of[name][i]; f.Record != nil {
				if e, ok := f.Record.(*duty.ManualEntry); ok {
					out = append(out, stored.Known(f, e))
				}
			}
		}
	}
	return out
}

// tellPaper tells data quality (UNKNOWN_PERSON) of entries which this task has read and whose
// person is unknown. The subject is the entry, the key is the centre.
func (t *Task) tellPaper() error {
	m := &t.moved
	if len(m.unnamed) == 0 || t.at.CaughtUp == duty.Beginning || !m.paper.unshown && m.paper.from == t.picture.Centres {
		return nil
	}
	facts := t.centreFacts()
	own, lines := map[string]string{}, map[string][]sideLine{}
	for _, k := range m.entries() {
		if e := &k.Fact; !e.PersonID.OK && k.Pos.V.Partition == t.at.Task {
			own[e.ID] = e.CentreID
			lines[e.CentreID] = nil
		}
	}
	for _, q := range duty.PaperQuality(facts, t.policy(), t.at.CaughtUp) {
		if centre, ok := own[q.Subject]; ok && q.Code == duty.DataQualityCodeUnknownPerson { // the rest: centrelines.go
			lines[centre] = append(lines[centre], lineOfQuality(&q))
		}
	}
	for _, centre := range slices.Sorted(maps.Keys(lines)) {
		p, err := t.person(casefile.PaperKey + centre)
		if err != nil {
			return err
		}
		if err := t.tellLines(p, centre, lines[centre], t.at.CaughtUp, nil); err != nil {
			return err
		}
	}
	m.paper.unshown = m.paper.newest > t.at.CaughtUp
	return nil
}
