package state

import "encoding/binary"

// WalkDue visits persons that are due; see [Task].
func (t *task) WalkDue(until int64, cursor []byte, limit int, days func(person, header []byte) int32,
	visit func(v *View) error) (next []byte, err error) {
	page, after, err := t.start(cursor, limit)
	if err != nil {
		return cursor, err
	}
	w := walk{t: t, until: until, after: after, next: cursor, left: limit, limit: limit, days: days, visit: visit}
	t.walker.group.most = 0
	t.walker.group.reset()
	err = t.eachPage(page, until, w.page, w.group)
	if err == nil && !w.more {
		return nil, nil
	}
	return w.next, err
}

// walk is one call of WalkDue.
type walk struct {
	t     *task
	until int64 // who is due by then is visited
	after place // the last person of the cursor
	// next is the cursor behind the last person visited; own is its memory.
	next, own []byte
	// left is how many more may be visited, besides those already gathered.
	left, limit int
	// more is true if the walk stopped at its limit.
	more  bool
	days  func(person, header []byte) int32
	visit func(v *View) error
}

// page gathers who is due on a page, and visits the group once it is full.
func (w *walk) page(sc *scan, s sight, page uint32) (more bool, err error) {
	g := &w.t.walker.group
	p := g.next()
	headers, err := w.t.headersNow(sc, s, page, &p.unpacked)
	if err != nil {
		return false, err
	}
	for _, h := range w.after.behind(page, headers) {
		if h.next <= w.until {
			p.due = append(p.due, h)
		}
	}
	if len(p.due) == 0 {
		return true, nil
	}
	if len(p.due) > w.left && (w.left == 0 || w.left < w.limit) {
		w.more = true
		return false, nil
	}
	if w.left < len(p.due) {
		w.more, p.due = true, p.due[:w.left]
	}
	w.left -= len(p.due)
	p.page = page
	if g.used++; g.used < g.most && !w.more {
		return true, nil
	}
	return !w.more, w.group(sc, s)
}

// group visits the persons gathered.
func (w *walk) group(sc *scan, s sight) error {
	g, r := &w.t.walker.group, &w.t.walker.page
	if g.used == 0 {
		return nil
	}
	if err := g.load(sc, &s.sums, w.days); err != nil {
		return err
	}
	for i := range g.used {
		p := &g.pages[i]
		if err := g.open(r, p, s.frozen, w.t.active); err != nil {
			return err
		}
		for j := range p.due {
			h := &p.due[j]
			if err := r.read(h, p.from[j]); err != nil {
				return err
			}
			if err := w.visit(&r.view); err != nil {
				return err
			}
			w.own = append(binary.BigEndian.AppendUint32(w.own[:0], p.page), h.person...)
			w.next = w.own
		}
	}
	g.reset()
	return nil
}
