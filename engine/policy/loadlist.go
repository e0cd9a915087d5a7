package policy

import (
	"slices"

	"tilsyn/engine/duty"
)

// fields reads the entries of a list whose elements are mappings with known
// keys, and calls use with what each has. A missing required key is a problem.
func (l *loader) fields(list entry, required, optional []string, use func(at item, get map[string]entry)) {
	if !list.value.isSeq {
		l.problem(list.value.line, list.value.column, list.key,
			"this is %s; write a list, each entry with `- %s: …`", list.value.what(), required[0])
		return
	}
	for _, x := range list.value.elements {
		before := len(l.problems)
		get := map[string]entry{}
		for _, e := range x.entries {
			if !slices.Contains(required, e.key) && !slices.Contains(optional, e.key) {
				if law, ok := lawOf(e.key); ok {
					l.problem(e.line, e.column, list.key+"."+e.key, "%s", law.refusal())
					continue
				}
				l.problem(e.line, e.column, list.key+"."+e.key, "there is no such key here; an entry of %s has %s",
					list.key, join(append(slices.Clone(required), optional...)))
				continue
			}
			get[e.key] = e
		}
		for _, k := range required {
			if _, ok := get[k]; !ok {
				l.problem(x.line, x.column, list.key+"."+k, "the entry lacks this key; write it")
			}
		}
		if len(l.problems) == before {
			use(x, get)
		}
	}
}

func join(words []string) string {
	out := ""
	for i, w := range words {
		if i > 0 {
			out += ", "
		}
		out += w
	}
	return out
}

// validity reads valid_from, valid_to and source, which every list has.
func (l *loader) validity(list string, at item, get map[string]entry) (from, to duty.Date, source string) {
	from, to, source = FirstDate, LastDate, l.here(at.line)
	if e, ok := get["valid_from"]; ok {
		from = l.date(e, list)
	}
	if e, ok := get["valid_to"]; ok {
		to = l.date(e, list)
	}
	e, ok := get["source"]
	if ok {
		source = l.text(e, list)
	}
	l.sourced(ok, at.line, at.column, list)
	if from > to {
		l.problem(at.line, at.column, list, "valid_to %s lies before valid_from %s; both are inclusive, "+
			"give them in order", FormatDate(to), FormatDate(from))
	}
	return from, to, source
}

// centres replaces the entries of the places named and adds new ones. An entry
// without kind is a departure centre.
func (l *loader) centres(list entry) {
	var fresh []Centre
	l.fields(list, []string{"id"}, []string{"stand_side", "kind", "name", "zone", "valid_from", "valid_to",
		"source"}, func(at item, get map[string]entry) {
		c := Centre{ID: l.text(get["id"], list.key)}
		c.From, c.To, c.Source = l.validity(list.key, at, get)
		c.Name = c.ID
		if e, ok := get["name"]; ok {
			c.Name = l.text(e, list.key)
		}
		if e, ok := get["zone"]; ok && e.value.scalar != Zone {
			l.problem(e.line, e.column, "centres.zone", "every centre lies in %s: "+
				"the legal clock times are local time there (TIM-01); write that or take the key out", Zone)
		}
		if e, ok := get["kind"]; ok {
			c.Kind = l.placeKind(e)
		}
		c.Stand = l.stand(at, get, c.Kind)
		l.mark("centre "+c.ID, at)
		for _, o := range fresh {
			if o.ID == c.ID && o.From <= c.To && c.From <= o.To {
				l.problem(at.line, at.column, list.key, "centre %s has another entry with an overlapping validity; "+
					"let valid_to be the day before the next valid_from", c.ID)
			}
		}
		fresh = append(fresh, c)
	})
	l.book.Centres = append(slices.DeleteFunc(l.book.Centres, func(o Centre) bool {
		return slices.ContainsFunc(fresh, func(c Centre) bool { return c.ID == o.ID })
	}), fresh...)
}

// placeKind reads the kind of a place (RD-46).
func (l *loader) placeKind(e entry) duty.PlaceKind {
	var names []string
	for _, k := range placeKinds {
		if e.value.scalar == k.String() {
			return k
		}
		names = append(names, k.String())
	}
	l.problem(e.line, e.column, "centres.kind", "%q is no kind of place; write one of %s (RD-46)",
		e.value.scalar, join(names))
	return duty.PlaceDepartureCentre
}

