package evidence

import (
	"cmp"
	"slices"

	"tilsyn/engine/duty"
)

// rowsOf lists the registrations of an account with all that EVD-14 item 2 asks for, in order of time.
func (c *Case) rowsOf(a *duty.Account, p *duty.Policy) []Row {
	out := []Row{}
	list := append(slices.Clone(a.Registrations), a.Between...)
	slices.SortStableFunc(list, func(x, y duty.Registration) int {
		return cmp.Or(cmp.Compare(x.At, y.At), cmp.Compare(x.Topic, y.Topic), cmp.Compare(x.ID, y.ID))
	})
	for i := range list {
		out = append(out, c.rowOf(&list[i], p))
	}
	return out
}

func (c *Case) rowOf(r *duty.Registration, p *duty.Policy) Row {
	n := Row{Topic: r.Topic, ID: r.ID, At: r.At.String(), Received: r.ReceivedAt.String(), Known: r.Known.String(),
		CentreID: r.CentreID, Role: r.Role.String(), Counted: r.Use.Counted(), Use: string(r.Use), Late: r.Late}
	if r.Pos.OK {
		n.Partition, n.Offset = &r.Pos.V.Partition, &r.Pos.V.Offset
	}
	if r.Direction != duty.DirectionUnknown {
		n.Direction = r.Direction.String()
	}
	if r.Topic == duty.TopicManualEntries {
		n.Form, n.Authentication = r.Source, "FORM_STAFF"
		return n
	}
	n.Device, n.CardType, n.Authentication = r.Source, r.CardType.String(), "BIO"
	if r.CardType == duty.CardTypeBarcode {
		n.Authentication = "BAR_STAFF"
	}
	n.Side = side(p, r.Source, r.CentreID, r.At)
	if v := c.event(r); v != nil {
		n.CardID, n.DeviceType = v.CardID, v.DeviceType.String()
	}
	return n
}

// event is the record of a row.
func (c *Case) event(r *duty.Registration) *duty.CardEvent {
	var out *duty.CardEvent
	for i := range c.Input.Person.CardEvents {
		k := &c.Input.Person.CardEvents[i]
		if k.Fact.ID == r.ID && k.At <= c.At && (out == nil || k.Fact.Version > out.Version) {
			out = &k.Fact
		}
	}
	return out
}

// side says on which side of the gate or the fence a device stands (DEV-03, DEV-04, PAS-03).
func side(p *duty.Policy, device, centre string, at duty.Instant) string {
	for i := range p.Devices {
		d := &p.Devices[i]
		if d.ID != device || at < d.From || at >= d.To {
			continue
		}
		switch {
		case d.PairedWith != "" && d.Outer:
			return "OUTER"
		case d.PairedWith != "":
			return "INNER"
		case d.ForReports():
			return standSide(p, centre, at)
		}
	}
	return ""
}

func standSide(p *duty.Policy, centre string, at duty.Instant) string {
	for i := range p.Centres {
		x := &p.Centres[i]
		if x.ID != centre || x.NoStand || at < x.From || at >= x.To {
			continue
		}
		if x.StandInside {
			return "INSIDE"
		}
		return "OUTSIDE"
	}
	return ""
}
