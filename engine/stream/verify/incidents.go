package verify

import (
	"context"
	"maps"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
)

// IncidentDifference is an automatic incident about which the engine said something else than the
// facts show. Verdicts are compared with the facts, whatever the engine said.
type IncidentDifference struct {
	// IncidentID is its id (contract-watch 6.7).
	IncidentID string
	// What says in what they differ, for people.
	What string
}

// What differs.
const (
	notSaid      = "the facts show it, the topic coverage does not have it"
	saidAlone    = "the topic coverage has it, the facts do not show it"
	saidOther    = "on the topic coverage it has other times than by the facts"
	notPublished = "the facts show it, on the topic incidents it is not active"
	stillActive  = "on the topic incidents it is active, the facts do not show it"
)

// compareIncidents compares the automatic incidents that the facts show with those on the topics
// coverage and incidents.
func (v *verifier) compareIncidents(ctx context.Context) error {
	w := v.watch
	if w.last == nil {
		return nil
	}
	stand := firstOfID(w.says[w.last].Incidents.List())
	v.result.Incidents = len(stand)
	if since, through, _ := v.picture.Covered(); w.at < since || w.at > through {
		return nil
	}
	v.result.IncidentsCompared = true
	what := map[string]string{}
	if err := v.publishedOtherwise(ctx, stand, what); err != nil {
		return err
	}
	said := firstOfID(v.picture.Coverage.Incidents(w.last.Digest).List())
	for id, x := range stand { //house:order-free sorted below
		y, ok := said[id]
		switch {
		case !ok:
			what[id] = notSaid
		case x.Opened != y.Opened || x.Incident.From != y.Incident.From || x.Incident.To != y.Incident.To:
			what[id] = saidOther
		}
	}
	for id := range said { //house:order-free sorted below
		if _, ok := stand[id]; !ok {
			what[id] = saidAlone
		}
	}
	v.result.IncidentDifferences = len(what)
	for _, id := range slices.Sorted(maps.Keys(what)) {
		v.cfg.FoundIncident(IncidentDifference{id, what[id]})
	}
	return nil
}

// firstOfID returns the incidents by their ids. Where a device begins to number again in one epoch, two
// numberings may miss the same number, and both gaps have one id (contract-watch 6.7): the earlier one.
func firstOfID(list []duty.AutomaticIncident) map[string]duty.AutomaticIncident {
	out := map[string]duty.AutomaticIncident{}
	for _, x := range list {
		if before, ok := out[x.Incident.IncidentID]; !ok || x.Incident.From < before.Incident.From {
			out[x.Incident.IncidentID] = x
		}
	}
	return out
}

// publishedOtherwise notes the automatic incidents whose state on the topic incidents is not that of
// the facts. A silence that lasts may be published only once it was seen for one interval.
func (v *verifier) publishedOtherwise(ctx context.Context, stand map[string]duty.AutomaticIncident,
	what map[string]string) error {
	published, err := v.published(ctx)
	if err != nil {
		return err
	}
	interval := v.watch.last.ParamsAt(v.watch.at.Date()).HeartbeatInterval
	for id, x := range stand { //house:order-free it fills a map
		waits := !x.Incident.To.OK && v.watch.at < x.Opened+interval
		if now, ok := published[id]; !waits && (!ok || now.State != duty.IncidentStateActive) {
			what[id] = notPublished
		}
	}
	for id, now := range published { //house:order-free it fills a map
		if _, ok := stand[id]; !ok && now.State == duty.IncidentStateActive {
			what[id] = stillActive
		}
	}
	return nil
}

// published returns the newest version of every automatic incident on the topic incidents by the
// clock of the look: the engine may have gone on since.
func (v *verifier) published(ctx context.Context) (map[string]*duty.Incident, error) {
	out := map[string]*duty.Incident{}
	var parts []broker.Partition
	for _, p := range v.centres {
		if p.Topic == duty.TopicIncidents {
			parts = append(parts, p)
		}
	}
	err := v.scan().All(ctx, parts, func(rec *broker.Record) error {
		record, _ := rec.Decode(v.codec) // what cannot be read is a dead letter, and no word of the engine
		if i, ok := record.(*duty.Incident); ok && i.Origin == duty.OriginAutomatic && i.ReceivedAt <= v.watch.at {
			if before := out[i.IncidentID]; before == nil || before.Version < i.Version {
				out[i.IncidentID] = i
			}
		}
		return nil
	})
	return out, err
}
