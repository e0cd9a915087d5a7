package watching

import (
	"bytes"
	"cmp"
	"maps"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/wire"
)

// Kinds of chunks: the first byte of their keys. A chunk is of one policy and centre; incidents are
// split by the day on which they begin, differences by the day on which units fall due, so that a
// change writes little.
const (
	chunkIncidents  = 'i'
	chunkSupervised = 's'
	chunkLate       = 't'
)

// Bounds on what one chunk holds, such that no record gets large.
const (
	incidentsInChunk   = 1000
	differencesInChunk = 100
)

// emptyChunk is written in place of a chunk that holds nothing any more. It is not deleted: a reader
// that comes later must see that it changed.
var emptyChunk = []byte{coverageVersion}

// dayOf is the UTC day of an instant.
func dayOf(t duty.Instant) int64 { return stored.FloorDiv(int64(t), int64(duty.Day)) }

// chunkKey returns the key of a chunk.
func chunkKey(kind byte, digest, centre string, day int64, n int) string {
	var w wire.Writer
	w.Byte(kind)
	w.Text(digest)
	w.Text(centre)
	w.Int(day)
	w.Uint(uint64(n))
	return string(w.Bytes)
}

// readKey reads the key of a chunk.
func readKey(key string) (kind byte, digest, centre string, ok bool) {
	r := wire.Reader{Rest: []byte(key)}
	kind, digest, centre = r.Byte(), r.Text(), r.Text()
	r.Int()
	r.Uint()
	return kind, digest, centre, r.End() == nil
}

// centreOfChunk returns the centre of a chunk by its key.
func centreOfChunk(key string) (centre string, ok bool) {
	_, _, centre, ok = readKey(key)
	return centre, ok
}

// chunks adds the chunks of an opinion to a map.
func (o *Opinion) chunks(digest string, to map[string][]byte) {
	incidents := slices.Clone(o.Incidents)
	slices.SortFunc(incidents, compareIncidents)
	addChunks(to, chunkIncidents, digest, incidentsInChunk, incidents,
		func(x *duty.AutomaticIncident) (string, int64) { return x.Incident.CentreID, dayOf(x.Incident.From) },
		func(x *duty.AutomaticIncident) []byte { return encodeIncident(x) })
	supervised := slices.Clone(o.Supervised)
	slices.SortFunc(supervised, func(a, b duty.Supervised) int {
		return cmp.Or(cmp.Compare(a.CentreID, b.CentreID), cmp.Compare(a.DeviceID, b.DeviceID),
			cmp.Compare(a.Span.From, b.Span.From))
	})
	addChunks(to, chunkSupervised, digest, incidentsInChunk, supervised,
		func(x *duty.Supervised) (string, int64) { return x.CentreID, 0 },
		func(x *duty.Supervised) []byte {
			var w wire.Writer
			w.Text(x.DeviceID)
			w.Int(int64(x.Span.From))
			w.Int(int64(x.Span.To))
			return w.Bytes
		})
	addChunks(to, chunkLate, digest, differencesInChunk, o.differences(),
		func(x *difference) (string, int64) { return x.centre, dayOf(x.due.From) },
		func(x *difference) []byte { return x.encode() })
}

// addChunks adds sorted things to a map as chunks, split by centre and day.
func addChunks[T any](to map[string][]byte, kind byte, digest string, most int, list []T,
	of func(*T) (centre string, day int64), encode func(*T) []byte) {
	for from := 0; from < len(list); {
		centre, day := of(&list[from])
		for n := 0; from < len(list); n++ {
			w := wire.Writer{Bytes: []byte{coverageVersion}}
			count := 0
			for ; from < len(list) && count < most; count, from = count+1, from+1 {
				if c, d := of(&list[from]); c != centre || d != day {
					break
				}
				b := encode(&list[from])
				w.Uint(uint64(len(b)))
				w.Bytes = append(w.Bytes, b...)
			}
			if count == 0 {
				break
			}
			to[chunkKey(kind, digest, centre, day, n)] = w.Bytes
		}
	}
}

// add adds a chunk to the content; false if it cannot be read.
func (c *Content) add(key string, value []byte) bool {
	kind, digest, centre, ok := readKey(key)
	r := wire.Reader{Rest: value}
	if !ok || r.Byte() != coverageVersion {
		return false
	}
	s := c.opinions[digest]
	for len(r.Rest) > 0 && r.Err == nil {
		one := wire.Reader{Rest: r.Bytes(r.Uint())}
		switch {
		case s == nil || r.Err != nil: // a policy that is not active any more has only empty chunks
			return false
		case kind == chunkIncidents:
			s.incidents = append(s.incidents, readIncident(&one, centre))
		case kind == chunkSupervised:
			s.supervised = append(s.supervised, duty.Supervised{CentreID: centre, DeviceID: one.Text(),
				Span: duty.Span{From: duty.Instant(one.Int()), To: duty.Instant(one.Int())}})
		case kind == chunkLate:
			s.late = append(s.late, readDifference(&one, centre))
		default:
			return false
		}
		if one.End() != nil {
			return false
		}
	}
	return r.End() == nil
}

