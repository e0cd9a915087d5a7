package task

import (
	"maps"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/casefile"
	"tilsyn/engine/stream/stored"
	"tilsyn/schemas"
)

// Paper whose number nobody can read belongs to its centre, whatever partition it
// lies in, until a version names the person (RD-47). The task that reads such an
// entry, or a version of one under the centre's key, gives it to all tasks (moved.go);
// each keeps it and judges the persons of the centre with it. A version that names a
// person is handed over to that person too: contract §2 wants it under both keys, but
// a producer that keys all paper by centre must not make an entry vanish that clears
// somebody. Under both keys it counts once, since equal copies are one version.

// paper are the facts of the centres with such entries, as they were made last.
type paper struct {
	from, with *duty.Centres
	// newest is when the newest of them was known.
	newest duty.Instant
	// stale is set where there are entries that with has not, unshown where it is
	// not known whether what is shown of them is right.
	stale, unshown bool
}

// notePaper takes note of a version of a paper entry.
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

// filePaper takes in a paper entry that lies under its centre.
func (t *Task) filePaper(f *stored.Fact, live bool) error {
	if head, ok := schemas.HeadOf(f.Record); ok {
		t.ClaimFor(claimName(f.Name(), head.Version), claimKey(f), live)
	}
	if err := t.keepMoved(f); err != nil {
		return err
	}
	if err := t.handPaper(f, live); err != nil || !live {
		return err
	}
	return t.giveToAll(f)
}

// handPaper hands paper over to the person that it names, and to all who are linked.
func (t *Task) handPaper(f *stored.Fact, live bool) error {
	a := casefile.AboutRecord(f.Record)
	if a.Person == "" {
		return nil
	}
	to, err := t.joins().Audience(a.Person, 0)
	if err != nil {
		return err
	}
	return t.handOver([]stored.Fact{*f}, append(to, a.Person), live)
}

// handPaperOf hands over again the paper that this task has read and that names one
// of some persons, of whom it is newly known that they are linked. The person's own
// task may not have it yet, and whom others wait for is the one that read it
// (handover_mark.go).
func (t *Task) handPaperOf(persons []string) error {
	for _, name := range slices.Sorted(maps.Keys(t.moved.of)) {
		for _, f := range t.moved.of[name] {
			a := casefile.AboutRecord(f.Record)
			if !a.Paper || f.Pos.Partition != t.At.Task || !slices.Contains(persons, a.Person) {
				continue
			}
			if err := t.handPaper(&f, true); err != nil {
				return err
			}
		}
	}
	return nil
}

// sweepPaper lets the persons of the centres of an entry be judged again.
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
		t.At.AddSweep(centre, at)
	}
}

// centreFacts are what the verdict knows of the centres: the snapshot, with the paper
// entries that nobody can be told of.
func (t *Task) centreFacts() *duty.Centres {
	p := &t.moved.paper
	if len(t.moved.unnamed) == 0 {
		return t.snap.Centres
	}
	if p.stale || p.from != t.snap.Centres {
		p.from, p.with, p.stale, p.unshown = t.snap.Centres, t.snap.Centres.WithPaper(t.moved.entries()), false, true
	}
	return p.with
}

// entries are all versions of the entries of which one names nobody.
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

// tellPaper shows the entries that this task has read and of which nobody can be told
// (UNKNOWN_PERSON); their subject is the entry, their key the centre.
func (t *Task) tellPaper() error {
	m := &t.moved
	if len(m.unnamed) == 0 || t.At.CaughtUp == duty.Beginning || !m.paper.unshown && m.paper.from == t.snap.Centres {
		return nil
	}
	facts := t.centreFacts()
	own, lines := map[string]string{}, map[string][]sideLine{}
	for _, k := range m.entries() {
		if e := &k.Fact; !e.PersonID.OK && k.Pos.V.Partition == t.At.Task {
			own[e.ID] = e.CentreID
			lines[e.CentreID] = nil
		}
	}
	for _, q := range duty.PaperQuality(facts, t.policy(), t.At.CaughtUp) {
		if centre, ok := own[q.Subject]; ok && q.Code == duty.DataQualityCodeUnknownPerson { // the rest: centrelines.go
			lines[centre] = append(lines[centre], lineOfQuality(&q))
		}
	}
	for _, centre := range slices.Sorted(maps.Keys(lines)) {
		p, err := t.person(casefile.PaperKey + centre)
		if err != nil {
			return err
		}
		if err := t.tellLines(p, centre, lines[centre], t.At.CaughtUp); err != nil {
			return err
		}
	}
	m.paper.unshown = m.paper.newest > t.At.CaughtUp
	return nil
}