// stand reads the side of the stand: a departure centre has one, a police
// station has none.
func (l *loader) stand(at item, get map[string]entry, kind duty.PlaceKind) Side {
	e, ok := get["stand_side"]
	switch {
	case !ok && kind == duty.PlaceDepartureCentre:
		l.problem(at.line, at.column, "centres.stand_side", "the entry lacks this key; write it, "+
			"or the kind of a place without a stand (RD-46)")
		return NoSide
	case !ok:
		return NoSide
	case kind == duty.PlacePoliceStation:
		l.problem(e.line, e.column, "centres.stand_side", "a report to the police shows no position, "+
			"so that a police station has no such side; take the key out (RD-46)")
		return NoSide
	}
	for _, s := range []Side{Inside, Outside} {
		if e.value.scalar == s.String() {
			return s
		}
	}
	l.problem(e.line, e.column, "centres.stand_side", "%q is no side of the fence; "+
		"write INSIDE or OUTSIDE (DEV-03, DEV-04)", e.value.scalar)
	return NoSide
}

func (l *loader) knowsCentre(id string) bool {
	return slices.ContainsFunc(l.book.Centres, func(c Centre) bool { return c.ID == id })
}

var deviceTypes = []string{"CAROUSEL", "HANDHELD", "BARCODE_SCANNER", "REPORTING_STAND", "OFFLINE_LOCK"}

// devices replaces the entries of the devices named and adds new ones.
func (l *loader) devices(list entry) {
	var fresh []Device
	places := map[string]item{}
	l.fields(list, []string{"id", "centre", "type"}, []string{"rows", "paired_with", "side", "valid_from",
		"valid_to", "supervised_from", "source"}, func(at item, get map[string]entry) {
		d := Device{ID: l.text(get["id"], list.key), Centre: l.text(get["centre"], list.key)}
		d.From, d.To, d.Source = l.validity(list.key, at, get)
		if !l.knowsCentre(d.Centre) {
			l.problem(get["centre"].line, get["centre"].column, "devices.centre",
				"the register has no centre %q; take one of it, or add it under `centres`", d.Centre)
		}
		kind := get["type"]
		t, ok := duty.ParseDeviceType(kind.value.scalar)
		if !ok || !slices.Contains(deviceTypes, kind.value.scalar) {
			l.problem(kind.line, kind.column, "devices.type", "%q is no type of device; write one of %s",
				kind.value.scalar, join(deviceTypes))
		}
		d.Type = t
		d.Reports = l.rows(t, get)
		if e, ok := get["supervised_from"]; ok {
			d.SupervisedFrom = l.date(e, list.key)
		}
		l.mark("device "+d.ID, at)
		l.pairing(&d, at, get)
		for _, o := range fresh {
			if o.ID == d.ID && o.From <= d.To && d.From <= o.To {
				l.problem(at.line, at.column, list.key, "device %s has another entry with an overlapping validity; "+
					"let valid_to be the day before the next valid_from", d.ID)
			}
		}
		places[d.ID] = at
		fresh = append(fresh, d)
	})
	l.book.Devices = append(slices.DeleteFunc(l.book.Devices, func(o Device) bool {
		return slices.ContainsFunc(fresh, func(d Device) bool { return d.ID == o.ID })
	}), fresh...)
	for _, d := range l.book.Devices {
		if d.PairedWith == "" || l.hasPartner(d) {
			continue
		}
		at, ok := places[d.ID]
		if !ok {
			at = item{line: list.line, column: list.column}
		}
		l.problem(at.line, at.column, "devices.paired_with", "%s is paired with %s, "+
			"but the register has no reader of that name and type at %s that is paired back and on the other side; "+
			"add or mend its entry (PAS-03)", d.ID, d.PairedWith, d.Centre)
	}
}

// What the rows of a device are (RD-45).
const (
	rowsReport  = "REPORT"
	rowsPassage = "PASSAGE"
)

