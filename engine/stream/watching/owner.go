package watching

import (
	"cmp"
	"maps"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/watch"
)

// Owner is the watch of a prefix, in the task that owns it: everything that it has to know, what it
// sees at a clock, and what it has said of that. It is not safe for concurrent use.
type Owner struct {
	log *watch.Log
	// live are the watches of the log, by the digest of the policy.
	live map[string]*watch.Live
	// pairs are the inconsistent pairs that stand, by policy and person, from which clock on.
	pairs map[string]map[string][]pairsSince
	// dues are the times of day at which units fall due, in minutes.
	dues []int
	// changed is true if something came in since the last look.
	changed bool
	said    *Coverage
	// told are the automatic incidents on the topic incidents, by id: the newest version of each.
	told map[string]duty.Incident
	// beats, counts and incidents are how many facts of centres were taken in.
	beats, counts, incidents int
}

// NewOwner returns an owner that knows nothing and has said nothing.
func NewOwner() *Owner {
	return &Owner{log: watch.NewLog(), live: map[string]*watch.Live{},
		pairs: map[string]map[string][]pairsSince{}, said: NewCoverage(), told: map[string]duty.Incident{}}
}

// Row implements Receiver.
func (o *Owner) Row(r watch.Row) {
	o.log.AddRow(r)
	o.changed = true
}

// pairsSince are all pairs of a person from a clock on, until the next ones.
type pairsSince struct {
	since duty.Instant
	pairs []duty.Pair
}

// Pairs implements Receiver.
func (o *Owner) Pairs(person, policy string, since duty.Instant, pairs []duty.Pair) {
	of := o.pairs[policy]
	if of == nil {
		of = map[string][]pairsSince{}
		o.pairs[policy] = of
	}
	list := of[person]
	for len(list) > 0 && list[len(list)-1].since >= since {
		list = list[:len(list)-1]
	}
	of[person] = append(list, pairsSince{since, pairs})
	o.changed = true
}

// Due implements Receiver.
func (o *Owner) Due(minutes int) {
	if i, found := slices.BinarySearch(o.dues, minutes); !found {
		o.dues = slices.Insert(o.dues, i, minutes)
		o.changed = true
	}
}

// Follow takes in what is new among the facts of centres.
func (o *Owner) Follow(f *CentreFacts) {
	o.changed = o.changed || len(f.Beats) > o.beats || len(f.Counts) > o.counts || len(f.Incidents) > o.incidents
	for ; o.beats < len(f.Beats); o.beats++ {
		o.log.AddBeat(&f.Beats[o.beats])
	}
	for ; o.counts < len(f.Counts); o.counts++ {
		o.log.AddCount(&f.Counts[o.counts])
	}
	for ; o.incidents < len(f.Incidents); o.incidents++ {
		o.log.AddIncident(&f.Incidents[o.incidents])
	}
}

// Heard takes in a record on coverage that this task or a predecessor has written, in the order of
// the log.
func (o *Owner) Heard(key, value []byte) { o.said.Take(key, value) }

// HeardIncident takes in an automatic incident on the topic incidents.
func (o *Owner) HeardIncident(v *duty.Incident) {
	if before, ok := o.told[v.IncidentID]; !ok || before.Version < v.Version {
		o.told[v.IncidentID] = *v
	}
}

// Through returns the clock up to which the owner has spoken; Beginning before its first word.
func (o *Owner) Through() duty.Instant { return o.said.Through() }

// Changed reports whether something came in since the last look.
func (o *Owner) Changed() bool { return o.changed }

// Word is what the owner says at a clock.
type Word struct {
	// Said are the records for coverage, in order.
	Said []Said
	// Incidents are the automatic incidents to publish.
	Incidents []duty.Incident
	// Quality are the lines of data quality that hold.
	Quality []duty.DataQuality
}

