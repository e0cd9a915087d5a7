package stream

import (
	"context"
	"errors"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/stream/erase"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/testkit"
)

// TestEraseRefuses: what a copy without somebody would change for others, who is still named elsewhere, and a copy that
// is not whole, are refused in words that name nobody, and no engine runs on such a copy.
func TestEraseRefuses(t *testing.T) {
	t.Parallel()
	r := newRig(t, 2)
	broken := &duty.Incident{ID: "i", Version: 1, ReceivedAt: seeds.Start, IncidentID: "card of Qperson0 broken",
		CentreID: "SJ", From: seeds.Start, To: duty.Some(seeds.Start + duty.Hour), Kind: duty.IncidentKindDevice,
		FormsStatus: duty.FormsStatusComplete, State: duty.IncidentStateActive, Origin: duty.OriginHuman}
	r.load(append(contradicted(), testkit.Feed{At: seeds.Start, Topic: duty.TopicIncidents, Key: "SJ", Record: broken}))
	config := r.config(seeds.Start + 6*duty.Day)
	config.Leave = true
	e := start(t, config)
	e.rest()
	e.end()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	refused := func(to string, person string, on func(phase string)) error {
		t.Helper()
		cfg := erase.Config{Kafka: r.cfg, To: to, Policy: policy.Builtin(), ParsePolicy: readPolicy,
			Persons: []string{person}, Linked: func(string, string) {}, Phase: func(name string, _ int64) { on(name) }}
		_, err := erase.Run(ctx, cfg)
		if err == nil {
			t.Fatal("it was not refused")
		}
		if strings.Contains(err.Error(), "Qperson") || strings.Contains(err.Error(), "Qa") {
			t.Errorf("the error names somebody: %v", err)
		}
		return err
	}
	ignored := func(string) {}
	if err := refused("one.", "Qa", ignored); !errors.Is(err, erase.ErrDiffers) {
		t.Errorf("without a row that contradicts another's card: %v", err)
	}
	if err := refused("two.", "Qperson0", ignored); !errors.Is(err, erase.ErrMention) ||
		!strings.Contains(err.Error(), "incidents partition 0 offset ") {
		t.Errorf("named by an incident: %v", err)
	}
	stop := errors.New("stopped in the midst")
	func() {
		defer func() {
			if got, _ := recover().(error); !errors.Is(got, stop) {
				t.Errorf("it did not come to the violations: %v", got)
			}
		}()
		_ = refused("three.", "Qperson1", func(phase string) {
			if phase == "copying "+duty.TopicViolations {
				panic(stop)
			}
		})
	}()
	for _, to := range []string{"one.", "two.", "three."} {
		if err := refused(to, "Qperson1", ignored); !errors.Is(err, erase.ErrUnfinished) {
			t.Errorf("again to %s: %v", to, err)
		}
		next := r.config(seeds.Start + 6*duty.Day)
		next.Kafka.Prefix = to
		if err := Run(ctx, next); !errors.Is(err, task.ErrGroup) {
			t.Errorf("an engine on %s: %v", to, err)
		}
	}
}

// contradicted are the facts of Qb, who goes out in the evening and comes back in the morning, and of Qa, whose row
// with the card of Qb in the night leaves both positions unknown (contract §2, card-assignments). Two more have a duty
// and nothing else.
func contradicted() []testkit.Feed {
	var feeds []testkit.Feed
	add := func(at duty.Instant, topic, key string, record any) {
		feeds = append(feeds, testkit.Feed{At: at, Topic: topic, Key: key, Record: record})
	}
	for _, who := range []string{"Qa", "Qb", "Qperson0", "Qperson1"} {
		add(seeds.Start, duty.TopicObligationChanges, who, &duty.ObligationChange{ID: "o" + who, Version: 1,
			ReceivedAt: seeds.Start, DecisionID: "d" + who, PersonID: who, Kind: duty.KindStay, Action: duty.ActionImpose,
			LegalBasis: duty.LegalBasisReturnAct132, CentreID: "KH", ServedAt: duty.Some(seeds.Start),
			ValidFrom: seeds.Start})
		add(seeds.Start, duty.TopicGroupChanges, who, &duty.GroupChange{ID: "g" + who, Version: 1,
			ReceivedAt: seeds.Start, PersonID: who, Group: duty.GroupExpelledJudgment, ValidFrom: seeds.Start - duty.Day})
	}
	add(seeds.Start, duty.TopicCardAssignments, "Qb", &duty.CardAssignment{ID: "a", Version: 1, ReceivedAt: seeds.Start,
		CardID: "Qcb", PersonID: "Qb", CardType: duty.CardTypeBiometric, ValidFrom: seeds.Start,
		AntiPassback: duty.AntiPassbackOff, Created: duty.CardCreationManual})
	for i, x := range []struct {
		after duty.Instant
		who   string
		way   duty.Direction
	}{{20 * duty.Hour, "Qb", duty.DirectionOut}, {22 * duty.Hour, "Qa", duty.DirectionIn},
		{34 * duty.Hour, "Qb", duty.DirectionIn}} {
		at := seeds.Start.Date().Start() + x.after
		add(at, duty.TopicCardEvents, x.who, &duty.CardEvent{ID: string(rune('r' + i)), Version: 1, ReceivedAt: at,
			PersonID: duty.Some(x.who), CardID: "Qcb", CardType: duty.CardTypeBiometric, CentreID: "KH",
			DeviceID: "KH-carousel", DeviceType: duty.DeviceTypeCarousel, Kind: duty.CardEventKindPassage,
			Direction: duty.Some(x.way), Scan: duty.ScanComplete, OccurredAt: at})
	}
	return feeds
}
