package state

import "encoding/binary"

// WalkDue visits persons that are due; see [Task].
func (t *task) WalkDue(until int64, cursor []byte, limit int, days func(header []byte) int32, visit func(v *View) error) (next []byte, err error) {
	page, after, err := t.start(cursor, limit)
	if err != nil {
		return cursor, err
	}
	w := walk{t: t, until: until, after: after, next: cursor, left: limit, limit: limit, days: days, visit: visit}
	if err = t.eachPage(page, until, w.page); err == nil {
		err = t.db.trim()
	}
	if err == nil && !w.more {
		return nil, nil
	}
	return w.next, err
}

// walk is one call of WalkDue.
type walk struct {
	t     *task
	until int64
	after place
	// next is the cursor behind the last person visited; own is its memory.
	next, own   []byte
	left, limit int
	// more is true when the walk stopped at its limit.
	more  bool
	days  func(header []byte) int32
	visit func(v *View) error
}

// page visits who is due on a page.
func (w *walk) page(sc *scan, s sight, page uint32, headers []headerEntry) (more bool, err error) {
	r := &w.t.walker.page
	headers = w.after.behind(page, headers)
	r.due = r.due[:0]
	for i := range headers {
		if headers[i].next <= w.until {
			r.due = append(r.due, &headers[i])
		}
	}
	if len(r.due) == 0 {
		return true, nil
	}
	if len(r.due) > w.left && (w.left == 0 || w.left < w.limit) {
		w.more = true
		return false, nil
	}
	if w.left < len(r.due) {
		w.more, r.due = true, r.due[:w.left]
	}
	if err := w.load(sc, s, page); err != nil {
		return false, err
	}
	for i, h := range r.due {
		if err := r.read(h, r.from[i]); err != nil {
			return false, err
		}
		if err := w.visit(&r.view); err != nil {
			return false, err
		}
		w.left--
		w.own = append(binary.BigEndian.AppendUint32(w.own[:0], page), h.person...)
		w.next = w.own
	}
	return !w.more, nil
}

// load asks from which day on each person is wanted, and reads the page from
// the earliest on.
func (w *walk) load(sc *scan, s sight, page uint32) error {
	r := &w.t.walker.page
	r.reset()
	least := OnlyHeader
	for _, h := range r.due {
		from := w.days(h.data)
		r.from = append(r.from, from)
		least = min(least, from)
	}
	if least == OnlyHeader {
		return nil
	}
	if err := sc.segments(page, orderedDay(least), r.segment); err != nil {
		return err
	}
	for _, p := range []*pending{s.frozen, w.t.active} {
		if err := r.wait(p, page); err != nil {
			return err
		}
	}
	return r.open()
}
