package oracle

import "tilsyn/engine/duty"

// Places of the register (RD-44, RD-45, RD-46, contract §5).

// register returns the entry of a place; nil where the register does not know
// it.
func (w *world) register(id string) *duty.Centre {
	for i := range w.pol.Centres {
		if w.pol.Centres[i].ID == id {
			return &w.pol.Centres[i]
		}
	}
	return nil
}

func (w *world) policeStation(id string) bool {
	c := w.register(id)
	return c != nil && c.Kind == duty.PlacePoliceStation
}

// operates reports whether a place is in operation on the date of a unit; its
// operating dates are whole ones. One that the register does not know counts as
// if it were known (RD-46).
func (w *world) operates(id string, d duty.Date) bool {
	for i := range w.pol.Centres {
		c := &w.pol.Centres[i]
		if c.ID == id && c.From < at(d+1, 0) && at(d, 0) < c.To {
			return true
		}
	}
	return w.register(id) == nil
}

// working leaves out the decisions whose place is out of operation on the date
// of the unit, but for a REPORT that names the police (RD-44).
func (w *world) working(d duty.Date, list []segment) []segment {
	var out []segment
	for _, s := range list {
		if w.operates(s.centre, d) || (s.kind == duty.KindReport && w.namesPolice(&s)) {
			out = append(out, s)
		}
	}
	return out
}

// namesPolice: a police station names the police whatever the decision says.
func (w *world) namesPolice(s *segment) bool { return s.police || w.policeStation(s.centre) }

// closedTonight reports whether NOTIFY has STAY §13(2) in the night at places
// out of operation only (RD-44).
func (w *world) closedTonight(d duty.Date, from, to duty.Instant) bool {
	closed := false
	for _, t := range w.edges(from, to) {
		if w.strictStay(d, t) {
			return false
		}
		_, group := w.groupAt(t)
		closed = closed || strict(w.inForce(duty.KindStay, t), group)
	}
	return closed
}

// misplaced reports whether a decision of these kinds that binds in [from, to)
// names a place that the register does not know, or a police station (RD-46).
func (w *world) misplaced(from, to duty.Instant, kinds ...duty.Kind) bool {
	for _, kind := range kinds {
		for _, t := range w.edges(from, to) {
			for _, s := range w.inForce(kind, t) {
				if w.register(s.centre) == nil || w.policeStation(s.centre) {
					return true
				}
			}
		}
	}
	return false
}

// unequipped reports whether some place has no device of a kind on a date.
// Choice: a place that does not fit is judged as if it had one (RD-46).
func (w *world) unequipped(places []string, d duty.Date, serves func(*duty.Device) bool) bool {
	for _, id := range places {
		if w.register(id) == nil || w.policeStation(id) {
			continue
		}
		found := false
		for i := range w.pol.Devices {
			x := &w.pol.Devices[i]
			found = found || (x.CentreID == id && serves(x) && x.From < at(d+1, 0) && at(d, 0) < x.To)
		}
		if !found {
			return true
		}
	}
	return false
}

// passageDevice and reportDevice say what a device is there for (RD-45).
func passageDevice(x *duty.Device) bool {
	switch x.Type {
	case duty.DeviceTypeCarousel, duty.DeviceTypeHandheld, duty.DeviceTypeBarcodeScanner:
		return !x.Reports
	}
	return false
}

func reportDevice(x *duty.Device) bool {
	return x.Type == duty.DeviceTypeReportingStand || x.Reports
}
