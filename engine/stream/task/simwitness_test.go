package task

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/deadletter"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/telling"
	"tilsyn/engine/stream/testkit"
	"tilsyn/engine/stream/watching"
	"tilsyn/engine/watch"
)

// witness looks at every transaction when it becomes certain, before anybody can read it, and
// checks what must hold at every moment and not only at the end.
type witness struct {
	s *sim
	// last is what was told last of every unit, progress the last record of each
	// task.
	last     map[string]*duty.Violation
	progress map[int32]stored.Progress
	// persons and centre are the facts of the logs up to indexed; linked are
	// persons of an identity link, whom nobody compares.
	persons map[string][]logged
	// forms are all versions of a fact, whoever they name, by its name.
	forms   map[uint64][]logged
	centre  []logged
	linked  map[string]bool
	indexed map[broker.Partition]int
	centres map[string]*duty.Centres
	// said is what was read of the topic coverage, to covered; throughs are the clocks of its words and
	// where they end.
	said     *watching.Coverage
	covered  int
	throughs []saidThrough
	// strict leaves out the forms that became known at the clock itself (addForms).
	strict bool
	// told and accused count revisions.
	told, accused int
}

// saidThrough is up to which clock a word on coverage reaches, and the offset after it.
type saidThrough struct {
	end int64
	at  duty.Instant
}

// logged is a fact of a log with the transaction that it came in.
type logged struct {
	stored.Fact
	at  broker.Partition
	txn *testkit.Txn
}

func newWitness(s *sim) *witness {
	return &witness{s: s, last: map[string]*duty.Violation{}, progress: map[int32]stored.Progress{},
		persons: map[string][]logged{}, forms: map[uint64][]logged{},
		linked: map[string]bool{}, indexed: map[broker.Partition]int{}, said: watching.NewCoverage(),
		centres: map[string]*duty.Centres{}}
}

// commit checks one transaction.
func (w *witness) commit(task int32, t *broker.Transaction) {
	s := w.s
	if in := s.turnOf; in.torn[task].reported {
		s.t.Fatalf("%s: task %d commits on a state that was reported corrupt", s.where(), task)
	}
	i := slices.IndexFunc(t.Records, func(o broker.Out) bool { return o.Topic == duty.TopicTaskCommits })
	if i < 0 {
		s.t.Fatalf("%s: a transaction of task %d has no record of progress", s.where(), task)
	}
	now, err := stored.DecodeProgress(t.Records[i].Value, task)
	s.must(err)
	before, ok := w.progress[task]
	if !ok {
		before = stored.NewProgress(task)
	}
	w.checkProgress(&before, &now)
	for i := range t.Records {
		if o := &t.Records[i]; o.Topic == duty.TopicViolations {
			v, err := s.codec.Decode(o.Topic, o.Value)
			s.must(err)
			w.checkTold(&before, &now, v.(*duty.Violation))
		}
	}
	w.progress[task] = now
}

// checkProgress checks that nothing goes back, and that everything that was in the logs at
// caught_up has been read.
func (w *witness) checkProgress(before, now *stored.Progress) {
	s := w.s
	if now.Seq != before.Seq+1 || now.CaughtUp < before.CaughtUp || now.Clock < before.Clock ||
		!before.Inputs.Before(now.Inputs) || !before.Centres.Before(now.Centres) {
		s.t.Fatalf("%s: task %d goes back: %+v after %+v", s.where(), now.Task, now, before)
	}
	if now.CaughtUp == duty.Beginning {
		return
	}
	if through := w.through(now.Centres[coverage]); now.CaughtUp > through && now.CaughtUp > before.CaughtUp {
		s.t.Fatalf("%s: task %d is caught up %d ms beyond what the watch has said", s.where(), now.Task, now.CaughtUp-through)
	}
	i := sort.Search(len(s.clocks), func(i int) bool { return s.clocks[i].at > now.CaughtUp })
	if i == len(s.clocks) {
		s.t.Fatalf("%s: task %d is caught up at a clock that nobody has seen", s.where(), now.Task)
	}
	for _, p := range append(broker.InputsOf(now.Task), s.centrePartitions()...) {
		read, ok := now.Inputs[p]
		if !ok {
			read = now.Centres[p]
		}
		// What the engine itself writes is there at once, and stamped as it likes.
		if log := s.broker.Logs[p]; !slices.Contains([]string{duty.TopicHandOver, duty.TopicDeadLetters, duty.TopicCoverage},
			p.Topic) && read < int64(len(log)) && log[read].Rec.At < now.CaughtUp {
			s.t.Fatalf("%s: task %d has caught up, and has not read %s from %d on, stamped %d ms before",
				s.where(), now.Task, p.Name(), read, now.CaughtUp-log[read].Rec.At)
		}
		if end := s.broker.EndAt(p, s.clocks[i].appended); read < end {
			s.t.Fatalf("%s: task %d says that it has caught up, and has read %s to %d of %d", s.where(),
				now.Task, p.Name(), read, end)
		}
	}
}

