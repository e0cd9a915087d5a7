package task

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
	"tilsyn/state/statetest"
)

// pairOf are two persons of the first and the second task.
func (w *world) pairOf() (first, second string) {
	of := func(task int32) string {
		for c := 'a'; ; c++ {
			if id := "Q" + string(c); w.partitionOf(id) == task {
				return id
			}
		}
	}
	return of(0), of(1)
}

// accused are the persons of whom an accusation stands.
func (w *world) accused() []string {
	var out []string
	for _, revisions := range w.histories() {
		if v := &revisions[len(revisions)-1]; v.Status != duty.StatusWithdrawn && !slices.Contains(out, v.PersonID) {
			out = append(out, v.PersonID)
		}
	}
	slices.Sort(out)
	return out
}

// conflicting are the facts for which CONFLICTING_FACT is open.
func (w *world) conflicting() []string {
	open := map[string]string{}
	for i := range w.parts {
		for _, rec := range w.broker.Committed(broker.Partition{Topic: duty.TopicDataQuality, Index: i}) {
			record, err := w.codec.Decode(duty.TopicDataQuality, rec.Value)
			w.must(err)
			q := record.(*duty.DataQuality)
			if q.Code != duty.DataQualityCodeConflictingFact {
				continue
			}
			if delete(open, q.ID); q.State == duty.FindingStateOpen {
				open[q.ID] = q.Detail[0].Value
			}
		}
	}
	return slices.Compact(slices.Sorted(maps.Values(open)))
}

// exitOf is a row that says that somebody left.
func exitOf(id, who string, at duty.Instant) *duty.CardEvent {
	return &duty.CardEvent{ID: id, Version: 1, ReceivedAt: at, PersonID: duty.Some(who), CardID: "c" + who, CardType: duty.CardTypeBiometric,
		CentreID: "KH", DeviceID: "KH-carousel", DeviceType: duty.DeviceTypeCarousel, Kind: duty.CardEventKindPassage,
		Direction: duty.Some(duty.DirectionOut), Scan: duty.ScanComplete, OccurredAt: at}
}

// One row under two persons of two tasks accuses one of them, and the conflict is
// shown: whichever comes first, in one second or a year later.
func TestOneRowAccusesOnce(t *testing.T) {
	t.Parallel()
	for _, parts := range []int32{1, 2, 3} {
		for _, later := range []duty.Instant{0, 365 * duty.Day} {
			for _, swap := range []bool{false, true} {
				t.Run(fmt.Sprintf("%d tasks, %d days, %v", parts, later/duty.Day, swap), func(t *testing.T) {
					t.Parallel()
					w := newCoreWorld(t, 1, parts)
					w.boot()
					persons := []string{"Qa", "Qb"}
					if swap {
						slices.Reverse(persons)
					}
					for _, who := range persons {
						w.sendStay(who)
						w.now += duty.Minute
						w.sendPassage(who, w.now, duty.DirectionIn)
					}
					w.now += 12 * duty.Hour
					at := w.now
					w.send(&testkit.Feed{Topic: duty.TopicCardEvents, Key: persons[0], Record: exitOf("out", persons[0], at)})
					w.now += later
					if later > 0 {
						w.rest()
						if got := w.accused(); !slices.Equal(got, persons[:1]) {
							t.Fatalf("%v are accused", got)
						}
					}
					second := exitOf("out", persons[1], at)
					second.ReceivedAt = w.now
					w.send(&testkit.Feed{Topic: duty.TopicCardEvents, Key: persons[1], Record: second})
					w.now += 2 * duty.Day
					w.rest()
					w.check()
					if got := w.accused(); len(got) != 1 {
						t.Errorf("%v are accused by one row", got)
					}
					if got := w.conflicting(); !slices.Equal(got, []string{"out"}) {
						t.Errorf("a conflict is shown of %v", got)
					}
				})
			}
		}
	}
}

