package task

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"tilsyn/engine/casefile"
	"tilsyn/engine/control"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/deadletter"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/watching"
	"tilsyn/engine/watch"
)

// watchedAt returns the facts of centres with what the watch says at a clock, as `replay` finds it:
// from all facts in the logs, without the engine.
func (w *world) watchedAt(persons map[string]*duty.Facts, centres *duty.Centres, at duty.Instant) *duty.Centres {
	if _, ok := w.judge.(judgeModel); ok {
		return centres
	}
	says, _ := w.watchSays(persons, centres, at)
	return centres.WithWatch(func(p *duty.Policy) *duty.Watched { return says[p] })
}

// watchSays returns what the watch says at a clock under each policy, and its report under the last.
func (w *world) watchSays(persons map[string]*duty.Facts, centres *duty.Centres,
	at duty.Instant) (map[*duty.Policy]*duty.Watched, watch.Report) {
	f := centres.WatchFacts()
	rows := w.rowsOfLogs()
	says := map[*duty.Policy]*duty.Watched{}
	var last watch.Report
	for _, active := range w.policies() {
		p := active.Policy
		var known []watch.Row
		for i := range rows {
			if slices.ContainsFunc(p.Centres, func(c duty.Centre) bool { return c.ID == rows[i].CentreID }) {
				known = append(known, rows[i])
			}
		}
		of := watch.New(watch.Facts{Heartbeats: f.Heartbeats, Reconciliations: f.Reconciliations, Incidents: f.Incidents,
			Rows: known, Centres: centres}, p)
		var pairs []watch.SeenPair
		for _, id := range slices.Sorted(maps.Keys(persons)) {
			in := duty.Input{PersonID: id, Person: persons[id], Centres: centres, Policies: w.policies()}
			for _, x := range duty.Pairs(in, p, at) {
				pairs = append(pairs, watch.SeenPair{Person: id, Pair: x})
			}
		}
		last = of.Look(watch.View{At: at}, watch.Seen(pairs, watch.View{At: at}))
		report := last
		t := watch.NewTimely(of, at, pairs, &report)
		says[p] = &duty.Watched{Incidents: t.Ordinary(), Timely: t.Incidents, Feeds: of.Feeds(),
			Supervised: of.Supervised(at)}
	}
	return says, last
}

// rowsOfLogs are the rows that have arrived.
func (w *world) rowsOfLogs() []watch.Row {
	var rows []watch.Row
	for i := range w.parts {
		for _, rec := range w.broker.Committed(broker.Partition{Topic: duty.TopicCardEvents, Index: i}) {
			if deadletter.Doubt(&rec, w.trust) {
				continue
			}
			record, err := rec.Decode(w.codec)
			if err != nil || casefile.KeyFault(rec.Topic, string(rec.Key), rec.Index, record, w.partitionOf) != nil {
				continue
			}
			if e := record.(*duty.CardEvent); duty.RowMakesSense(e) {
				rows = append(rows, watch.RowOf(&duty.Known[duty.CardEvent]{Fact: *e, At: rec.At}))
			}
		}
	}
	return rows
}

// checkWatch compares what the owner of the watch has told beside the verdicts with what the facts in
// the logs give: lines of data quality, and automatic incidents on the topic.
func (w *world) checkWatch() {
	w.t.Helper()
	if _, ok := w.judge.(Core); !ok {
		return
	}
	persons, centres := w.knowledgeOf()
	says, report := w.watchSays(persons, centres, w.now)
	w.checkCoverage(says)
	open := map[string]duty.DataQuality{}
	for i := range w.parts {
		for _, rec := range w.broker.Committed(broker.Partition{Topic: duty.TopicDataQuality, Index: i}) {
			q := w.decoded(duty.TopicDataQuality, rec.Value).(*duty.DataQuality)
			if !ofWatch(q) {
				continue
			}
			delete(open, q.ID)
			if q.State == duty.FindingStateOpen {
				open[q.ID] = *q
			}
		}
	}
	tally := control.NewTally()
	for _, r := range w.rowsOfLogs() {
		tally.Arrived(r.CentreID, r.OccurredAt, r.Known)
	}
	missing, _ := control.Missing(tally, duty.World{Centres: centres, Policies: w.policies()}, w.now)
	for _, q := range append(report.DataQuality, missing...) {
		if got, ok := open[q.ID]; !ok || string(got.AppendCanonical(nil)) != string(q.AppendCanonical(nil)) {
			w.t.Errorf("%s of %s is not open, or says something else: %+v", q.Code, q.Subject, got)
		}
		delete(open, q.ID)
	}
	for _, q := range open {
		w.t.Errorf("%s of %s is open still", q.Code, q.Subject)
	}
	w.checkPublished(&report)
}

