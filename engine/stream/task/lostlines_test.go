package task

import (
	"maps"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/centres"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
)

// sendBroken sends a record of which the end is missing.
func (w *world) sendBroken(f *testkit.Feed) {
	g := *f
	g.Broken = true
	w.send(&g)
}

// brokenFirst lets some records come with their end missing, and once more whole, later
// or never. Rows are left out: the model gives persons more rows of others than they need,
// and one of the same id ends a hold.
func brokenFirst(rng *rand.Rand, feeds []testkit.Feed) []testkit.Feed {
	var out []testkit.Feed
	for i := range feeds {
		f := feeds[i]
		if f.Record == nil || f.Topic == duty.TopicCardEvents || rng.IntN(12) > 0 {
			out = append(out, f)
			continue
		}
		bad := f
		bad.Broken = true
		out = append(out, bad)
		if rng.IntN(4) > 0 {
			f.At += duty.Instant(rng.IntN(3)) * duty.Hour
			out = append(out, f)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].At < out[j].At })
	return out
}

// Whatever cannot be read and whenever it comes again: what is told and shown is that of
// the facts in the log, and the letters are open that are open there.
func TestBrokenRecords(t *testing.T) {
	t.Parallel()
	closed := false
	seeds.ForEach(t, 24, func(t *testing.T, seed uint64) {
		w := newCoreWorld(t, seed, 1+int32(seed)%4)
		w.loseTail = seed%2 == 0
		w.die = func(string) bool { return w.rng.IntN(150) == 0 }
		feeds := brokenFirst(w.rng, centreDoubts(w.rng, 4, 4))
		w.play(feeds, worldEnd, 3)
		w.die = nil
		w.check()
		closed = closed || slices.Contains(w.lines(duty.TopicDataQuality, "UNREADABLE"), "CLOSED")
		w.checkLetters()
	})
	if !closed && !t.Failed() {
		t.Error("no line was closed")
	}
}

// checkLetters compares the letters that the tasks take for open with those of the facts
// in the log.
func (w *world) checkLetters() {
	w.t.Helper()
	persons, atCentres := w.knowledgeOf()
	want := placesOf(atCentres.OpenLost(w.now))
	for id, f := range persons {
		in := duty.Input{PersonID: id, Person: f, Centres: atCentres, Policies: w.policies()}
		for place := range placesOf(duty.OpenLost(in, w.now)) {
			want[place] = true
		}
	}
	w.letters()
	got := map[centres.LetterPlace]bool{}
	for _, task := range w.tasks {
		for _, l := range task.letters.list {
			if l.open {
				got[l.LetterPlace] = true
			}
		}
	}
	if !maps.Equal(got, want) {
		w.t.Errorf("open letters %v, want %v", got, want)
	}
}

