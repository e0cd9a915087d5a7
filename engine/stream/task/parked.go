package task

import (
	"cmp"
	"slices"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/stored"
	"tilsyn/state"
)

// A row that names nobody is kept under its card, and shown in data quality as long as nobody
// is known to have held the card at its time (IDN-06). The line belongs to the row and not to a
// verdict: it is opened when the row comes, and closed when an assignment or a later version
// says whose the row is.

// maxOpenRows is for how many rows of one card the state remembers that their lines are open. A
// card that stands for all unreadable cards may have any number of rows. Lines beyond the limit
// stay open.
const maxOpenRows = 4096

// rowOf is the detail of an UNKNOWN_PERSON line that names the row.
const rowOf = "row_id"

// parkedLine reports whether a line is about a row that names nobody.
func parkedLine(q *duty.DataQuality) bool {
	return q.Code == duty.DataQualityCodeUnknownPerson &&
		slices.ContainsFunc(q.Detail, func(d duty.Detail) bool { return d.Name == rowOf })
}

// lineOfRow returns the line for a row that names nobody. Its subject is the card.
func lineOfRow(e *duty.CardEvent) sideLine {
	code := duty.DataQualityCodeUnknownPerson
	return sideLine{id: duty.UUID5("tilsyn:dq:" + code.String() + ":" + e.CardID + ":" + e.OccurredAt.String()),
		code: byte(code), subject: e.CardID,
		from: e.OccurredAt, detail: []duty.Detail{{Name: rowOf, Value: e.ID}}}
}

// showRow writes the line of a row as open or closed, unless it is so already.
func (t *Task) showRow(p *person, l *sideLine, open bool) error {
	hash := casefile.CardHash(l.id)
	i, is := slices.BinarySearch(p.header.OpenRows, hash)
	if is == open {
		return nil
	}
	state, closed := duty.FindingStateOpen, duty.None[duty.Instant]()
	if open {
		if len(p.header.OpenRows) < maxOpenRows {
			p.header.OpenRows = slices.Insert(p.header.OpenRows, i, hash)
		}
	} else {
		state, closed = duty.FindingStateClosed, duty.Some(t.at.Clock)
		p.header.OpenRows = slices.Delete(p.header.OpenRows, i, i+1)
		p.header.Awaited = true // the line may have to open again
	}
	p.changed = true
	topic, record := l.record(state, closed)
	return t.out(topic, []byte(l.subject), record)
}

// heardRow takes in such a line from the task's own outputs.
func (t *Task) heardRow(q *duty.DataQuality) error {
	p, err := t.person(casefile.ParkedKey + q.Subject)
	if err != nil {
		return err
	}
	hash := casefile.CardHash(q.ID)
	i, is := slices.BinarySearch(p.header.OpenRows, hash)
	switch open := q.State != duty.FindingStateClosed; {
	case open && !is && len(p.header.OpenRows) < maxOpenRows:
		p.header.OpenRows = slices.Insert(p.header.OpenRows, i, hash)
	case !open && is:
		p.header.OpenRows = slices.Delete(p.header.OpenRows, i, i+1)
		p.header.Awaited = true
	default:
		return nil
	}
	p.changed = true
	return nil
}

// showParked opens the line of a row that was just filed, if nobody is known to have held the
// card.
func (t *Task) showParked(p *person, e *duty.CardEvent) error {
	if e.Retracted {
		return t.reviewParked(p)
	}
	held, err := t.register().HeldAt(e, t.watermark.Limit())
	if held || err != nil {
		return err
	}
	l := lineOfRow(e)
	if e.Version > 1 {
		return t.reviewRows(p) // compare with the other versions
	}
	return t.showRow(p, &l, true)
}

// reviewParked looks at all rows of a card again if the line of one of them may change.
func (t *Task) reviewParked(p *person) error {
	if len(p.header.OpenRows) == 0 && !p.header.Awaited {
		return nil
	}
	return t.reviewRows(p)
}

// reviewRows opens or closes the lines of all rows under a card.
func (t *Task) reviewRows(p *person) error {
	rows, err := t.parkedRows(p)
	if err != nil {
		return err
	}
	open, lines := map[string]bool{}, map[string]sideLine{}
	var ids []string
	for i := range rows {
		e := &rows[i]
		l := lineOfRow(e)
		held, err := t.register().HeldAt(e, t.watermark.Limit())
		if err != nil {
			return err
		}
		if _, seen := lines[l.id]; !seen {
			ids = append(ids, l.id)
			lines[l.id] = l
		}
		open[l.id] = open[l.id] || !held && !e.PersonID.OK && !e.Retracted
	}
	for _, id := range ids {
		l := lines[id]
		if open[id] && len(p.header.OpenRows) >= maxOpenRows {
			continue
		}
		if err := t.showRow(p, &l, open[id]); err != nil {
			return err
		}
	}
	return nil
}

// parkedRows returns the rows under a card that name nobody. Each carries the person and
// retraction of its newest version.
func (t *Task) parkedRows(p *person) ([]duty.CardEvent, error) {
	k, err := t.load(p, state.Undated, stored.WholeRow)
	if err != nil {
		return nil, err
	}
	newest := map[string]*duty.CardEvent{}
	for i := range k.facts.CardEvents {
		e := &k.facts.CardEvents[i].Fact
		if before := newest[e.ID]; before == nil || e.Version > before.Version {
			newest[e.ID] = e
		}
	}
	var out []duty.CardEvent
	for i := range k.facts.CardEvents {
		if e := k.facts.CardEvents[i].Fact; !e.PersonID.OK && casefile.ParkedKey+e.CardID == p.id {
			n := newest[e.ID]
			// An earlier version with another time has a line of its own, which is over.
			e.Retracted = n.Retracted || e.Version < n.Version && n.OccurredAt != e.OccurredAt
			e.PersonID = n.PersonID
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b duty.CardEvent) int {
		return cmp.Or(cmp.Compare(a.OccurredAt, b.OccurredAt), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Version, b.Version))
	})
	return out, nil
}
