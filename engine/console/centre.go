package console

import (
	"cmp"
	"slices"
	"strings"

	"tilsyn/engine/console/access"
	"tilsyn/engine/console/projection"
	"tilsyn/engine/duty"
)

// CentrePage is a centre: its devices, incidents, exclusions, paper and recalls.
//
// Many fields: one for each part of the page.
type CentrePage struct {
	CentreID string   `json:"centre_id"`
	Centres  []string `json:"centres"`
	AsOf     string   `json:"as_of"`
	// Sources are devices and feeds with their last sign of life.
	Sources   []Source   `json:"sources"`
	Incidents []Incident `json:"incidents"`
	// Exclusions are those in force or lifted; Suggestions wait for a second person.
	Exclusions  []Excluded              `json:"exclusions"`
	Suggestions []projection.Suggestion `json:"suggestions"`
	// Settlement is, for the last dates, what paper is in and what is missing.
	Settlement []SettledDate `json:"settlement"`
	// Paper is what nobody could read the number of.
	Paper []Paper `json:"paper_without_person"`
	// Traffic are findings about it; Passages are what was counted by day, as of CountedAt, which is empty before that
	// was done once.
	Traffic   []Traffic    `json:"traffic"`
	Passages  []TrafficDay `json:"passages"`
	CountedAt string       `json:"counted_at"`
	Recalls   []Recalled   `json:"recalls"`
	Quality   []Finding    `json:"data_quality"`
	// Me is who reads, who cannot approve their own suggestion.
	Me string `json:"-"`
}

// Source is a device or a feed.
type Source struct {
	ID   string `json:"source_id"`
	Type string `json:"type"`
	// Last is its last heartbeat; empty where it never sent one. Silent is true after
	// heartbeat.missed times heartbeat.interval.
	Last       string `json:"last_heartbeat"`
	Supervised bool   `json:"supervised"`
	Silent     bool   `json:"silent"`
}

// Incident is an incident that stands.
type Incident struct {
	IncidentID string `json:"incident_id"`
	Kind       string `json:"kind"`
	From       string `json:"from"`
	To         string `json:"to"`
	Forms      string `json:"forms_status"`
	State      string `json:"state"`
	Origin     string `json:"origin"`
	ID         string `json:"id"`
}

// Excluded is an exclusion.
type Excluded struct {
	ExclusionID string `json:"exclusion_id"`
	From        string `json:"from_date"`
	To          string `json:"to_date"`
	Status      string `json:"status"`
	Reason      string `json:"reason"`
	DeclaredBy  string `json:"declared_by"`
	ApprovedBy  string `json:"approved_by"`
}

// SettledDate is one date of a centre.
type SettledDate struct {
	Date string       `json:"local_date"`
	Logs []SettledLog `json:"logs"`
	// Missing is how many required logs are not proven.
	Missing int `json:"missing"`
}

// SettledLog is one log of a date.
type SettledLog struct {
	Log    string `json:"log_type"`
	Proven bool   `json:"proven"`
}

// Traffic is a line about the traffic at a centre against what is usual there (REL-04).
type Traffic struct {
	Code   string            `json:"code"`
	From   string            `json:"from"`
	To     string            `json:"to"`
	Detail map[string]string `json:"detail"`
}

// Recalled is a recall (contract-case 8).
type Recalled struct {
	CauseID string `json:"cause_id"`
	Cause   string `json:"cause"`
	Units   int32  `json:"units"`
	Opened  string `json:"opened_at"`
	Closed  string `json:"closed_at"`
	// FiledUnits are units of which a report to the police still stands.
	FiledUnits int32            `json:"filed_units"`
	Consumers  []RecallConsumer `json:"consumers"`
}

// RecallConsumer is one consumer of a recall.
type RecallConsumer struct {
	Consumer     string `json:"consumer"`
	Acknowledged int32  `json:"acknowledged"`
	Open         int32  `json:"open"`
}

// settledDates is how many dates of a centre are shown.
const settledDates = 21