// lostCases are records of every kind of topic that cannot be read.
func lostCases(now duty.Instant) map[string]testkit.Feed {
	entry := duty.ManualEntry{ID: "m", Version: 1, ReceivedAt: now, CentreID: "KH", Form: duty.FormOutagePassage,
		Direction: duty.Some(duty.DirectionIn), LocalTime: now.String()[:16]}
	own := entry
	own.PersonID = duty.Some("Qa")
	row := duty.CardEvent{ID: "r", Version: 1, ReceivedAt: now, CardID: "Qx",
		CardType: duty.CardTypeBiometric, CentreID: "KH", DeviceID: "KH-carousel", DeviceType: duty.DeviceTypeCarousel,
		Kind: duty.CardEventKindPassage, Direction: duty.Some(duty.DirectionIn), Scan: duty.ScanComplete, OccurredAt: now}
	mine := row
	mine.PersonID = duty.Some("Qa")
	return map[string]testkit.Feed{
		"a row of a person": {Topic: duty.TopicCardEvents, Key: "Qa", Record: &mine},
		"a row of a card":   {Topic: duty.TopicCardEvents, Key: "Qx", Record: &row},
		"paper of a person": {Topic: duty.TopicManualEntries, Key: "Qa", Record: &own},
		"paper of a centre": {Topic: duty.TopicManualEntries, Key: "KH", Record: &entry},
		"a notice": {Topic: "notices", Key: "Qa", Record: &duty.Notice{ID: "n", Version: 1, ReceivedAt: now, PersonID: "Qa", CentreID: "KH", LocalTime: now.String()[:16],
			Channel: duty.ChannelGuard, GivenBy: duty.GivenBySelf, Recipient: duty.RecipientOperator, Clarity: duty.ClarityClear, Nights: 1}},
		"a decision": {Topic: "obligation-changes", Key: "Qa", Record: &duty.ObligationChange{ID: "o2", Version: 1, ReceivedAt: now, DecisionID: "d2", PersonID: "Qa",
			Kind: duty.KindStay, Action: duty.ActionImpose, LegalBasis: duty.LegalBasisReturnAct132, CentreID: "KH", ValidFrom: now}},
		"a group": {Topic: "group-changes", Key: "Qa", Record: &duty.GroupChange{ID: "g2", Version: 1, ReceivedAt: now, PersonID: "Qa", Group: duty.GroupExpelledJudgment, ValidFrom: now}},
		"a permission": {Topic: "permissions", Key: "Qa", Record: &duty.Permission{ID: "p", Version: 1, ReceivedAt: now, PermissionID: "p", PersonID: "Qa",
			Status: duty.PermissionStatusRefused, ValidFrom: now, ValidTo: now + duty.Day, ReportEffect: duty.ReportEffectExcused, DecidedAt: now}},
		"a hold": {Topic: "holds", Key: "Qa", Record: &duty.Hold{ID: "h", Version: 1, ReceivedAt: now, HoldID: "h", PersonID: "Qa", Kind: duty.HoldKindOther, ValidFrom: now, ValidTo: duty.Some(now + 1)}},
		"an assessment": {Topic: "departure-assessments", Key: "Qa", Record: &duty.DepartureAssessment{ID: "a", Version: 1, ReceivedAt: now, PersonID: "Qa",
			FromDate: now.Date(), Outcome: duty.DepartureOutcomeNotDeparted, DecidedAt: now}},
		"a conviction": {Topic: "convictions", Key: "Qa", Record: &duty.Conviction{ID: "c", Version: 1, ReceivedAt: now, PersonID: "Qa", DecidedAt: now, Statute: "OTHER"}},
		"a link":       {Topic: duty.TopicIdentityLinks, Key: "Qa", Record: &duty.IdentityLink{ID: "l", Version: 1, ReceivedAt: now, PersonID: "Qa", AliasPersonID: "Qb", Action: duty.LinkActionSplit, At: now}},
		"an assignment": {Topic: duty.TopicCardAssignments, Key: "Qa", Record: &duty.CardAssignment{ID: "k", Version: 1, ReceivedAt: now, CardID: "Qz", PersonID: "Qa",
			CardType: duty.CardTypeBiometric, ValidFrom: now, AntiPassback: duty.AntiPassbackOff, Created: duty.CardCreationManual}},
		"a handling": {Topic: duty.TopicHandlings, Key: "Qa", Record: &duty.Handling{ID: "x", Version: 1, ReceivedAt: now, HandlingID: "x", UnitID: "u", PersonID: "Qa",
			Revision: 1, Kind: duty.HandlingKindAssessed, ByRole: "officer", At: now}},
		"an incident": {Topic: "incidents", Key: "KH", Record: &duty.Incident{ID: "i", Version: 1, ReceivedAt: now, IncidentID: "i", CentreID: "KH", From: now - duty.Day, To: duty.Some(now - duty.Day + 1),
			Kind: duty.IncidentKindServer, FormsStatus: duty.FormsStatusComplete, DeviceIDs: []string{}, State: duty.IncidentStateActive, Origin: duty.OriginHuman}},
		"an exclusion": {Topic: "exclusions", Key: "KH", Record: &duty.Exclusion{ID: "e", Version: 1, ReceivedAt: now, ExclusionID: "e", CentreID: "KH",
			FromDate: now.Date() - 30, ToDate: now.Date() - 30, Status: duty.ExclusionStatusDeclared, DeclaredAt: now}},
		"a settlement": {Topic: "settlements", Key: "KH", Record: &duty.Settlement{ID: "s", Version: 1, ReceivedAt: now, CentreID: "KH", LocalDate: now.Date(),
			LogType: duty.LogTypeNoticeLog, Complete: true}},
		"a heartbeat":      {Topic: "heartbeats", Key: "KH", Record: &duty.Heartbeat{ID: "b", Version: 1, Retracted: true, ReceivedAt: now, SourceID: "KH-carousel", CentreID: duty.Some("KH"), At: now}},
		"a reconciliation": {Topic: "reconciliations", Key: "KH", Record: &duty.Reconciliation{ID: "c", Version: 1, ReceivedAt: now, DeviceID: "KH-carousel", From: now, To: now + 1}},
		"a change mark":    {Topic: "change-marks", Key: "ams", Record: &duty.ChangeMark{ID: "c", Version: 1, ReceivedAt: now, System: "ams", At: now}},
		"a supervision":    {Topic: "supervision-results", Key: "KH", Record: &duty.SupervisionResult{ID: "v", Version: 1, ReceivedAt: now, CentreID: "KH", FromDate: now.Date(), ToDate: now.Date(), ResultRef: "x"}},
		"a resolution":     {Topic: duty.TopicResolutions, Key: "Qa", Record: &duty.Resolution{ID: "z", Version: 1, ReceivedAt: now, Topic: "notices", Partition: 9, Offset: 9, Outcome: duty.ResolutionOutcomeIrrelevant, By: "b", At: now}},
		"a policy":         {Topic: duty.TopicPolicies, Key: "policy", Record: &duty.PolicyActivation{ID: "a", Version: 1, ReceivedAt: now, PolicyVersion: "v", Text: "none", ActivatedAt: now, By: "b"}},
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
				w.wantLines(duty.TopicDataQuality, "UNREADABLE", "OPEN")
				w.restore()
				w.boot()
				w.rest()
				w.wantLines(duty.TopicDataQuality, "UNREADABLE", "OPEN")
				w.now += duty.Hour
				if end == "resolved" {
					w.send(&testkit.Feed{Topic: duty.TopicResolutions, Key: f.Key, Record: &duty.Resolution{ID: "r", Version: 1, ReceivedAt: w.now, Topic: f.Topic,
						Partition: w.partitionOf(f.Key), Offset: w.lastOffset(f.Topic, f.Key), Outcome: duty.ResolutionOutcomeIrrelevant, By: "x", At: w.now}})
				} else {
					w.send(&f)
				}
				w.rest()
				w.wantLines(duty.TopicDataQuality, "UNREADABLE", "OPEN", "CLOSED")
				for i := range w.parts { // nothing of it is left but what was told
					st, err := w.stores().Task(i)
					w.must(err)
					w.must(st.Discard())
				}
				w.restore()
				w.boot()
				w.rest()
				w.wantLines(duty.TopicDataQuality, "UNREADABLE", "OPEN", "CLOSED")
				w.check()
			})
		}
	}
}

