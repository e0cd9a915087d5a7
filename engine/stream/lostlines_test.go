package stream

import (
	"maps"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"

	"tilsyn/engine/duty"
)

// sendBroken sends a record of which the end is missing.
func (w *world) sendBroken(f *feed) {
	g := *f
	g.broken = true
	w.send(&g)
}

// brokenFirst lets some records come with their end missing, and once more whole, later
// or never. Rows are left out: the model gives persons more rows of others than they need,
// and one of the same id ends a hold.
func brokenFirst(rng *rand.Rand, feeds []feed) []feed {
	var out []feed
	for i := range feeds {
		f := feeds[i]
		if f.record == nil || f.topic == topicCardEvents || rng.IntN(12) > 0 {
			out = append(out, f)
			continue
		}
		bad := f
		bad.broken = true
		out = append(out, bad)
		if rng.IntN(4) > 0 {
			f.at += duty.Instant(rng.IntN(3)) * duty.Hour
			out = append(out, f)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].at < out[j].at })
	return out
}

// Whatever cannot be read and whenever it comes again: what is told and shown is that of
// the facts in the log, and the letters are open that are open there.
func TestBrokenRecords(t *testing.T) {
	t.Parallel()
	closed := false
	forSeeds(t, 24, func(t *testing.T, seed uint64) {
		w := newCoreWorld(t, seed, 1+int32(seed)%4)
		w.loseTail = seed%2 == 0
		w.die = func(string) bool { return w.rng.IntN(150) == 0 }
		feeds := brokenFirst(w.rng, centreDoubts(w.rng, 4, 4))
		w.play(feeds, worldEnd, 3)
		w.die = nil
		w.check()
		closed = closed || slices.Contains(w.lines(topicDataQuality, "UNREADABLE"), "CLOSED")
		w.checkLetters()
	})
	if !closed && !t.Failed() && !testing.Short() {
		t.Error("no line was closed")
	}
}

// checkLetters compares the letters that the tasks take for open with those of the facts
// in the log.
func (w *world) checkLetters() {
	w.t.Helper()
	persons, centres := w.knowledgeOf()
	want := placesOf(centres.OpenLost(w.now))
	for id, f := range persons {
		in := duty.Input{PersonID: id, Person: f, Centres: centres, Policies: []duty.ActivePolicy{{From: duty.Beginning, Policy: w.policy}}}
		for place := range placesOf(duty.OpenLost(in, w.now)) {
			want[place] = true
		}
	}
	w.letters()
	got := map[letterPlace]bool{}
	for _, task := range w.tasks {
		for _, l := range task.letters.list {
			if l.open {
				got[l.letterPlace] = true
			}
		}
	}
	if !maps.Equal(got, want) {
		w.t.Errorf("open letters %v, want %v", got, want)
	}
}