func centreView() *view {
	return &view{path: "/centres/{centre}", right: access.SeeCentres, title: "Center|Centre", template: "centre.html",
		answer: CentrePage{}, data: centrePage}
}

func centrePage(q *request) (any, error) {
	w, ok := q.live.world()
	if !ok {
		return nil, errNoWorld
	}
	at, id := q.now(), q.PathValue("centre")
	p := policyAt(&w, at)
	out := &CentrePage{CentreID: id, AsOf: at.Local(), Centres: orNone(centreIDs(&w, at)), Me: q.actor.Name}
	if id == "-" && len(out.Centres) > 0 {
		id = out.Centres[0]
		out.CentreID = id
	}
	if p == nil || !p.Registered(id) {
		return nil, notFound("Registeret kender ikke det center.|The register does not know that centre.")
	}
	beats, err := q.live.store.Beats()
	if err != nil {
		return nil, err
	}
	out.Sources, out.Incidents = sources(&w, p, id, beats, at), incidents(&w, id, at)
	out.Exclusions, out.Settlement = exclusions(&w, p, id, at), settledOf(&w, p, id, at)
	out.Paper = q.waitingPaper(&w, id)
	recalls, err := q.live.store.Recalls(id)
	if err != nil {
		return nil, err
	}
	if out.Recalls, err = q.recalled("centre", recalls); err != nil {
		return nil, err
	}
	if out.Suggestions, err = q.live.store.Suggestions(id); err != nil {
		return nil, err
	}
	out.Suggestions = slices.DeleteFunc(out.Suggestions, func(s projection.Suggestion) bool { return s.State != "OPEN" })
	quality, err := q.live.store.Quality(id)
	if err != nil {
		return nil, err
	}
	out.Traffic, out.Quality = traffic(quality)
	out.Passages = []TrafficDay{}
	if a := q.c.accounts.Load(); a != nil && a.Whole {
		out.Passages, out.CountedAt = orNone(a.traffic[id]), a.At
	}
	return out, nil
}

