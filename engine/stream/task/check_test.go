package task

import (
	"fmt"
	"maps"
	"slices"
	"sort"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/deadletter"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/telling"
	"tilsyn/engine/stream/testkit"
)

// histories are the revisions that a read_committed reader sees, by unit.
func (w *world) histories() map[string][]duty.Violation {
	h := map[string][]duty.Violation{}
	for i := range w.parts {
		for _, rec := range w.broker.Committed(broker.Partition{Topic: duty.TopicViolations, Index: i}) {
			v, err := w.codec.Decode(duty.TopicViolations, rec.Value)
			w.must(err)
			h[string(rec.Key)] = append(h[string(rec.Key)], *v.(*duty.Violation))
		}
	}
	return h
}

// knowledgeOf collects from the log itself, without the engine, what is known.
func (w *world) knowledgeOf() (map[string]*duty.Facts, *duty.Centres) {
	persons, cards := map[string]*duty.Facts{}, map[string][]duty.Known[duty.CardEvent]{}
	var cf duty.CentreFacts
	var loose []stored.Fact // paper under its centre
	for _, topic := range append(slices.Clone(broker.PersonTopics), broker.CentreTopics...) {
		for i := range w.parts {
			for _, rec := range w.broker.Committed(broker.Partition{Topic: topic, Index: i}) {
				f := stored.Fact{Topic: topic, Known: rec.At, Pos: duty.Position{Partition: i, Offset: rec.Offset}}
				if topic == duty.TopicDeadLetters {
					continue
				}
				doubted := deadletter.Doubt(&rec, w.trust)
				record, err := rec.Decode(w.codec)
				if doubted {
					f.Bad = deadletter.HoldOf(w.codec, &rec, "")
				} else if err != nil {
					f.Bad = deadletter.HoldOf(w.codec, &rec, "")
				} else {
					f.Record = record
				}
				switch {
				case slices.Contains(broker.CentreTopics, topic) && (f.Bad == nil || !casefile.MayBeOfCentre(topic)),
					f.Bad != nil && f.Bad.Key == "":
					f.FileAtCentre(&cf)
				case f.Record != nil && underCentre(&rec, &f):
					loose = append(loose, f)
					if e := f.Record.(*duty.ManualEntry); e.PersonID.OK { // in files one line is enough
						f.FileUnder(factsOfPerson(persons, e.PersonID.V))
					}
				case testkit.ParkedRow(record):
					cards[string(rec.Key)] = append(cards[string(rec.Key)], stored.Known(&f, record.(*duty.CardEvent)))
				default:
					f.FileUnder(factsOfPerson(persons, string(rec.Key)))
					if f.Bad != nil && casefile.MayBeOfCentre(topic) && w.isCentre(f.Bad.Key) {
						f.FileAtCentre(&cf)
					}
				}
			}
		}
	}
	again := map[string][]duty.Known[duty.CardEvent]{} // rows that may have come again
	for card, rows := range cards {
		if f := persons[card]; f != nil &&
			slices.ContainsFunc(f.Unreadable, func(u duty.Unreadable) bool { return u.Topic == duty.TopicCardEvents }) {
			again[card] = rows
		}
	}
	spreadFacts(persons, cards)
	spreadCrowds(persons)
	for card, rows := range again {
		persons[card].CardEvents = append(persons[card].CardEvents, rows...)
	}
	cf.ManualEntries = spreadPaper(persons, loose)
	spreadMoved(persons)
	if _, ok := w.judge.(judgeModel); ok {
		return persons, mirror(cf)
	}
	return persons, duty.NewCentres(cf)
}

func (w *world) isCentre(key string) bool {
	return slices.ContainsFunc(w.policies(), func(p duty.ActivePolicy) bool { return namesPlace(p.Policy, key) })
}

// factsOfPerson are the facts of a person in a map, made where there are none.
func factsOfPerson(persons map[string]*duty.Facts, id string) *duty.Facts {
	if persons[id] == nil {
		persons[id] = &duty.Facts{}
	}
	return persons[id]
}

// clearedAtOnce fails if somebody stands harsher than the facts read so far allow, whatever
// caught_up is. Of persons with permissions some facts may not be read yet.
func (w *world) clearedAtOnce() {
	w.t.Helper()
	persons, centres := w.knowledgeOf()
	newest := duty.Beginning
	for _, task := range w.tasks {
		newest = max(newest, task.newestKnown(), task.CaughtUp())
	}
	centres = w.watchedAt(persons, centres, newest)
	for _, revisions := range w.histories() {
		v := &revisions[len(revisions)-1]
		f := persons[v.PersonID]
		if len(f.Permissions) > 0 {
			continue
		}
		in := duty.Input{PersonID: v.PersonID, Person: f, Centres: centres, Policies: w.policies()}
		res := w.judge.Evaluate(in, newest)
		if telling.RankIn(&res, v.Kind, v.UnitDate) < v.Status.Severity() {
			w.t.Errorf("%s %s %s is %s still, the facts that were read clear it", v.PersonID, v.Kind, v.UnitDate, v.Status)
		}
	}
}