// lostCases are records of every kind of topic that cannot be read.
func lostCases(now duty.Instant) map[string]feed {
	entry := duty.ManualEntry{ID: "m", Version: 1, ReceivedAt: now, CentreID: "KH", Form: duty.FormOutagePassage,
		Direction: duty.Some(duty.DirectionIn), LocalTime: now.String()[:16]}
	own := entry
	own.PersonID = duty.Some("Qa")
	row := duty.CardEvent{ID: "r", Version: 1, ReceivedAt: now, CardID: "Qx",
		CardType: duty.CardTypeBiometric, CentreID: "KH", DeviceID: "KH-carousel", DeviceType: duty.DeviceTypeCarousel,
		Kind: duty.CardEventKindPassage, Direction: duty.Some(duty.DirectionIn), Scan: duty.ScanComplete, OccurredAt: now}
	mine := row
	mine.PersonID = duty.Some("Qa")
	return map[string]feed{
		"a row of a person": {topic: topicCardEvents, key: "Qa", record: &mine},
		"a row of a card":   {topic: topicCardEvents, key: "Qx", record: &row},
		"paper of a person": {topic: topicManualEntries, key: "Qa", record: &own},
		"paper of a centre": {topic: topicManualEntries, key: "KH", record: &entry},
		"a notice": {topic: "notices", key: "Qa", record: &duty.Notice{ID: "n", Version: 1, ReceivedAt: now, PersonID: "Qa", CentreID: "KH", LocalTime: now.String()[:16],
			Channel: duty.ChannelGuard, GivenBy: duty.GivenBySelf, Recipient: duty.RecipientOperator, Clarity: duty.ClarityClear, Nights: 1}},
		"a decision": {topic: "obligation-changes", key: "Qa", record: &duty.ObligationChange{ID: "o2", Version: 1, ReceivedAt: now, DecisionID: "d2", PersonID: "Qa",
			Kind: duty.KindStay, Action: duty.ActionImpose, LegalBasis: duty.LegalBasisReturnAct132, CentreID: "KH", ValidFrom: now}},
		"a group": {topic: "group-changes", key: "Qa", record: &duty.GroupChange{ID: "g2", Version: 1, ReceivedAt: now, PersonID: "Qa", Group: duty.GroupExpelledJudgment, ValidFrom: now}},
		"a permission": {topic: "permissions", key: "Qa", record: &duty.Permission{ID: "p", Version: 1, ReceivedAt: now, PermissionID: "p", PersonID: "Qa",
			Status: duty.PermissionStatusRefused, ValidFrom: now, ValidTo: now + duty.Day, ReportEffect: duty.ReportEffectExcused, DecidedAt: now}},
		"a hold": {topic: "holds", key: "Qa", record: &duty.Hold{ID: "h", Version: 1, ReceivedAt: now, HoldID: "h", PersonID: "Qa", Kind: duty.HoldKindOther, ValidFrom: now, ValidTo: duty.Some(now + 1)}},
		"an assessment": {topic: "departure-assessments", key: "Qa", record: &duty.DepartureAssessment{ID: "a", Version: 1, ReceivedAt: now, PersonID: "Qa",
			FromDate: now.Date(), Outcome: duty.DepartureOutcomeNotDeparted, DecidedAt: now}},
		"a conviction": {topic: "convictions", key: "Qa", record: &duty.Conviction{ID: "c", Version: 1, ReceivedAt: now, PersonID: "Qa", DecidedAt: now, Statute: "OTHER"}},
		"a link":       {topic: topicIdentityLinks, key: "Qa", record: &duty.IdentityLink{ID: "l", Version: 1, ReceivedAt: now, PersonID: "Qa", AliasPersonID: "Qb", Action: duty.LinkActionSplit, At: now}},
		"an assignment": {topic: topicCardAssignments, key: "Qa", record: &duty.CardAssignment{ID: "k", Version: 1, ReceivedAt: now, CardID: "Qz", PersonID: "Qa",
			CardType: duty.CardTypeBiometric, ValidFrom: now, AntiPassback: duty.AntiPassbackOff, Created: duty.CardCreationManual}},
		"a handling": {topic: topicHandlings, key: "Qa", record: &duty.Handling{ID: "x", Version: 1, ReceivedAt: now, HandlingID: "x", UnitID: "u", PersonID: "Qa",
			Revision: 1, Kind: duty.HandlingKindAssessed, ByRole: "officer", At: now}},
		"an incident": {topic: "incidents", key: "KH", record: &duty.Incident{ID: "i", Version: 1, ReceivedAt: now, IncidentID: "i", CentreID: "KH", From: now - duty.Day, To: duty.Some(now - duty.Day + 1),
			Kind: duty.IncidentKindServer, FormsStatus: duty.FormsStatusComplete, DeviceIDs: []string{}, State: duty.IncidentStateActive, Origin: duty.OriginHuman}},
		"an exclusion": {topic: "exclusions", key: "KH", record: &duty.Exclusion{ID: "e", Version: 1, ReceivedAt: now, ExclusionID: "e", CentreID: "KH",
			FromDate: now.Date() - 30, ToDate: now.Date() - 30, Status: duty.ExclusionStatusDeclared, DeclaredAt: now}},
		"a settlement": {topic: "settlements", key: "KH", record: &duty.Settlement{ID: "s", Version: 1, ReceivedAt: now, CentreID: "KH", LocalDate: now.Date(),
			LogType: duty.LogTypeNoticeLog, Complete: true}},
		"a heartbeat":      {topic: "heartbeats", key: "KH", record: &duty.Heartbeat{ID: "b", Version: 1, Retracted: true, ReceivedAt: now, SourceID: "KH-carousel", CentreID: duty.Some("KH"), At: now}},
		"a reconciliation": {topic: "reconciliations", key: "KH", record: &duty.Reconciliation{ID: "c", Version: 1, ReceivedAt: now, DeviceID: "KH-carousel", From: now, To: now + 1}},
		"a change mark":    {topic: "change-marks", key: "ams", record: &duty.ChangeMark{ID: "c", Version: 1, ReceivedAt: now, System: "ams", At: now}},
		"a supervision":    {topic: "supervision-results", key: "KH", record: &duty.SupervisionResult{ID: "v", Version: 1, ReceivedAt: now, CentreID: "KH", FromDate: now.Date(), ToDate: now.Date(), ResultRef: "x"}},
		"a resolution":     {topic: topicResolutions, key: "Qa", record: &duty.Resolution{ID: "z", Version: 1, ReceivedAt: now, Topic: "notices", Partition: 9, Offset: 9, Outcome: duty.ResolutionOutcomeIrrelevant, By: "b", At: now}},
		"a policy":         {topic: topicPolicies, key: "policy", record: &duty.PolicyActivation{ID: "a", Version: 1, ReceivedAt: now, PolicyVersion: "v", Text: "none", ActivatedAt: now, By: "b"}},
	}
}