// sources are the devices of the register and the feeds, with their last heartbeats.
func sources(w *World, p *duty.Policy, centre string, last map[string]duty.Instant, at duty.Instant) []Source {
	params := p.ParamsAt(at.Date())
	quiet := params.HeartbeatInterval * duty.Instant(params.HeartbeatMissed)
	supervised := map[string]bool{}
	if watch := w.Centres.Watch(); watch != nil {
		if says := watch(p); says != nil {
			for _, s := range says.Supervised {
				supervised[s.DeviceID] = true
			}
			for i := range says.Feeds {
				supervised[says.Feeds[i].Source] = true
			}
		}
	}
	out := []Source{}
	add := func(id, kind string) {
		s := Source{ID: id, Type: kind, Supervised: supervised[id] || last[id] != 0}
		if t := last[id]; t != 0 {
			s.Last, s.Silent = t.Local(), at-t > quiet
		}
		out = append(out, s)
	}
	for i := range p.Devices {
		if d := &p.Devices[i]; d.CentreID == centre && d.From <= at && at < d.To {
			add(d.ID, d.Type.String())
		}
	}
	for _, f := range duty.Feeds() {
		add(f, "FEED")
	}
	slices.SortStableFunc(out, func(a, b Source) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// mostIncidents is how many incidents and exclusions are shown, the newest ones.
const mostIncidents = 100

func incidents(w *World, centre string, at duty.Instant) []Incident {
	out := []Incident{}
	add := func(n *duty.Incident) {
		if n.CentreID == centre {
			out = append(out, Incident{n.IncidentID, n.Kind.String(), n.From.Local(), localOr(n.To), n.FormsStatus.String(),
				n.State.String(), n.Origin.String(), n.ID})
		}
	}
	sorted := duty.SortVersions[duty.Incident](w.Centres.Facts().Incidents)
	for _, k := range duty.InForce[duty.Incident](sorted, knownBy[duty.Incident](at)) {
		if k.Fact.Origin != duty.OriginAutomatic {
			add(&k.Fact)
		}
	}
	for _, n := range automatic(w, at) {
		add(&n)
	}
	slices.SortStableFunc(out, func(a, b Incident) int {
		return cmp.Or(cmp.Compare(b.From, a.From), cmp.Compare(a.IncidentID, b.IncidentID))
	})
	return out[:min(len(out), mostIncidents)]
}

func exclusions(w *World, p *duty.Policy, centre string, at duty.Instant) []Excluded {
	out := []Excluded{}
	all := slices.Concat(p.Exclusions, w.Centres.Facts().Exclusions)
	for _, k := range duty.InForce[duty.Exclusion](duty.SortVersions[duty.Exclusion](all), knownBy[duty.Exclusion](at)) {
		if x := &k.Fact; x.CentreID == centre {
			out = append(out, Excluded{x.ExclusionID, x.FromDate.String(), x.ToDate.String(), x.Status.String(), x.Reason,
				x.DeclaredBy, x.ApprovedBy})
		}
	}
	slices.SortStableFunc(out, func(a, b Excluded) int { return cmp.Compare(b.From, a.From) })
	return out[:min(len(out), mostIncidents)]
}

// settledOf says for each of the last dates which required logs are proven through its end.
func settledOf(w *World, p *duty.Policy, centre string, at duty.Instant) []SettledDate {
	out := []SettledDate{}
	for d := at.Date() - 1; d > at.Date()-1-settledDates; d-- {
		x := SettledDate{Date: d.String(), Logs: []SettledLog{}}
		for _, l := range p.RequiredLogs(centre, d) {
			proven := w.Centres.Proven(centre, l, duty.Span{From: d.Start(), To: (d + 1).Start() - 1}, at)
			if !proven {
				x.Missing++
			}
			x.Logs = append(x.Logs, SettledLog{l.String(), proven})
		}
		out = append(out, x)
	}
	return out
}

// recalled are recalls as the page shows them. The cause of late data is a person (contract-case 8): who may see
// no person does not see it, and for all others it is a look at them.
func (q *request) recalled(page string, list []duty.Recall) ([]Recalled, error) {
	out := []Recalled{}
	var persons []string
	for i := range list {
		r := &list[i]
		n := Recalled{CauseID: r.CauseID, Cause: r.Cause.String(), Units: r.Units, Opened: r.OpenedAt.Local(),
			Closed: localOr(r.ClosedAt), FiledUnits: r.FiledUnits, Consumers: []RecallConsumer{}}
		if r.Cause == duty.RecallCauseLateData {
			if q.actor.May(access.SeePersons) {
				persons = append(persons, strings.TrimPrefix(r.CauseID, n.Cause+":"))
			} else {
				n.CauseID = n.Cause
			}
		}
		for _, c := range r.Consumers {
			n.Consumers = append(n.Consumers, RecallConsumer{c.Consumer, c.Acknowledged, c.Open})
		}
		out = append(out, n)
	}
	if len(persons) == 0 {
		return out, nil
	}
	slices.Sort(persons)
	return out, q.audit(AuditLine{What: "VIEW", Page: page, Persons: slices.Compact(persons)})
}

// traffic takes the lines that compare traffic apart from all others.
func traffic(list []duty.DataQuality) ([]Traffic, []Finding) {
	lines, rest := []Traffic{}, []Finding{}
	for i := range list {
		q := &list[i]
		switch q.Code {
		case duty.DataQualityCodeTrafficLow, duty.DataQualityCodeNetDrift, duty.DataQualityCodeSameDirectionShare:
			t := Traffic{q.Code.String(), q.From.Local(), localOr(q.To), map[string]string{}}
			for _, d := range q.Detail {
				t.Detail[d.Name] = d.Value
			}
			lines = append(lines, t)
		default:
			rest = append(rest, Finding{q.Code.String(), q.From.Local(), localOr(q.To)})
		}
	}
	return lines, rest
}
