package dutytest

import (
	"fmt"

	"tilsyn/engine/duty"
)

// centre adds incidents, exclusions and heartbeats.
func (g *gen) centre() {
	for i := 0; i < 2 && g.chance(25); i++ {
		a := g.time(-2, 6)
		f := duty.Incident{
			ID: g.id("i"), Version: 1, IncidentID: g.id("I"), CentreID: g.centreNow(), From: a, Kind: duty.IncidentKindServer,
			FormsStatus: pick(g, duty.FormsStatusPending, duty.FormsStatusComplete), State: duty.IncidentStateActive,
			Origin: duty.OriginHuman, DeviceIDs: []string{},
		}
		if g.chance(92) {
			f.To = duty.Some(a + duty.Instant(g.r.IntN(600))*duty.Minute)
		}
		at := g.received(a)
		g.c.centres.Incidents = append(g.c.centres.Incidents, duty.Known[duty.Incident]{Fact: f, At: at})
		if g.chance(35) {
			f.ID, f.Version = g.id("i"), 2
			switch g.r.IntN(5) {
			case 0:
				f.State = duty.IncidentStateDissolved
			case 1:
				f.To = duty.Some(a + duty.Instant(g.r.IntN(900))*duty.Minute)
			case 2:
				f.Retracted = true
			default:
				f.FormsStatus = duty.FormsStatusComplete
			}
			at = g.received(at + duty.Instant(1+g.r.IntN(90))*duty.Hour)
			g.c.centres.Incidents = append(g.c.centres.Incidents, duty.Known[duty.Incident]{Fact: f, At: at})
		}
	}
	if g.chance(10) {
		d := g.d0 + duty.Date(g.r.IntN(7))
		f := duty.Exclusion{
			ID: g.id("x"), Version: 1, ExclusionID: g.id("X"), CentreID: g.centreNow(), FromDate: d,
			ToDate: d + duty.Date(g.r.IntN(3)), Status: duty.ExclusionStatusDeclared, Reason: "loss",
			DeclaredBy: "A", ApprovedBy: "B",
		}
		f.DeclaredAt = localTime(d+duty.Date(g.r.IntN(12)), 600)
		if g.chance(10) {
			f.ApprovedBy = []string{"", " ", "A", "a "}[g.r.IntN(4)] // refused (EXC-06)
		}
		at := g.received(f.DeclaredAt)
		g.c.centres.Exclusions = append(g.c.centres.Exclusions, duty.Known[duty.Exclusion]{Fact: f, At: at})
		if g.chance(40) {
			f.ID, f.Version = g.id("x"), 2
			switch g.r.IntN(3) {
			case 0:
				f.Status = duty.ExclusionStatusLifted
			case 1:
				f.FromDate = f.ToDate
			default:
				f.Retracted = true
			}
			at = g.received(at + duty.Instant(1+g.r.IntN(200))*duty.Hour)
			g.c.centres.Exclusions = append(g.c.centres.Exclusions, duty.Known[duty.Exclusion]{Fact: f, At: at})
		}
	}
	if g.chance(2) {
		f := duty.Heartbeat{ID: g.id("b"), Version: 1, SourceID: "feed:notices", At: g.time(0, 6)}
		if g.chance(50) {
			f.SourceID, f.CentreID = "KH-carousel", duty.Some("KH")
		}
		g.c.centres.Heartbeats = append(g.c.centres.Heartbeats, duty.Known[duty.Heartbeat]{Fact: f, At: g.received(f.At)})
	}
}

// settled are the places whose logs are marked.
var settled = []string{"KH", "SJ", policeStation, lodging, asylum}

// settle adds completeness markers where some policy asks for them.
func (g *gen) settle() {
	mode := g.r.IntN(6)
	need := map[string][]duty.LogType{}
	for _, p := range g.c.policies {
		for _, s := range p.Policy.Settle {
			for _, centre := range settled {
				if s.CentreID == "" || s.CentreID == centre {
					need[centre] = append(need[centre], s.Logs...)
				}
			}
		}
	}
	if len(g.c.facts.ManualEntries) > 0 && g.chance(50) {
		need["KH"] = append(need["KH"], duty.LogTypeBarcodeLog)
		need["SJ"] = append(need["SJ"], duty.LogTypeBarcodeLog)
	}
	seen := map[string]bool{}
	for _, centre := range settled {
		for _, log := range need[centre] {
			if seen[centre+log.String()] {
				continue
			}
			seen[centre+log.String()] = true
			for d := g.d0 - 1; d <= g.d0+8; d++ {
				g.marker(centre, log, d, mode)
			}
		}
	}
}