// A record that cannot be read has one line, open until it is sent again or a
// Resolution names its place, whatever its topic, through deaths and a rebuild.
func TestLostRecordIsClosed(t *testing.T) {
	t.Parallel()
	for name := range lostCases(0) {
		for _, end := range []string{"sent again", "resolved"} {
			t.Run(name+" "+end, func(t *testing.T) {
				t.Parallel()
				w := newCoreWorld(t, 11, 3)
				w.boot()
				w.sendStay("Qa")
				w.rest()
				f := lostCases(w.now)[name]
				w.sendBroken(&f)
				w.now += duty.Hour
				w.rest()
				w.wantLines(topicDataQuality, "UNREADABLE", "OPEN")
				w.restore()
				w.boot()
				w.rest()
				w.wantLines(topicDataQuality, "UNREADABLE", "OPEN")
				w.now += duty.Hour
				if end == "resolved" {
					w.send(&feed{topic: topicResolutions, key: f.key, record: &duty.Resolution{ID: "r", Version: 1, ReceivedAt: w.now, Topic: f.topic,
						Partition: w.partitionOf(f.key), Offset: w.lastOffset(f.topic, f.key), Outcome: duty.ResolutionOutcomeIrrelevant, By: "x", At: w.now}})
				} else {
					w.send(&f)
				}
				w.rest()
				w.wantLines(topicDataQuality, "UNREADABLE", "OPEN", "CLOSED")
				for i := range w.parts { // nothing of it is left but what was told
					st, err := w.stores().Task(i)
					w.must(err)
					w.must(st.Discard())
				}
				w.restore()
				w.boot()
				w.rest()
				w.wantLines(topicDataQuality, "UNREADABLE", "OPEN", "CLOSED")
				w.check()
			})
		}
	}
}

// lastOffset is that of the newest record under a key.
func (w *world) lastOffset(topic, key string) int64 {
	offset := int64(-1)
	for _, rec := range w.broker.committed(Partition{Topic: topic, Index: w.partitionOf(key)}) {
		if string(rec.Key) == key {
			offset = rec.Offset
		}
	}
	return offset
}

// A key that names nobody, another than the record's own, and one of another partition:
// each has its line, which a Resolution closes.
func TestLostKeyIsClosed(t *testing.T) {
	t.Parallel()
	notice := lostCases(worldStart)["a notice"]
	for name, c := range map[string]struct {
		key  string
		part func(w *world) int32
		code string
	}{
		"names nobody":      {"", func(*world) int32 { return 1 }, "FACT_INVALID"},
		"another's":         {"Qc", func(w *world) int32 { return w.partitionOf("Qc") }, "UNREADABLE"},
		"another partition": {"Qa", func(w *world) int32 { return (w.partitionOf("Qa") + 1) % w.parts }, "UNREADABLE"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newCoreWorld(t, 12, 3)
			w.boot()
			w.sendStay("Qa")
			w.rest()
			_, value := w.encode(&notice)
			at := Partition{Topic: "notices", Index: c.part(w)}
			w.broker.append(at, []byte(c.key), value)
			w.now += duty.Hour
			w.rest()
			w.wantLines(topicDataQuality, c.code, "OPEN")
			w.send(&feed{topic: topicResolutions, key: "Qa", record: &duty.Resolution{ID: "r", Version: 1, ReceivedAt: w.now, Topic: "notices",
				Partition: at.Index, Offset: 0, Outcome: duty.ResolutionOutcomeIrrelevant, By: "x", At: w.now}})
			w.now += duty.Hour
			w.rest()
			w.wantLines(topicDataQuality, c.code, "OPEN", "CLOSED")
			for i := range w.parts {
				st, err := w.stores().Task(i)
				w.must(err)
				w.must(st.Discard())
			}
			w.restore()
			w.boot()
			w.rest()
			w.wantLines(topicDataQuality, c.code, "OPEN", "CLOSED")
		})
	}
}

// A handling that cannot be read holds nobody; one that can changes nothing.
func TestHandlingHoldsNobody(t *testing.T) {
	t.Parallel()
	w := newCoreWorld(t, 13, 2)
	w.boot()
	w.sendStay("Qa")
	w.now += duty.Hour
	w.sendPassage("Qa", w.now, duty.DirectionOut)
	w.rest()
	f := lostCases(w.now)["a handling"]
	w.sendBroken(&f)
	w.now += 3 * duty.Day
	w.rest()
	told := len(w.histories())
	if told == 0 {
		t.Fatal("nobody is told of, though a handling holds nobody")
	}
	w.send(&f)
	w.now += duty.Hour
	w.rest()
	if n := len(w.histories()); n != told {
		t.Errorf("%d units are told of after a handling, %d before", n, told)
	}
	if got := w.lines(topicDataQuality, "UNREADABLE"); !slices.Contains(got, "CLOSED") || len(got) != 2 {
		t.Errorf("the lines are %v", got)
	}
	bad := *f.record.(*duty.Handling)
	bad.ID, bad.HandlingID, bad.UnitID = "y", "y", ""
	w.send(&feed{topic: topicHandlings, key: "Qa", record: &bad})
	w.now += duty.Hour
	w.rest()
	w.wantLines(topicDataQuality, "FACT_INVALID", "OPEN")
	if n := len(w.histories()); n != told {
		t.Errorf("%d units are told of, %d before", n, told)
	}
	w.check()
}