// check compares everything that was told with the verdict on the facts in the
// log, by contract §3, and the histories with what makes them sound. What waits in the ledger is written before.
func (w *world) check() {
	w.t.Helper()
	w.restOfLedger()
	persons, centres := w.knowledgeOf()
	centres = w.watchedAt(persons, centres, w.now)
	h := w.histories()
	last := map[string][]duty.Said{}
	for id, revisions := range h {
		if bad := telling.CheckHistory(revisions); bad != "" {
			w.t.Fatalf("history of %s: %s", id, bad)
		}
		v := &revisions[len(revisions)-1]
		last[v.PersonID] = append(last[v.PersonID], duty.SaidOf(v))
	}
	ids := make([]string, 0, len(persons))
	for id := range persons {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	silent := w.silentFeeds(centres)
	for _, id := range ids {
		in := duty.Input{PersonID: id, Person: persons[id], Centres: centres,
			Policies: w.policies()}
		res := w.judge.Evaluate(in, w.now)
		for _, d := range telling.ComparePerson(&res, last[id]) {
			if w.braked(silent, in, &res, last[id], &d) {
				continue
			}
			w.t.Errorf("%s %s %d: %s", id, d.Kind, d.Date, d.What)
		}
		w.checkLedger(id, &res)
		counted := w.checkSummary(id, &res, last[id], h)
		w.checkShown(id, &res, counted)
	}
	w.checkSide()
	w.checkLog()
	w.checkCentres(centres)
	w.checkWatch()
	w.checkForwarded(w.now)
	if w.t.Failed() {
		w.t.FailNow()
	}
}

// silentFeeds are the feeds that are silent now, or were when somebody may last have been looked at.
func (w *world) silentFeeds(centres *duty.Centres) []duty.FeedBeat {
	var out []duty.FeedBeat
	for _, at := range []duty.Instant{w.now - brakeLook, w.now} {
		known := slices.DeleteFunc(slices.Clone(centres.WatchFacts().Heartbeats),
			func(k duty.Known[duty.Heartbeat]) bool { return k.At > at })
		out = append(out, w.inForce().SilentFeeds(duty.FeedBeats(known), at)...)
	}
	return out
}

// braked reports whether a difference is one that `run` is to have, since a feed is silent (REL-06).
func (w *world) braked(silent []duty.FeedBeat, in duty.Input, res *duty.Result, said []duty.Said,
	d *telling.Difference) bool {
	if len(silent) == 0 {
		return false
	}
	revisions, err := w.judge.Revise(in, *res, said)
	w.must(err)
	of := func(v duty.Violation) bool { return v.Kind == d.Kind && v.UnitDate == d.Date }
	some := slices.ContainsFunc(revisions, of)
	return some && !slices.ContainsFunc(Brake(silent, revisions, said), of)
}

// checkLedger compares the newest record of every month with the verdict.
func (w *world) checkLedger(id string, res *duty.Result) {
	w.t.Helper()
	want := map[string]uint64{}
	for _, m := range stored.LedgerOf(id, res) {
		want[m.Record.Month] = m.Hash()
	}
	got := map[string]uint64{}
	for _, rec := range w.broker.Committed(broker.Partition{Topic: duty.TopicOutcomes, Index: w.partitionOf(id)}) {
		record, err := w.codec.Decode(duty.TopicOutcomes, rec.Value)
		w.must(err)
		if m := record.(*duty.OutcomeMonth); m.PersonID == id {
			got[m.Month] = (&stored.LedgerMonth{Record: *m}).Hash()
			if len(m.Units)+len(m.Open) == 0 {
				delete(got, m.Month)
			}
		}
	}
	if w.stats.Rebuilds.Load() > 0 || w.loseTail || w.torn > 0 {
		// No recovery reads the ledger (contract §3): who has lost its state, or the
		// tail of it, or of whose transaction only a part was committed, does not know
		// of a month that was written and has no unit any more.
		maps.DeleteFunc(got, func(month string, _ uint64) bool { return want[month] == 0 })
	}
	if !maps.Equal(got, want) {
		w.t.Errorf("the ledger of %s is not that of the facts at %v", id, w.now)
		for _, m := range stored.LedgerOf(id, res) {
			w.t.Logf("want %s: %s", m.Record.Month, shortMonth(&m.Record))
		}
		for _, rec := range w.broker.Committed(broker.Partition{Topic: duty.TopicOutcomes, Index: w.partitionOf(id)}) {
			if record, err := w.codec.Decode(duty.TopicOutcomes, rec.Value); err == nil &&
				record.(*duty.OutcomeMonth).PersonID == id {
				w.t.Logf("was told at %v: %s", rec.At, shortMonth(record.(*duty.OutcomeMonth)))
			}
		}
	}
}

func shortMonth(m *duty.OutcomeMonth) string {
	text := ""
	for _, u := range m.Units {
		text += fmt.Sprintf("%s %s %s %v; ", u.Kind, u.UnitDate, u.Outcome, u.Rules)
	}
	return fmt.Sprintf("%sopen %v", text, m.Open)
}

// checkShown compares the lines that are open of a person with those of the
// verdict: the newest record of an id counts (contract §3).
func (w *world) checkShown(id string, res *duty.Result, counted []duty.DataQuality) {
	w.t.Helper()
	open := map[string]bool{}
	show := func(id string, state duty.FindingState, closed duty.Opt[duty.Instant], line string) {
		switch state {
		case duty.FindingStateOpen:
			open[line] = true
		case duty.FindingStateClosed:
			if !open[line] || !closed.OK {
				w.t.Errorf("%s is closed and was not open, or at no time", line)
			}
			delete(open, line)
		default:
			w.t.Errorf("the state of %s is %s", id, state)
		}
	}
	for _, topic := range []string{duty.TopicDataQuality, duty.TopicObservations} {
		for _, rec := range w.broker.Committed(broker.Partition{Topic: topic, Index: w.partitionOf(id)}) {
			if string(rec.Key) != id {
				continue
			}
			switch r := w.decoded(topic, rec.Value).(type) {
			case *duty.DataQuality:
				if !parkedLine(r) && !ofRecalls(r) && !ofDoubts(r) && !ofCentres(r, id) && !ofWatch(r) &&
					(r.Code != duty.DataQualityCodeUnknownPerson || r.Subject == id) {
					show(r.ID, r.State, r.ClosedAt, fmt.Sprintf("%s %s %s", r.Code, r.ID, r.Subject))
				}
			case *duty.Observation:
				show(r.ID, r.State, r.ClosedAt, fmt.Sprintf("%s %s", r.Code, r.ID))
			}
		}
	}
	quality := append(slices.Clone(res.DataQuality), counted...)
	for i := range quality {
		q := &quality[i]
		line := fmt.Sprintf("%s %s %s", q.Code, q.ID, q.Subject)
		if !open[line] {
			w.t.Errorf("%s of %s is not shown", line, id)
		}
		delete(open, line)
	}
	for i := range res.Observations {
		o := &res.Observations[i]
		line := fmt.Sprintf("%s %s", o.Code, o.ID)
		if !open[line] {
			w.t.Errorf("%s of %s is not shown", line, id)
		}
		delete(open, line)
	}
	for line := range open {
		w.t.Errorf("%s of %s is open still", line, id)
	}
}

// idOfLine is the id of a line of data quality or an observation.
func (w *world) idOfLine(topic string, value []byte) string {
	switch r := w.decoded(topic, value).(type) {
	case *duty.DataQuality:
		return r.ID
	case *duty.Observation:
		return r.ID
	}
	return ""
}

func (w *world) decoded(topic string, value []byte) any {
	record, err := w.codec.Decode(topic, value)
	w.must(err)
	return record
}

// checkSide checks that every dead letter and every observation was written once.
func (w *world) checkSide() {
	w.t.Helper()
	letters, bad := map[string]int{}, 0
	for i := range w.parts {
		for _, rec := range w.broker.Committed(broker.Partition{Topic: duty.TopicDeadLetters, Index: i}) {
			h := deadletter.HeadersOf(&rec)
			if h["topic"] == duty.TopicAcknowledgements {
				continue // checkUnusable
			}
			letters[h["topic"]+"/"+h["partition"]+"/"+h["offset"]]++
		}
		for _, topic := range append(slices.Clone(broker.PersonTopics), broker.CentreTopics...) {
			for _, rec := range w.broker.Committed(broker.Partition{Topic: topic, Index: i}) {
				deadletter.Doubt(&rec, w.trust)
				if _, err := rec.Decode(w.codec); err != nil && topic != duty.TopicDeadLetters {
					bad++
				}
			}
		}
		last := map[string]string{} // the newest record of a line
		for _, topic := range []string{duty.TopicObservations, duty.TopicDataQuality} {
			for _, rec := range w.broker.Committed(broker.Partition{Topic: topic, Index: i}) {
				id := topic + string(rec.Key) + w.idOfLine(topic, rec.Value)
				if last[id] == string(rec.Value) && !w.mayRepeat(topic, rec.Value) {
					w.t.Errorf("a record of %s was written twice: %+v", topic, w.decoded(topic, rec.Value))
				}
				last[id] = string(rec.Value)
			}
		}
	}
	for place, n := range letters {
		if n != 1 && w.torn == 0 {
			w.t.Errorf("%d dead letters for %s", n, place)
		}
	}
	if len(letters) != bad {
		w.t.Errorf("%d dead letters for %d records that cannot be read", len(letters), bad)
	}
}