// Nobody is accused by a row while it is not known whether somebody else has it: not
// before the other task, which stands still, has read it.
func TestContestedStallsAccusing(t *testing.T) {
	t.Parallel()
	w := newCoreWorld(t, 1, 3)
	w.boot()
	first, second := w.pairOf()
	w.sendStay(first)
	w.now += duty.Minute
	w.sendPassage(first, w.now, duty.DirectionIn)
	w.rest()
	w.now += 12 * duty.Hour
	mine, other := exitOf("out", first, w.now), exitOf("out", second, w.now)
	mine.Kind, other.CardID = duty.CardEventKindPassage, "a card that makes the form smaller"
	other.CardID = "a" // smaller than "cQa": this one counts
	w.send(&testkit.Feed{Topic: duty.TopicCardEvents, Key: first, Record: mine})
	w.send(&testkit.Feed{Topic: duty.TopicCardEvents, Key: second, Record: other})
	w.now += 2 * duty.Day
	all := w.tasks
	for _, still := range []int{1, 2} {
		w.tasks = slices.Delete(slices.Clone(all), still, still+1)
		for range 60 {
			w.turn()
		}
		if got := w.accused(); len(got) > 0 {
			t.Fatalf("task %d stands still, and %v are accused", still, got)
		}
	}
	w.tasks = all
	w.rest()
	w.check()
	if got := w.accused(); len(got) > 0 {
		t.Errorf("%v are accused by a row of somebody who has no duty", got)
	}
}

// What is contested clears at once, before anything is caught up.
func TestContestedClearsAtOnce(t *testing.T) {
	t.Parallel()
	w := newCoreWorld(t, 1, 2)
	w.boot()
	first, second := w.pairOf()
	w.sendStay(first)
	w.now += duty.Minute
	w.sendPassage(first, w.now, duty.DirectionIn)
	w.now += 12 * duty.Hour
	out := exitOf("out", first, w.now)
	w.send(&testkit.Feed{Topic: duty.TopicCardEvents, Key: first, Record: out})
	w.now += 2 * duty.Day
	w.rest()
	if len(w.accused()) == 0 {
		t.Fatal("nobody was accused")
	}
	other := *out
	other.PersonID, other.CardID = duty.Some(second), "a"
	w.behind = duty.Hour
	w.send(&testkit.Feed{Topic: duty.TopicCardEvents, Key: second, Record: &other})
	for range 20 {
		w.turn()
	}
	if got := w.accused(); len(got) > 0 {
		t.Errorf("%v are accused still", got)
	}
	w.behind = 0
	w.now += duty.Hour
	w.rest()
	w.check()
}