// rows reads whether a device writes reports: a stand always does, a scanner of
// the staff where the entry says so (RD-45).
func (l *loader) rows(t duty.DeviceType, get map[string]entry) bool {
	stand := t == duty.DeviceTypeReportingStand
	e, ok := get["rows"]
	if !ok {
		return stand
	}
	switch {
	case e.value.scalar == rowsPassage && !stand:
		return false
	case e.value.scalar == rowsReport && (stand || t == duty.DeviceTypeBarcodeScanner || t == duty.DeviceTypeHandheld):
		return true
	}
	l.problem(e.line, e.column, "devices.rows", "%q does not go with the type; a stand writes rows of kind REPORT, "+
		"a BARCODE_SCANNER or HANDHELD of kind PASSAGE or REPORT, all others PASSAGE (RD-45)", e.value.scalar)
	return stand
}

// pairing reads paired_with and side, which go together.
func (l *loader) pairing(d *Device, at item, get map[string]entry) {
	pair, paired := get["paired_with"]
	side, sided := get["side"]
	if paired != sided {
		l.problem(at.line, at.column, "devices.paired_with", "paired_with and side go together: "+
			"write both for a reader of a sluice, none for a device that writes one row a passage (PAS-03)")
		return
	}
	if !paired {
		return
	}
	d.PairedWith = l.text(pair, "devices")
	switch side.value.scalar {
	case "OUTER":
		d.Outer = true
	case "INNER":
	default:
		l.problem(side.line, side.column, "devices.side", "%q is no side of a sluice; write OUTER or INNER",
			side.value.scalar)
	}
}

func (l *loader) hasPartner(d Device) bool {
	return slices.ContainsFunc(l.book.Devices, func(o Device) bool {
		return o.ID == d.PairedWith && o.PairedWith == d.ID && o.Centre == d.Centre && o.Outer != d.Outer && o.Type == d.Type
	})
}

// exclusions adds periods. One that is built in may stand in the file, since
// `policy show --yaml` prints it, but cannot be changed there.
func (l *loader) exclusions(list entry) {
	required := []string{"exclusion_id", "centre_id", "from_date", "to_date", "reason", "declared_by",
		"approved_by", "declared_at"}
	l.fields(list, required, []string{"source"}, func(at item, get map[string]entry) {
		x := Exclusion{Source: l.here(at.line)}
		text := func(key string) string { return l.text(get[key], list.key) }
		x.ID, x.Centre, x.Reason = text("exclusion_id"), text("centre_id"), text("reason")
		x.DeclaredBy, x.ApprovedBy = text("declared_by"), text("approved_by")
		x.From, x.To = l.date(get["from_date"], list.key), l.date(get["to_date"], list.key)
		_, ok := get["source"]
		if ok {
			x.Source = text("source")
		}
		l.sourced(ok, at.line, at.column, list.key)
		declared := get["declared_at"]
		t, err := parseInstant(declared.value.scalar)
		if err != nil {
			l.problem(declared.value.line, declared.value.column, "exclusions.declared_at", "%s", err.Error())
		}
		x.Declared = t
		if x.From > x.To {
			l.problem(at.line, at.column, list.key, "to_date %s lies before from_date %s; both are inclusive, "+
				"give them in order", FormatDate(x.To), FormatDate(x.From))
		}
		if !l.knowsCentre(x.Centre) {
			l.problem(get["centre_id"].line, get["centre_id"].column, "exclusions.centre_id",
				"the register has no centre %q; take one of it, or add it under `centres`", x.Centre)
		}
		if x.DeclaredBy == x.ApprovedBy || l.strict && duty.SameName(x.DeclaredBy, x.ApprovedBy) {
			l.problem(get["approved_by"].line, get["approved_by"].column, "exclusions.approved_by",
				"declaring an exclusion takes two (EXC-06); name somebody else than in declared_by")
		}
		l.addExclusion(x, at)
	})
}

func (l *loader) addExclusion(x Exclusion, at item) {
	i := slices.IndexFunc(l.book.Exclusions, func(o Exclusion) bool { return o.ID == x.ID })
	switch {
	case i < 0:
		l.book.Exclusions = append(l.book.Exclusions, x)
	case l.book.Exclusions[i] == x:
	case slices.ContainsFunc(builtinExclusions(), func(o Exclusion) bool { return o.ID == x.ID }):
		l.problem(at.line, at.column, "exclusions.exclusion_id",
			"%s is preloaded and stated by source 003 (EXC-01), a policy cannot change it; take the entry out, "+
				"or give an exclusion of your own another id", x.ID)
	default:
		l.problem(at.line, at.column, "exclusions.exclusion_id",
			"%s stands twice; give each exclusion an id of its own", x.ID)
	}
}