func (g *gen) marker(centre string, log duty.LogType, d duty.Date, mode int) {
	end := localTime(d+1, 0)
	f := duty.Settlement{
		ID: fmt.Sprintf("s-%s-%s-%d", centre, log, d), Version: 1, CentreID: centre, LocalDate: d,
		LogType: log, Complete: true,
	}
	at := end
	switch mode {
	case 0:
		return // nothing is ever settled
	case 1:
		at = end + duty.Instant(g.r.IntN(20))*duty.Day
	case 2:
		at = end + 15*duty.Day
		if g.chance(50) {
			at = end + duty.Hour
		}
	}
	put(g, &g.c.centres.Settlements, f, at, func(f *duty.Settlement, v int64, gone bool) {
		f.Version, f.Retracted = v, gone
		if !gone {
			f.Complete = g.chance(50)
		}
	})
	if g.chance(60) {
		f.ID += "-am"
		f.Through = duty.Some(localTime(d, 6*60))
		g.c.centres.Settlements = append(g.c.centres.Settlements, duty.Known[duty.Settlement]{Fact: f, At: at - 18*duty.Hour})
	}
}

// links joins and parts the PersonIDs that rows were made under.
func (g *gen) links() {
	if !g.chance(10) {
		return
	}
	a := g.time(0, 7)
	f := duty.IdentityLink{ID: g.id("l"), Version: 1, PersonID: "P", AliasPersonID: "alias",
		Action: duty.LinkActionMerge, At: a}
	if g.chance(8) {
		f.PersonID, f.AliasPersonID = "alias", "P"
	}
	put(g, &g.c.facts.IdentityLinks, f, g.received(a), func(f *duty.IdentityLink, v int64, gone bool) {
		f.Version, f.Retracted = v, gone
	})
	if g.chance(30) {
		f.ID, f.Action = g.id("l"), duty.LinkActionSplit
		f.At = a + duty.Instant(1+g.r.IntN(400))*duty.Hour
		put(g, &g.c.facts.IdentityLinks, f, g.received(f.At), nil)
	}
	if g.chance(10) {
		f.ID, f.Action, f.PersonID, f.AliasPersonID = g.id("l"), duty.LinkActionMerge, f.AliasPersonID, f.PersonID
		f.At += duty.Hour
		put(g, &g.c.facts.IdentityLinks, f, f.At, nil)
	}
}

// broken adds records that could not be read or make no sense, and what
// settles them.
func (g *gen) broken() {
	if !g.chance(8) {
		return
	}
	at := g.time(0, 20)
	pos := duty.Some(duty.Position{Partition: 3, Offset: int64(g.n)})
	u := duty.Unreadable{Topic: pick(g, "card-events", "card-events", "card-events", "handlings"), Key: "P",
		ID: pick(g, "", "e-bad"), At: duty.Some(at), Pos: pos}
	topic := u.Topic
	switch g.r.IntN(6) {
	case 0:
		g.c.facts.Unreadable = append(g.c.facts.Unreadable, u)
	case 1:
		u.Topic, u.Key, topic = "incidents", g.centreNow(), "incidents"
		g.c.centres.Unreadable = append(g.c.centres.Unreadable, u)
	case 2:
		u.Key = ""
		u.At.OK = g.chance(60)
		g.c.centres.Unreadable = append(g.c.centres.Unreadable, u)
	case 3:
		topic = "holds"
		f := duty.Hold{ID: "h-bad", Version: 1, HoldID: "H-bad", PersonID: "P", Kind: duty.HoldKindOther,
			ValidFrom: at, ValidTo: duty.Some(at - duty.Hour)}
		g.c.facts.Holds = append(g.c.facts.Holds, duty.Known[duty.Hold]{Fact: f, At: at, Pos: pos})
		if g.chance(40) {
			f.Version, f.ValidTo = 2, duty.Some(at+duty.Hour)
			g.c.facts.Holds = append(g.c.facts.Holds,
				duty.Known[duty.Hold]{Fact: f, At: at + duty.Instant(g.r.IntN(200))*duty.Hour})
		}
	case 4:
		f := duty.CardEvent{
			ID: "e-odd", Version: 1, PersonID: duty.Some("P"), CardID: "bio", CardType: duty.CardTypeBiometric, CentreID: "XX",
			DeviceID: "XX-carousel", DeviceType: duty.DeviceTypeCarousel, Kind: duty.CardEventKindPassage,
			Direction: duty.Some(duty.DirectionIn), Scan: duty.ScanComplete, OccurredAt: at,
		}
		g.c.facts.CardEvents = append(g.c.facts.CardEvents, duty.Known[duty.CardEvent]{Fact: f, At: at, Pos: pos})
	case 5:
		topic = "exclusions"
		f := duty.Exclusion{
			ID: "x-bad", Version: 1, ExclusionID: "X-bad", CentreID: g.centreNow(), FromDate: g.d0 + 3, ToDate: g.d0 + 1,
			Status: duty.ExclusionStatusDeclared, DeclaredBy: "a", ApprovedBy: "b", DeclaredAt: at,
		}
		g.c.centres.Exclusions = append(g.c.centres.Exclusions, duty.Known[duty.Exclusion]{Fact: f, At: at, Pos: pos})
	}
	if g.chance(40) {
		f := duty.Resolution{
			ID: g.id("r"), Version: 1, Topic: topic, Partition: pos.V.Partition, Offset: pos.V.Offset,
			Outcome: duty.ResolutionOutcomeIrrelevant, By: "A", At: at + duty.Instant(g.r.IntN(200))*duty.Hour,
		}
		put(g, &g.c.centres.Resolutions, f, f.At, func(f *duty.Resolution, v int64, gone bool) {
			f.Version, f.Retracted = v, gone
		})
	}
}