// A decision, a notice and a permission that come under two persons.
func TestContestedKinds(t *testing.T) {
	t.Parallel()
	for _, topic := range []string{"obligation-changes", "notices", "permissions", "group-changes", duty.TopicCardAssignments} {
		for _, swap := range []bool{false, true} {
			t.Run(fmt.Sprint(topic, swap), func(t *testing.T) {
				t.Parallel()
				w := newCoreWorld(t, 2, 2)
				w.boot()
				first, second := w.pairOf()
				if swap {
					first, second = second, first
				}
				for _, who := range []string{first, second} {
					w.sendGroup(who)
					if topic != "obligation-changes" {
						w.sendStay(who)
					}
					w.now += duty.Minute
					w.sendPassage(who, w.now, duty.DirectionIn)
					w.now += duty.Hour
				}
				for i, who := range []string{first, second} {
					f := testkit.Feed{Topic: topic, Key: who}
					switch topic {
					case "obligation-changes":
						f.Record = &duty.ObligationChange{ID: "o", Version: 1, ReceivedAt: w.now, DecisionID: "d", PersonID: who, Kind: duty.KindStay,
							Action: duty.ActionImpose, LegalBasis: duty.LegalBasisReturnAct132, CentreID: "KH", ServedAt: duty.Some(w.now), ValidFrom: w.now}
					case "notices":
						f.Record = &duty.Notice{ID: "n", Version: 1, ReceivedAt: w.now, PersonID: who, CentreID: "KH", LocalTime: "2026-01-05T15:00",
							Channel: duty.ChannelPhone, GivenBy: duty.GivenBySelf, Recipient: duty.RecipientOperator, Clarity: duty.ClarityClear, Nights: 1}
					case "permissions":
						f.Record = &duty.Permission{ID: "p", Version: 1, ReceivedAt: w.now, PermissionID: "p", PersonID: who, Status: duty.PermissionStatusGranted, ReportEffect: duty.ReportEffectExcused,
							ValidFrom: seeds.Start, ValidTo: seeds.Start + 4*duty.Day, DecidedAt: w.now, ServedAt: duty.Some(w.now)}
					case "group-changes":
						f.Record = &duty.GroupChange{ID: "g", Version: 1, ReceivedAt: w.now, PersonID: who, Group: duty.GroupTolerated, ValidFrom: w.now}
					default:
						f.Record = &duty.CardAssignment{ID: "a", Version: 1, ReceivedAt: w.now, CardID: "c" + second, PersonID: who, CardType: duty.CardTypeBiometric,
							ValidFrom: seeds.Start - duty.Day, AntiPassback: duty.AntiPassbackOff, Created: duty.CardCreationManual}
					}
					w.send(&f)
					w.now += duty.Instant(i+1) * duty.Hour
				}
				for _, who := range []string{first, second} {
					w.send(&testkit.Feed{Topic: duty.TopicCardEvents, Key: who, Record: exitOf("out"+who, who, w.now)})
				}
				w.now += 3 * duty.Day
				w.rest()
				w.check()
				if got := w.conflicting(); len(got) != 1 {
					t.Errorf("a conflict is shown of %v", got)
				}
			})
		}
	}
}

// A state that is built again says nothing new: what caught_up rested on is examined
// before anybody is judged by it.
func TestContestedRebuilt(t *testing.T) {
	t.Parallel()
	for _, parts := range []int32{1, 2, 3} {
		w := newCoreWorld(t, 1, parts)
		w.boot()
		first, second := "Qa", "Qc" // of one task
		if parts == 3 {
			first, second = w.pairOf()
		}
		for _, who := range []string{first, second} {
			w.sendStay(who)
			w.now += duty.Minute
			w.sendPassage(who, w.now, duty.DirectionIn)
		}
		w.now += 12 * duty.Hour
		for _, who := range []string{first, second} {
			w.send(&testkit.Feed{Topic: duty.TopicCardEvents, Key: who, Record: exitOf("out", who, w.now)})
		}
		w.now += 2 * duty.Day
		w.rest()
		w.check()
		before := w.histories()
		if len(w.accused()) != 1 {
			t.Fatalf("%v are accused", w.accused())
		}
		w.restore()
		w.store = statetest.NewModel()
		w.limits.Decisions, w.limits.WalkStep = 1, 1
		w.boot()
		for range 300 {
			w.turn()
		}
		w.rest()
		w.check()
		if after := w.histories(); !reflect.DeepEqual(before, after) {
			t.Errorf("%d tasks: a rebuild told something: %d units, %d before", parts, len(after), len(before))
		}
	}
}

// Where a producer's ids are not unique, accusing stops and says why; a start does not
// make it forget.
func TestTooManyContested(t *testing.T) {
	t.Parallel()
	w := newCoreWorld(t, 1, 2)
	w.boot()
	first, second := w.pairOf()
	for i := range maxContested + 100 {
		for _, who := range []string{first, second} {
			w.send(&testkit.Feed{Topic: duty.TopicCardEvents, Key: who, Record: exitOf(fmt.Sprint(i), who, w.now)})
		}
	}
	w.sendStay(first)
	w.now += 2 * duty.Day
	for _, again := range []bool{false, true} {
		if again {
			w.restore()
			w.boot()
		}
		for range 400 {
			w.turn()
		}
		for _, task := range w.tasks {
			if !strings.Contains(task.Stands(), "not unique") || task.Quiet() {
				t.Errorf("task %d says %q", task.At.Task, task.Stands())
			}
		}
		if len(w.histories()) > 0 {
			t.Error("somebody is accused")
		}
	}
}