// compareIncidents orders incidents by centre, start, id and the rest.
func compareIncidents(a, b duty.AutomaticIncident) int {
	x, y := &a.Incident, &b.Incident
	return cmp.Or(cmp.Compare(x.CentreID, y.CentreID), cmp.Compare(dayOf(x.From), dayOf(y.From)),
		cmp.Compare(x.From, y.From), cmp.Compare(x.IncidentID, y.IncidentID),
		bytes.Compare(encodeIncident(&a), encodeIncident(&b)))
}

// encodeIncident returns what an automatic incident is made of, but for its centre; everything else
// is the same of all of them.
func encodeIncident(x *duty.AutomaticIncident) []byte {
	var w wire.Writer
	w.Text(x.Incident.IncidentID)
	w.Texts(x.Incident.DeviceIDs)
	w.Int(int64(x.Incident.From))
	w.OptInstant(x.Incident.To)
	w.Byte(byte(x.Incident.Kind))
	w.Int(int64(x.Opened))
	return w.Bytes
}

func readIncident(r *wire.Reader, centre string) duty.AutomaticIncident {
	x := duty.AutomaticIncident{Incident: duty.Incident{CentreID: centre, Version: 1, FormsStatus: duty.FormsStatusPending,
		State: duty.IncidentStateActive, Origin: duty.OriginAutomatic, DeviceIDs: []string{}}}
	x.Incident.IncidentID = r.Text()
	x.Incident.ID = x.Incident.IncidentID
	x.Incident.DeviceIDs = append(x.Incident.DeviceIDs, r.Texts()...)
	x.Incident.From, x.Incident.To = duty.Instant(r.Int()), r.OptInstant()
	x.Incident.Kind = duty.IncidentKind(r.Byte())
	x.Opened = duty.Instant(r.Int())
	return x
}

// differences says by centre where the timely incidents differ from those with all facts. Spans that
// meet and differ alike are one.
func (o *Opinion) differences() []difference {
	ordinary := byCentre(o.Incidents)
	last := map[string]int{}
	var out []difference
	timely := slices.Clone(o.Timely)
	slices.SortFunc(timely, func(a, b Timely) int { return cmp.Compare(a.Due.From, b.Due.From) })
	for i := range timely {
		at := byCentre(timely[i].Incidents)
		all := maps.Clone(ordinary)
		maps.Copy(all, at)
		for _, centre := range slices.Sorted(maps.Keys(all)) {
			d := difference{centre: centre, due: timely[i].Due,
				gone: without(ordinary[centre], at[centre]), came: without(at[centre], ordinary[centre])}
			if len(d.gone)+len(d.came) == 0 {
				continue
			}
			if n, ok := last[centre]; ok && out[n].due.To == d.due.From && bytes.Equal(out[n].says(), d.says()) {
				out[n].due.To = d.due.To
				continue
			}
			last[centre] = len(out)
			out = append(out, d)
		}
	}
	slices.SortStableFunc(out, func(a, b difference) int { return cmp.Compare(a.centre, b.centre) })
	return out
}

// byCentre returns the encoded incidents of each centre, sorted.
func byCentre(list []duty.AutomaticIncident) map[string][]duty.AutomaticIncident {
	out := map[string][]duty.AutomaticIncident{}
	for i := range list {
		c := list[i].Incident.CentreID
		out[c] = append(out[c], list[i])
	}
	for _, of := range out { //house:order-free each is for itself
		slices.SortFunc(of, compareIncidents)
	}
	return out
}

// without returns what a list has and another has not.
func without(list, other []duty.AutomaticIncident) []duty.AutomaticIncident {
	has := map[string]bool{}
	for i := range other {
		has[string(encodeIncident(&other[i]))] = true
	}
	var out []duty.AutomaticIncident
	for i := range list {
		if !has[string(encodeIncident(&list[i]))] {
			out = append(out, list[i])
		}
	}
	return out
}

// says is what a difference says, without its span.
func (d *difference) says() []byte {
	var w wire.Writer
	for _, list := range [][]duty.AutomaticIncident{d.gone, d.came} {
		w.Uint(uint64(len(list)))
		for i := range list {
			w.Bytes = append(w.Bytes, encodeIncident(&list[i])...)
		}
	}
	return w.Bytes
}

func (d *difference) encode() []byte {
	var w wire.Writer
	w.Int(int64(d.due.From))
	w.Int(int64(d.due.To))
	return append(w.Bytes, d.says()...)
}

// incidentBytes is the fewest bytes that an incident takes.
const incidentBytes = 6

func readDifference(r *wire.Reader, centre string) difference {
	d := difference{centre: centre, due: duty.Span{From: duty.Instant(r.Int()), To: duty.Instant(r.Int())}}
	for _, list := range []*[]duty.AutomaticIncident{&d.gone, &d.came} {
		for range r.Count(incidentBytes) {
			*list = append(*list, readIncident(r, centre))
		}
	}
	return d
}
