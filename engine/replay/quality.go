package replay

import (
	"encoding/binary"

	"tilsyn/engine/control"
	"tilsyn/engine/duty"
)

// newQuality makes a data-quality record with its id (contract §3).
func newQuality(code duty.DataQualityCode, subject string, from duty.Instant, detail ...duty.Detail) duty.DataQuality {
	return duty.DataQuality{
		ID:      duty.UUID5("tilsyn:dq:" + code.String() + ":" + subject + ":" + from.String()),
		Code:    code,
		Subject: subject,
		From:    from,
		Detail:  detail,
		State:   duty.FindingStateOpen,
	}
}

// unknownPerson names a row that belongs to nobody; its subject is the card,
// since there is no person (IDN-06).
func unknownPerson(e *duty.CardEvent) duty.DataQuality {
	return newQuality(duty.DataQualityCodeUnknownPerson, e.CardID, e.OccurredAt, duty.Detail{Name: "row_id", Value: e.ID})
}

// sortKey orders lines by as-of, subject, start, code. A length would not sort,
// so the subject ends with a zero byte and its own zero bytes are escaped.
func sortKey(asOf int, subject string, from duty.Instant, code string) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(asOf))
	for i := range len(subject) {
		b = append(b, subject[i])
		if subject[i] == 0 {
			b = append(b, 1)
		}
	}
	b = append(b, 0, 0)
	b = binary.BigEndian.AppendUint64(b, uint64(from)^1<<63)
	return append(b, code...)
}

func (r *run) qualityLines(asOf int, list []duty.DataQuality) []line {
	if r.opts.DataQuality == "" {
		return nil
	}
	out := make([]line, 0, len(list))
	for i := range list {
		q := &list[i]
		out = append(out, line{
			key:  sortKey(asOf, q.Subject, q.From, q.Code.String()+q.ID),
			text: appendAsOf(nil, r.asOf[asOf], q.AppendCanonical),
		})
	}
	return out
}

func (r *run) observationLines(asOf int, list []duty.Observation) []line {
	if r.opts.Observations == "" {
		return nil
	}
	out := make([]line, 0, len(list))
	for i := range list {
		o := &list[i]
		out = append(out, line{
			key:  sortKey(asOf, o.PersonID, o.From, o.Code.String()+o.ID),
			text: appendAsOf(nil, r.asOf[asOf], o.AppendCanonical),
		})
	}
	return out
}

func (r *run) addQuality(asOf int, q *duty.DataQuality) error {
	for _, l := range r.qualityLines(asOf, []duty.DataQuality{*q}) {
		if err := r.quality.Add(l.key, l.text); err != nil {
			return err
		}
	}
	return nil
}

// controlQuality names, for each as-of, what is doubtful about the control system, once everybody's
// registrations are counted.
func (r *run) controlQuality() error {
	all := newQualities()
	for i, at := range r.asOf {
		world := duty.World{Centres: r.watching.centres[i], Policies: r.policiesAt(at)}
		for _, l := range r.qualityLines(i, all.at(at, control.Quality(r.tallies[i], world, at))) {
			if err := r.quality.Add(l.key, l.text); err != nil {
				return err
			}
		}
	}
	return nil
}

// centreQuality names, for each as-of, what is doubtful about the facts that
// belong to no person.
func (r *run) centreQuality() error {
	all := newQualities()
	for i, at := range r.asOf {
		list := duty.CentreQuality(r.watching.centres[i], r.watching.last[i], at)
		list = append(list, r.watching.reports[i].DataQuality...)
		for _, l := range r.qualityLines(i, all.at(at, list)) {
			if err := r.quality.Add(l.key, l.text); err != nil {
				return err
			}
		}
	}
	return nil
}
