package cli

import (
	"bytes"
	"context"
	"os"
	"strings"
	"sync"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/simulate"
)

// lossPlay is a play of which the watch knows, with the story of its loss. Tests share it and only read it.
func lossPlay(t *testing.T) (*demoPlay, *demoLoss) {
	t.Helper()
	play, err := playOfLoss()
	if err != nil {
		t.Fatal(err)
	}
	return play.demoPlay, play.loss
}

// playWithLoss is a play with the story of its loss.
type playWithLoss struct {
	*demoPlay
	loss *demoLoss
}

// playOfLoss works a play out when it is first asked.
var playOfLoss = sync.OnceValues(func() (p playWithLoss, err error) {
	start := duty.DateOf(2026, 11, 8)
	cfg := simulate.Config{
		Seed: 3, Start: start, Days: 21, Persons: 80, Until: (start + 21).Clock(14, 0),
		Numbered: true, Heartbeats: demoHeartbeats,
	}
	dir, err := os.MkdirTemp("", "tilsyn-test-")
	if err != nil {
		return p, err
	}
	defer os.RemoveAll(dir)
	if p.demoPlay, err = newDemoPlay(cfg, dir); err != nil {
		return p, err
	}
	p.loss, err = newDemoLoss(context.Background(), p.demoPlay, dir)
	return p, err
})

// Without the watch residents who had met their duty would be told of; the story counts
// them, and says so if the engine tells of one all the same.
func TestLossProtects(t *testing.T) {
	t.Parallel()
	_, loss := lossPlay(t)
	tally := newDemoTally()
	held := loss.count(loss.held, tally)
	if held.units != len(loss.held) || held.met == 0 || len(held.spared) == 0 || held.told != 0 {
		t.Fatalf("held: %+v of %d", held, len(loss.held))
	}
	first := loss.held[0].key
	tally.hear(&duty.Violation{
		PersonID: first.PersonID, Kind: first.Kind, UnitDate: first.Date, Revision: 1, Status: duty.StatusIndicated,
	})
	if held := loss.count(loss.held, tally); held.told != 1 {
		t.Errorf("%d records were told all the same, want 1", held.told)
	}
}

// The story tells of each thing once: the first incident of the loss, those of other
// things, what is held, the declaration, and that everybody knows.
func TestLossIsTold(t *testing.T) {
	t.Parallel()
	play, loss := lossPlay(t)
	out := &bytes.Buffer{}
	screen := &demoScreen{w: out, width: demoWidth}
	show := &demoShow{
		play: play, loss: loss, screen: screen, tally: newDemoTally(), now: loss.From + duty.Hour,
		consumers: demoConsumers{names: play.policy.Consumers},
	}
	incident := func(id, centre string, from duty.Instant, state duty.IncidentState) demoWord {
		return demoWord{incident: &duty.Incident{
			IncidentID: id, CentreID: centre, DeviceIDs: []string{"D-1"}, From: from, To: duty.Some(from + duty.Hour),
			ReceivedAt: from + 2*duty.Hour, State: state, Origin: duty.OriginAutomatic,
		}}
	}
	for _, w := range []demoWord{
		incident("auto:gap:SJ:D-1:0:7", loss.CentreID, loss.From, duty.IncidentStateActive),
		incident("auto:gap:SJ:D-1:0:9", loss.CentreID, loss.From+duty.Hour, duty.IncidentStateActive),
		incident("auto:silence:KH:D-1:x", "KH", loss.From, duty.IncidentStateActive),
		incident("auto:silence:KH:D-1:x", "KH", loss.From, duty.IncidentStateActive),
		incident("auto:silence:KH:D-1:y", "KH", loss.From, duty.IncidentStateDissolved),
	} {
		show.heard(w)
	}
	exclusion := &duty.Exclusion{ExclusionID: "EX-1", CentreID: loss.CentreID, ReceivedAt: loss.To + duty.Day}
	show.events([]simulate.Fact{{Record: exclusion}})
	told := &duty.Violation{
		UnitID: "u", PersonID: "P-1", Kind: duty.KindStay, Revision: 1, Status: duty.StatusIndicated, EvaluatedAt: loss.To,
	}
	gone := *told
	gone.Revision, gone.Status, gone.EvaluatedAt = 2, duty.StatusWithdrawn, exclusion.ReceivedAt
	gone.Cause, gone.CauseID = duty.Some(duty.RecallCauseExclusion), duty.Some("EXCLUSION:EX-1")
	show.now = exclusion.ReceivedAt
	show.heard(demoWord{violation: told})
	show.heard(demoWord{violation: &gone})
	for now := show.now; now <= show.now+10*duty.Day; now += demoStep {
		show.consumers.until(now)
		screen.loss(loss, now, show.tally, &show.consumers)
	}
	screen.lossSummary(loss, show.tally, &show.consumers)
	text := strings.Join(strings.Fields(out.String()), " ")
	for want, times := range map[string]int{
		"rows that D-1 has numbered never arrived; the watch opens an incident. While it stands nobody": 1,
		"KH: D-1 no longer says that it is well; the watch opens an incident":                           1,
		" held: the rows that arrived indicate a breach":                                                3,
		"the recall of 1 record is closed: all 6 consumers have acknowledged it":                        1,
		"by the watch alone, which opened 2 incidents":                                                  1,
		"who had met their duty and would have been told of: nobody was":                                1,
		"recalled 1 record told before, withdrawn":                                                      1,
	} {
		if got := strings.Count(text, want); got != times {
			t.Errorf("%q is said %d times, want %d:\n%s", want, got, times, out)
		}
	}
}
