package task

import (
	"errors"
	"fmt"

	"github.com/cockroachdb/datadriven"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/testkit"
)

// beats sends a heartbeat of a device, or of a feed of all centres, every two minutes from the clock
// on until a time, to which the clock goes on.
func (s *scenario) beats(w []string) error {
	if len(w) != 2 {
		return errors.New("write: beats KH-carousel 2026-01-06T08:00, or: beats feed:notices +8h")
	}
	until, err := s.when(w[1])
	if err != nil {
		return err
	}
	for ; s.now <= until; s.now += 2 * duty.Minute {
		h := &duty.Heartbeat{ID: fmt.Sprint(w[0], " ", s.now), Version: 1, ReceivedAt: s.now, SourceID: w[0], At: s.now}
		s.send(&testkit.Feed{At: s.now, Topic: duty.TopicHeartbeats, Key: w[0], Record: h})
	}
	s.now -= 2 * duty.Minute
	return nil
}

// published shows the automatic incidents on the topic incidents, with all their states.
func (s *scenario) published(_ *datadriven.TestData) string {
	states := map[string]string{}
	for i := range s.parts {
		for _, rec := range s.broker.Committed(broker.Partition{Topic: duty.TopicIncidents, Index: i}) {
			v := s.decoded(duty.TopicIncidents, rec.Value).(*duty.Incident)
			if v.Origin != duty.OriginAutomatic {
				continue
			}
			states[v.IncidentID] += " " + v.State.String()
			if v.To.OK {
				states[v.IncidentID] += "-until-" + v.To.V.String()
			}
		}
	}
	var lines []string
	for id, of := range states {
		lines = append(lines, id+":"+of)
	}
	return linesOr(lines, "nothing")
}