// Look looks at a clock by which everything that it has to know has come in, under each policy. now
// is the one in force. What it returns counts as said: the caller writes all of it or begins again
// with what was written.
func (o *Owner) Look(at duty.Instant, policies []duty.ActivePolicy, now *duty.Policy, centres *duty.Centres) Word {
	o.changed = false
	opinions := map[string]*Opinion{}
	var word Word
	for i := range policies {
		p := policies[i].Policy
		if opinions[p.Digest] != nil {
			continue
		}
		v := o.live[p.Digest]
		if v == nil {
			v = o.log.Under(p)
			o.live[p.Digest] = v
		}
		pairs := o.seenUnder(p.Digest, at)
		report := v.Look(at, pairs, centres)
		params := p.ParamsAt(at.Date())
		opinion := &Opinion{Incidents: report.Automatic(params).List(), Supervised: v.Supervised(at)}
		for _, s := range v.Timely(at, pairs, centres, o.dues) {
			opinion.Timely = append(opinion.Timely, Timely{Due: s.Due, Incidents: s.Incidents.List()})
		}
		opinions[p.Digest] = opinion
		if p.Digest == now.Digest {
			word.Incidents, word.Quality = o.publish(at, &report, params), report.DataQuality
		}
	}
	maps.DeleteFunc(o.live, func(digest string, _ *watch.Live) bool { return opinions[digest] == nil })
	word.Said = o.said.Say(at, opinions)
	return word
}

// seenUnder lists the pairs that stand at a clock under a policy, by person. No later look is at an
// earlier clock, so that what only held before it is dropped.
func (o *Owner) seenUnder(digest string, at duty.Instant) (out []watch.SeenPair) {
	of := o.pairs[digest]
	for _, person := range slices.Sorted(maps.Keys(of)) {
		list := of[person]
		for len(list) > 1 && list[1].since <= at {
			list = list[1:]
		}
		of[person] = list
		if list[0].since > at {
			continue
		}
		for _, p := range list[0].pairs {
			out = append(out, watch.SeenPair{Person: person, Pair: p})
		}
		if len(list) == 1 && len(list[0].pairs) == 0 {
			delete(of, person)
		}
	}
	return out
}

// publish returns the automatic incidents whose state on the topic differs from what the report
// says: for people, who are told once of each change (contract-watch 6.7). A silence that lasts is
// published once it was seen for one interval. One that people's word replaced is as dissolved; so
// is one whose anchor a late arrival took away (W-33). A dissolved one may come back (W-27). Where two
// numberings of one epoch miss the same number, both gaps have one id: verdicts see both, the topic has
// the first of them.
func (o *Owner) publish(at duty.Instant, report *watch.Report, params *duty.Params) []duty.Incident {
	var out []duty.Incident
	stands := map[string]bool{}
	for _, x := range report.Automatic(params).List() {
		v := x.Incident
		before, told := o.told[v.IncidentID]
		if stands[v.IncidentID] || !told && !v.To.OK && at < x.Opened+params.HeartbeatInterval {
			continue
		}
		stands[v.IncidentID] = true
		if told && samePublished(&before, &v) {
			continue
		}
		v.Version, v.ReceivedAt = before.Version+1, at
		out = append(out, v)
	}
	for id, before := range o.told { //house:order-free sorted below
		if before.State == duty.IncidentStateActive && !stands[id] {
			before.Version, before.ReceivedAt, before.State = before.Version+1, at, duty.IncidentStateDissolved
			out = append(out, before)
		}
	}
	slices.SortFunc(out, func(a, b duty.Incident) int { return cmp.Compare(a.IncidentID, b.IncidentID) })
	for i := range out {
		o.told[out[i].IncidentID] = out[i]
	}
	return out
}

// samePublished reports whether a published incident says what is to be said.
func samePublished(before, v *duty.Incident) bool {
	return before.State == v.State && before.CentreID == v.CentreID && before.From == v.From && before.To == v.To &&
		before.Kind == v.Kind && slices.Equal(before.DeviceIDs, v.DeviceIDs)
}