// checkTold checks that a revision follows the one before, that it is what the facts read so far
// give at its clock, and, if it is harsher than the one before, that the verdict at caught_up is
// as harsh.
func (w *witness) checkTold(before, now *stored.Progress, v *duty.Violation) {
	s := w.s
	prior := w.last[v.UnitID]
	if bad := telling.CheckNext(prior, v); bad != "" {
		s.t.Fatalf("%s: task %d: unit %s: %s", s.where(), now.Task, v.UnitID, bad)
	}
	w.last[v.UnitID] = v
	w.told++
	w.index()
	if w.linked[v.PersonID] {
		return
	}
	if s.plan.kept {
		w.accused++ // what others' cards bring is not known here; the rests look at it
		return
	}
	if s.plan.contested { // what clears may come of forms that are read elsewhere
		w.checkHarsher(now, prior, v)
		return
	}
	said := duty.SaidOf(v)
	said.Digest = ""
	bad := ""
	for _, inputs := range []broker.Offsets{now.Inputs, before.Inputs} {
		res := w.verdict(v.PersonID, inputs, now.Centres, v.EvaluatedAt)
		var u *duty.Unit
		if i := telling.UnitIn(&res, v.Kind, v.UnitDate); i >= 0 {
			u = &res.Units[i]
		}
		if bad = telling.CompareUnit(u, &said); bad == "" {
			break
		}
	}
	if bad != "" {
		s.t.Fatalf("%s: task %d: unit %s revision %d is not what the facts give: %s", s.where(), now.Task,
			v.UnitID, v.Revision, bad)
	}
	w.checkHarsher(now, prior, v)
}

func (w *witness) checkHarsher(now *stored.Progress, prior, v *duty.Violation) {
	s := w.s
	rank, was := telling.RankOfSaid([]duty.Said{duty.SaidOf(v)}, v.Kind, v.UnitDate), duty.SeverityNone
	if prior != nil {
		was = telling.RankOfSaid([]duty.Said{duty.SaidOf(prior)}, v.Kind, v.UnitDate)
	}
	if rank <= was {
		return
	}
	w.accused++
	if v.Instant > now.CaughtUp {
		s.t.Fatalf("%s: task %d: unit %s revision %d says %s at an instant %d ms after what is caught up",
			s.where(), now.Task, v.UnitID, v.Revision, v.Status, v.Instant-now.CaughtUp)
	}
	for _, w.strict = range []bool{false, true} {
		res := w.verdict(v.PersonID, now.Inputs, now.Centres, now.CaughtUp)
		if telling.RankIn(&res, v.Kind, v.UnitDate) >= rank {
			return
		}
	}
	s.t.Fatalf("%s: task %d: unit %s revision %d says %s, which does not follow from what is caught up",
		s.where(), now.Task, v.UnitID, v.Revision, v.Status)
}

// verdict is what the facts before some positions give at a clock.
func (w *witness) verdict(person string, inputs, centres broker.Offsets, at duty.Instant) duty.Result {
	var facts duty.Facts
	for i := range w.persons[person] {
		if f := &w.persons[person][i]; f.within(inputs) {
			f.FileUnder(&facts)
			w.addForms(f, person, at, &facts)
		}
	}
	return w.s.judge.Evaluate(duty.Input{PersonID: person, Person: &facts, Centres: w.centresAt(centres),
		Policies: []duty.ActivePolicy{{From: duty.Beginning, Policy: w.s.policy}}}, at)
}

// addForms adds the other known versions of a fact of a person. The clock of an instance is a
// millisecond ahead of the timestamps here, so a record stamped at caught_up itself may have come
// after the question by which caught_up was reached: it may be known or not.
func (w *witness) addForms(f *logged, person string, at duty.Instant, facts *duty.Facts) {
	if !w.s.plan.contested || f.Record == nil {
		return
	}
	for _, o := range w.forms[f.Name()] {
		if known := max(f.Known, o.Known); (known < at || known == at && !w.strict) &&
			(o.txn == nil || o.txn.State == testkit.TxnCommitted) &&
			o.VersionName().Version >= f.VersionName().Version && casefile.AboutRecord(o.Record).Person != person {
			o.FileUnder(facts)
		}
	}
}

