package stream

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/testkit"
	"tilsyn/topics"
)

// onReader is a person whose card lies on a reader for twelve hours, which makes this many rows,
// and who goes out at 20:00 and stays out.
func onReader(who string, rows int) []testkit.Feed {
	feeds := manyRows(who, 0)
	day := seeds.Start + 3*duty.Day
	row := func(id string, at duty.Instant, way duty.Direction) {
		feeds = append(feeds, testkit.Feed{At: at, Topic: duty.TopicCardEvents, Key: who,
			Record: &duty.CardEvent{ID: id, Version: 1, ReceivedAt: at,
				PersonID: duty.Some(who), CardID: "Qcard-" + who, CardType: duty.CardTypeBiometric, CentreID: "KH",
				DeviceID:   "KH-carousel",
				DeviceType: duty.DeviceTypeCarousel, Kind: duty.CardEventKindPassage, Direction: duty.Some(way),
				Scan: duty.ScanComplete, OccurredAt: at}})
	}
	for i := range rows {
		row(fmt.Sprintf("a-row-of-the-access-control-system-%s-%06d", who, i),
			day+6*duty.Hour+12*duty.Hour*duty.Instant(i)/duty.Instant(rows), duty.DirectionIn)
	}
	row("out"+who, day+20*duty.Hour, duty.DirectionOut)
	return feeds
}

// markersOf returns markers for this many days: every log of KH is complete.
func markersOf(days int) (settled []testkit.Feed) {
	for d := range days {
		at := seeds.Start + duty.Instant(d+1)*duty.Day + 6*duty.Hour
		for l := duty.LogTypeAssistedPassage; l <= duty.LogTypeOutageForms; l++ {
			settled = append(settled, testkit.Feed{At: at, Topic: "settlements", Key: "KH",
				Record: &duty.Settlement{ID: fmt.Sprint("s", d, l), Version: 1, ReceivedAt: at,
					CentreID: "KH", LocalDate: (seeds.Start + duty.Instant(d)*duty.Day).Date(), LogType: l, Complete: true}})
		}
	}
	return settled
}

// TestCardOnReader: what is told of somebody whose card lay on a reader fits into a
// topic of the brokers' default size, in the engine and in verify alike, and everybody
// else is told.
func TestCardOnReader(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "a record as large as one can become")
	r := newRig(t, 1)
	for _, topic := range []string{topics.Violations, topics.Outcomes, topics.DataQuality} {
		ctx, cancel := contextWithin(t)
		if err := r.client.SetTopic(ctx, topic, "max.message.bytes", "1048588"); err != nil {
			t.Fatal(err)
		}
		cancel()
	}
	r.load(testkit.Residents(rand.New(rand.NewPCG(61, 61)), 10, 8))
	r.load(onReader("Qreader", 20_000))
	r.load(markersOf(8))
	cfg := r.config(seeds.Start + 12*duty.Day)
	for range 2 {
		e := start(t, cfg)
		e.rest()
		e.end()
		if got := r.verified(); got.Persons < 11 {
			t.Errorf("%+v", got)
		}
	}
	if accused := r.accused(); accused["Qreader"] == 0 || len(accused) < 3 {
		t.Errorf("told of %v", accused)
	}
	if n := cfg.Stats.Refused.Load(); n > 0 {
		t.Errorf("%d records were refused", n)
	}
}

// wordy is the core, except that it makes records of one person that are larger than a topic
// takes.
type wordy struct {
	task.Core
	person string
}

func (j wordy) Revise(in duty.Input, res duty.Result, said []duty.Said) ([]duty.Violation, error) {
	list, err := j.Core.Revise(in, res, said)
	for i := range list {
		if list[i].PersonID == j.person {
			list[i].Statement = strings.Repeat("x", topics.OwnRecordBytes)
			list[i].Digest = list[i].ComputeDigest()
		}
	}
	return list, err
}

// TestRecordTooLarge: if a record is too large for its topic all the same, it is counted and left
// out, and records of others are not affected.
func TestRecordTooLarge(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1)
	for _, who := range []string{"Qa", "Qb", "Qc"} {
		r.load(onReader(who, 3))
	}
	r.load(markersOf(8))
	cfg := r.config(seeds.Start + 12*duty.Day)
	cfg.Judge = wordy{person: "Qb"}
	for range 2 {
		e := start(t, cfg)
		e.rest()
		e.end()
	}
	if got := r.accused(); got["Qa"] == 0 || got["Qb"] != 0 || got["Qc"] != got["Qa"] {
		t.Errorf("told of %v", got)
	}
	if cfg.Stats.Refused.Load() == 0 {
		t.Error("nothing is counted")
	}
}