// stamp gives every fact the received_at from which its file would know it,
// unless it has one of its own: then logged_at differs.
func (g *gen) stamp() {
	f, c := &g.c.facts, &g.c.centres
	stampAll(f.CardEvents, func(x *duty.CardEvent) *duty.Instant { return &x.ReceivedAt })
	stampAll(f.ManualEntries, func(x *duty.ManualEntry) *duty.Instant { return &x.ReceivedAt })
	stampAll(f.Notices, func(x *duty.Notice) *duty.Instant { return &x.ReceivedAt })
	stampAll(f.ObligationChanges, func(x *duty.ObligationChange) *duty.Instant { return &x.ReceivedAt })
	stampAll(f.GroupChanges, func(x *duty.GroupChange) *duty.Instant { return &x.ReceivedAt })
	stampAll(f.Permissions, func(x *duty.Permission) *duty.Instant { return &x.ReceivedAt })
	stampAll(f.Holds, func(x *duty.Hold) *duty.Instant { return &x.ReceivedAt })
	stampAll(f.DepartureAssessments, func(x *duty.DepartureAssessment) *duty.Instant { return &x.ReceivedAt })
	stampAll(f.IdentityLinks, func(x *duty.IdentityLink) *duty.Instant { return &x.ReceivedAt })
	stampAll(f.CardAssignments, func(x *duty.CardAssignment) *duty.Instant { return &x.ReceivedAt })
	stampAll(c.Incidents, func(x *duty.Incident) *duty.Instant { return &x.ReceivedAt })
	stampAll(c.Exclusions, func(x *duty.Exclusion) *duty.Instant { return &x.ReceivedAt })
	stampAll(c.Settlements, func(x *duty.Settlement) *duty.Instant { return &x.ReceivedAt })
	stampAll(c.Heartbeats, func(x *duty.Heartbeat) *duty.Instant { return &x.ReceivedAt })
	stampAll(c.ManualEntries, func(x *duty.ManualEntry) *duty.Instant { return &x.ReceivedAt })
	stampAll(c.Resolutions, func(x *duty.Resolution) *duty.Instant { return &x.ReceivedAt })
}

// separate keeps registrations at two centres apart, so that nobody is at both in one millisecond,
// where either order would be right.
func (g *gen) separate() {
	rows := g.c.facts.CardEvents
	for i := range rows {
		f := &rows[i].Fact
		for g.elsewhere(f) {
			f.OccurredAt += 7 * duty.Second
		}
	}
}

// elsewhere reports whether something was registered at another centre at the
// instant of the row.
func (g *gen) elsewhere(f *duty.CardEvent) bool {
	for i := range g.c.facts.CardEvents {
		x := &g.c.facts.CardEvents[i].Fact
		if x.OccurredAt == f.OccurredAt && x.CentreID != f.CentreID {
			return true
		}
	}
	for i := range g.c.facts.ManualEntries {
		x := &g.c.facts.ManualEntries[i].Fact
		if x.CentreID != f.CentreID && x.LocalTime == wallText(f.OccurredAt) && f.OccurredAt%duty.Minute == 0 {
			return true
		}
	}
	return false
}

func stampAll[T any](list []duty.Known[T], field func(*T) *duty.Instant) {
	for i := range list {
		if p := field(&list[i].Fact); *p == 0 {
			*p = list[i].At
		}
	}
}
