package replay

import (
	"tilsyn/engine/duty"
	"tilsyn/engine/watch"
)

// writeIncidents writes the automatic incidents: one line for each and every as-of, with what has
// become of it (W-34), sorted by as-of, centre, start and id.
func (r *run) writeIncidents(out *output) error {
	for i := range r.watching.reports {
		list := r.watching.reports[i].Incidents
		for j := range list {
			if _, err := out.Write(appendIncident(nil, r.asOf[i], &list[j])); err != nil {
				return err
			}
		}
	}
	return nil
}

// appendIncident appends the line of an automatic incident, names sorted as RFC 8785 wants.
func appendIncident(b []byte, at duty.Instant, a *watch.Automatic) []byte {
	b = append(b, `{"as_of":`...)
	b = appendQuoted(b, at)
	b = append(b, `,"centre_id":`...)
	b = appendString(b, a.CentreID)
	b = append(b, `,"device_ids":`...)
	b = appendStrings(b, a.DeviceIDs)
	b = append(b, `,"forms_status":"PENDING","from":`...)
	b = appendQuoted(b, a.From)
	b = append(b, `,"incident_id":`...)
	b = appendString(b, a.ID)
	b = append(b, `,"kind":"`...)
	b = append(b, a.Kind.String()...)
	b = append(b, `","replaced_by":`...)
	if a.ReplacedBy != "" {
		b = appendString(b, a.ReplacedBy)
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"state":"`...)
	b = append(b, a.State.String()...)
	b = append(b, `","to":`...)
	if a.To.OK {
		b = appendQuoted(b, a.To.V)
	} else {
		b = append(b, "null"...)
	}
	return append(b, "}\n"...)
}