// lastOffset is that of the newest record under a key.
func (w *world) lastOffset(topic, key string) int64 {
	offset := int64(-1)
	for _, rec := range w.broker.Committed(broker.Partition{Topic: topic, Index: w.partitionOf(key)}) {
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
	notice := lostCases(seeds.Start)["a notice"]
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
			at := broker.Partition{Topic: "notices", Index: c.part(w)}
			w.broker.Append(at, []byte(c.key), value)
			w.now += duty.Hour
			w.rest()
			w.wantLines(duty.TopicDataQuality, c.code, "OPEN")
			w.send(&testkit.Feed{Topic: duty.TopicResolutions, Key: "Qa", Record: &duty.Resolution{ID: "r", Version: 1, ReceivedAt: w.now, Topic: "notices",
				Partition: at.Index, Offset: 0, Outcome: duty.ResolutionOutcomeIrrelevant, By: "x", At: w.now}})
			w.now += duty.Hour
			w.rest()
			w.wantLines(duty.TopicDataQuality, c.code, "OPEN", "CLOSED")
			for i := range w.parts {
				st, err := w.stores().Task(i)
				w.must(err)
				w.must(st.Discard())
			}
			w.restore()
			w.boot()
			w.rest()
			w.wantLines(duty.TopicDataQuality, c.code, "OPEN", "CLOSED")
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
	if got := w.lines(duty.TopicDataQuality, "UNREADABLE"); !slices.Contains(got, "CLOSED") || len(got) != 2 {
		t.Errorf("the lines are %v", got)
	}
	bad := *f.Record.(*duty.Handling)
	bad.ID, bad.HandlingID, bad.UnitID = "y", "y", ""
	w.send(&testkit.Feed{Topic: duty.TopicHandlings, Key: "Qa", Record: &bad})
	w.now += duty.Hour
	w.rest()
	w.wantLines(duty.TopicDataQuality, "FACT_INVALID", "OPEN")
	if n := len(w.histories()); n != told {
		t.Errorf("%d units are told of, %d before", n, told)
	}
	w.check()
}