// checkCoverage compares what the owner has said on coverage with what the watch says by the facts in the
// logs: under each policy the incidents that stand, those without the facts that were late for units of
// some days, and the supervised devices.
func (w *world) checkCoverage(says map[*duty.Policy]*duty.Watched) {
	w.t.Helper()
	read := watching.NewCoverage()
	for _, rec := range w.broker.Committed(coverage) {
		read.Take(rec.Key, rec.Value)
	}
	content := read.Content()
	if content.Why != "" || content.Through < w.now || !content.Covers(w.policies()) {
		w.t.Errorf("coverage reaches %s, now is %s: %s", content.Through, w.now, content.Why)
		return
	}
	incidents := func(a *duty.Automatic, before duty.Instant) []string {
		return sortedText(slices.DeleteFunc(slices.Clone(a.List()), func(x duty.AutomaticIncident) bool {
			return x.Incident.From >= before
		}))
	}
	for p, want := range says { // the order does not matter
		got := content.Under(p.Digest, nil)
		if a, b := incidents(got.Incidents, duty.Forever), incidents(want.Incidents, duty.Forever); !slices.Equal(a, b) {
			w.t.Errorf("incidents under policy %s: %s", p.Version, unlikeText(a, b))
		}
		if a, b := sortedText(got.Supervised), sortedText(want.Supervised); !slices.Equal(a, b) {
			w.t.Errorf("supervised on coverage are %v, by the facts %v", a, b)
		}
		for d := seeds.Start.Date(); d.Start() < w.now; d++ {
			timely, due := got.Incidents, d.Clock(6, 0)
			if got.Timely != nil {
				timely = got.Timely(due)
			}
			bears := due + duty.Day // what begins later bears on no such unit (watch.Timely)
			if a, b := incidents(timely, bears), incidents(want.Timely(due), bears); !slices.Equal(a, b) {
				w.t.Errorf("incidents under policy %s without what was late for %s: %s", p.Version, due, unlikeText(a, b))
			}
		}
	}
}

// sortedText are the things of a list as text, in no order of theirs.
func sortedText[T any](list []T) []string {
	var out []string
	for _, x := range list {
		out = append(out, fmt.Sprintf("%+v", x))
	}
	slices.Sort(out)
	return out
}

// unlikeText says of what is on coverage how it differs from what the facts give.
func unlikeText(got, want []string) string {
	var out []string
	for _, x := range got {
		if !slices.Contains(want, x) {
			out = append(out, "on coverage alone "+x)
		}
	}
	for _, x := range want {
		if !slices.Contains(got, x) {
			out = append(out, "by the facts alone "+x)
		}
	}
	return strings.Join(out, "\n")
}

// checkPublished compares the automatic incidents on the topic with those of a report.
func (w *world) checkPublished(report *watch.Report) {
	w.t.Helper()
	params := w.inForce().ParamsAt(w.now.Date())
	stands := map[string]duty.Incident{}
	for i := range w.parts {
		for _, rec := range w.broker.Committed(broker.Partition{Topic: duty.TopicIncidents, Index: i}) {
			record, err := rec.Decode(w.codec)
			v, ok := record.(*duty.Incident)
			if err != nil || !ok || v.Origin != duty.OriginAutomatic {
				continue
			}
			before := stands[v.IncidentID]
			if v.Version != before.Version+1 {
				w.t.Errorf("version %d of %s follows version %d", v.Version, v.IncidentID, before.Version)
			}
			if same := before; samePublished(&same, v) {
				w.t.Errorf("%s is published again without a change", v.IncidentID)
			}
			stands[v.IncidentID] = *v
		}
	}
	seen := map[string]bool{}
	for _, x := range report.Automatic(params).List() {
		if seen[x.Incident.IncidentID] {
			continue // two numberings of one epoch miss the same number: the topic has the first
		}
		seen[x.Incident.IncidentID] = true
		got, ok := stands[x.Incident.IncidentID]
		soon := !x.Incident.To.OK && w.now < x.Opened+params.HeartbeatInterval
		if !soon && (!ok || !samePublished(&got, &x.Incident)) {
			w.t.Errorf("%s is published as %+v", x.Incident.IncidentID, got)
		}
		delete(stands, x.Incident.IncidentID)
	}
	for id, v := range stands {
		if v.State == duty.IncidentStateActive {
			w.t.Errorf("%s is published and does not stand any more", id)
		}
	}
}

func samePublished(a, b *duty.Incident) bool {
	return a.State == b.State && a.CentreID == b.CentreID && a.From == b.From && a.To == b.To && a.Kind == b.Kind &&
		slices.Equal(a.DeviceIDs, b.DeviceIDs)
}