// within reports whether a reader that stands at the positions has the fact.
func (l *logged) within(positions broker.Offsets) bool {
	return l.Pos.Offset < positions[l.at] && (l.txn == nil || l.txn.State == testkit.TxnCommitted)
}

func (w *witness) centresAt(positions broker.Offsets) *duty.Centres {
	var b strings.Builder
	for _, p := range w.s.centrePartitions() {
		fmt.Fprintf(&b, "%d ", positions[p])
	}
	if c := w.centres[b.String()]; c != nil {
		return c
	}
	var facts duty.CentreFacts
	for i := range w.centre {
		if f := &w.centre[i]; f.within(positions) {
			f.FileAtCentre(&facts)
		}
	}
	c := duty.NewCentres(facts)
	c = w.withCoverage(c, positions)
	if _, ok := w.s.judge.(judgeModel); ok {
		c = mirror(facts)
	}
	w.centres[b.String()] = c
	return c
}

// index takes in what has come into the logs.
func (w *witness) index() {
	for _, topic := range append(slices.Clone(broker.PersonTopics), broker.CentreTopics...) {
		for i := range w.s.parts {
			p := broker.Partition{Topic: topic, Index: i}
			log := w.s.broker.Logs[p]
			for n := w.indexed[p]; n < len(log); n++ {
				if !log[n].Control && topic != duty.TopicDeadLetters {
					w.indexOne(p, &log[n])
				}
			}
			w.indexed[p] = len(log)
		}
	}
}

func (w *witness) indexOne(p broker.Partition, e *testkit.Entry) {
	l := logged{at: p, txn: e.Txn, Fact: stored.Fact{Topic: p.Topic, Known: e.Rec.At,
		Pos: duty.Position{Partition: p.Index, Offset: e.Rec.Offset}}}
	record, err := w.s.codec.Decode(p.Topic, e.Rec.Value)
	if err == nil {
		l.Record = record
	} else {
		l.Bad = deadletter.Unreadable(&e.Rec, "")
	}
	if link, ok := record.(*duty.IdentityLink); ok {
		w.linked[link.PersonID], w.linked[link.AliasPersonID] = true, true
	}
	if slices.Contains(broker.CentreTopics, p.Topic) {
		w.centre = append(w.centre, l)
		return
	}
	if l.Record != nil {
		w.forms[l.Name()] = append(w.forms[l.Name()], l)
	}
	key := string(e.Rec.Key)
	w.persons[key] = append(w.persons[key], l)
}

// through is up to which clock the owner of the watch has spoken before a position. Its words follow each
// other in time, and each is whole where it ends.
func (w *witness) through(position int64) duty.Instant {
	for log := w.s.broker.Logs[coverage]; w.covered < len(log); w.covered++ {
		e := &log[w.covered]
		if e.Txn != nil && e.Txn.State == testkit.TxnOpen {
			break
		}
		if e.Control || e.Txn != nil && e.Txn.State != testkit.TxnCommitted {
			continue
		}
		before := w.said.Through()
		if _, done := w.said.Take(e.Rec.Key, e.Rec.Value); !done {
			continue
		}
		if why := w.said.Content().Why; why != "" || w.said.Through() < before {
			w.s.t.Fatalf("%s: the watch speaks of %d after %d: %s", w.s.where(), w.said.Through(), before, why)
		}
		w.throughs = append(w.throughs, saidThrough{int64(w.covered) + 1, w.said.Through()})
	}
	i := sort.Search(len(w.throughs), func(i int) bool { return w.throughs[i].end > position })
	if i == 0 {
		return duty.Beginning
	}
	return w.throughs[i-1].at
}

// withCoverage returns the facts of centres with what the owner of the watch has said before some
// positions.
func (w *witness) withCoverage(c *duty.Centres, positions broker.Offsets) *duty.Centres {
	said := watching.NewCoverage()
	for n, e := range w.s.broker.Logs[coverage] {
		if int64(n) < positions[coverage] && !e.Control && e.Txn.State == testkit.TxnCommitted {
			said.Take(e.Rec.Key, e.Rec.Value)
		}
	}
	content, feeds := said.Content(), watch.New(watch.Facts{Heartbeats: c.WatchFacts().Heartbeats}, w.s.policy).Feeds()
	return c.WithWatch(func(p *duty.Policy) *duty.Watched { return content.Under(p.Digest, feeds) })
}
