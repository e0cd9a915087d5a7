package duty

// Traffic is what a person's registrations say of the devices and not of the person: how much was
// registered, when and in which direction (REL-04, IDN-10).
type Traffic struct {
	// Passages are ascending: two scans of a sluice and repetitions are one, scans without their partner
	// are left out.
	Passages []TrafficPassage
	// Rows are all card rows that count as the person's, in any order.
	Rows []TrafficRow
	// Unknown is set if nothing else is known of the person: the rows belong to nobody (IDN-06).
	Unknown bool
}

// TrafficPassage is a passage through a gate.
type TrafficPassage struct {
	At        Instant
	CentreID  string
	Direction Direction
}

// TrafficRow is a card row.
type TrafficRow struct {
	At                 Instant
	CentreID, DeviceID string
}

// Traffic returns what the person's registrations say of the devices, with all facts known at the clock
// and under the newest policy. A person that a link joined to another has none: it is that one's.
func (res *Result) Traffic() Traffic {
	var t Traffic
	if res.court == nil {
		return t
	}
	e := res.court.withLate.all[0]
	for _, list := range [][]row{e.rows.passages, e.rows.reports} {
		for i := range list {
			t.Rows = append(t.Rows, TrafficRow{list[i].event.OccurredAt, list[i].event.CentreID, list[i].event.DeviceID})
		}
	}
	t.Unknown = len(res.court.unknownPerson()) > 0
	all := pairScans(e.rows.passages, e.src.policy, e.par.SluiceMax)
	sortPassages(all)
	for _, x := range collapse(all, e.par.CollapseMax) {
		if !x.lone {
			t.Passages = append(t.Passages, TrafficPassage{x.at, x.centre, x.direction})
		}
	}
	return t
}
