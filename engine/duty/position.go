package duty

import "slices"

// piece is a stretch of time with one position.
type piece struct {
	span  Span
	place place
	// conflicting is set where the position is unknown because registrations
	// contradict each other.
	conflicting bool
}

// positions turns the movement list into pieces (PRS-03 to PRS-08): before the first observation
// the position is unknown, so that a person who never registered is not said to be away (AMB-36);
// between two observations it is the one on which they agree; after the last it is the one that it
// left.
func (m *movements) positions(moves []transfer) []piece {
	out := make([]piece, 0, len(m.list)+1)
	at := Beginning
	now := place{}
	for i := range m.list {
		o := &m.list[i]
		s := Span{at, o.at}
		switch {
		case now.kind == unknown || agree(now, o.before):
			out = append(out, piece{span: s, place: now})
		default:
			if t, ok := movedBetween(moves, &m.list[i-1], o); ok {
				out = append(out, piece{span: Span{at, t}, place: now}, piece{span: Span{t, o.at}})
				break
			}
			out = append(out, piece{span: s, conflicting: true})
		}
		at, now = o.at, o.after
	}
	out = append(out, piece{span: Span{at, Forever}, place: now})
	return m.doubtCrowded(m.broken(m.doubted(out)))
}

// doubted makes a whole absence unknown if an assisted passage was removed in it: with that row it
// would not have been an absence (RD-37).
func (m *movements) doubted(pieces []piece) []piece {
	for i := range pieces {
		p := &pieces[i]
		if p.place.kind == outside && m.removedIn(p.span) {
			p.place = place{}
		}
	}
	return pieces
}

// removedIn reports whether an assisted passage was removed in a span, both ends
// included (RD-37).
func (m *movements) removedIn(s Span) bool {
	i, _ := slices.BinarySearch(m.removed, s.From)
	return i < len(m.removed) && m.removed[i] <= s.To
}

// broken makes the position unknown from each break to the next observation. Pieces and breaks are
// sorted by time, and the pieces cover all of it.
func (m *movements) broken(pieces []piece) []piece {
	out, left := pieces, m.breaks
	if len(left) > 0 {
		out = make([]piece, 0, len(pieces)+len(left))
		for _, p := range pieces {
			for len(left) > 0 && p.span.contains(left[0]) {
				head := p
				head.span.To = left[0]
				out = append(out, head)
				p = piece{span: Span{left[0], p.span.To}, conflicting: true}
				left = left[1:]
			}
			out = append(out, p)
		}
	}
	return slices.DeleteFunc(out, func(p piece) bool { return p.span.From >= p.span.To })
}

// transfer is a change of the assigned centre (OBL-13).
type transfer struct {
	at       Instant
	from, to string // assigned centre before and after
}

// transfers returns the changes of the assigned centre: wherever the STAY in force names another
// centre than the one in force before it, whether a decision begins there or one ends and an older
// one continues.
func transfers(parts []dutyPart) []transfer {
	var out []transfer
	for i := range parts {
		for _, t := range []Instant{parts[i].span.From, parts[i].span.To} {
			if t == Forever {
				continue
			}
			before, after := partBefore(parts, t), partAt(parts, t)
			if before != nil && after != nil && before.version.CentreID != after.version.CentreID {
				out = append(out, transfer{t, before.version.CentreID, after.version.CentreID})
			}
		}
	}
	return out
}

// partBefore returns the part in force just before t or, if there was none, the one that ended
// last within a day: a gap of hours between two decisions does not undo the move.
func partBefore(parts []dutyPart, t Instant) *dutyPart {
	if p := partAt(parts, t-1); p != nil {
		return p
	}
	var best *dutyPart
	for i := range parts {
		p := &parts[i]
		if p.span.To <= t && t-p.span.To < Day && (best == nil || p.span.To > best.span.To) {
			best = p
		}
	}
	return best
}

// movedBetween returns the transfer that explains an entry at the new centre
// after having been inside the old one: inside the old centre until the
// transfer, unknown from then on (OBL-13).
func movedBetween(moves []transfer, a, b *observation) (Instant, bool) {
	if a.after.kind != inside || !b.entry || b.before.kind != outside {
		return 0, false
	}
	for _, t := range moves {
		if t.from == a.after.centre && t.to == b.centre && a.at <= t.at && t.at <= b.at {
			return t.at, true
		}
	}
	return 0, false
}

// positionAt returns the position at an instant: an IN at t counts as inside at
// t, an OUT at t as inside until and at t (PRS-09, RD-02); a report outside the
// fence shows that at its instant, whatever follows (PRS-05), but a first scan on the
// way in: after it the position is unknown, and as after any entry it is so at t (RD-14).
func (e *evaluation) positionAt(t Instant, pending []Span) place {
	now := e.moves.at(t)
	for i := range now {
		if o := &now[i]; o.present {
			return place{inside, o.centre}
		}
	}
	if _, lost := covering(pending, t); lost {
		return place{}
	}
	for i := range now {
		if o := &now[i]; o.report && o.after.kind == outside &&
			!slices.ContainsFunc(now, func(o observation) bool { return o.entry }) {
			return o.after
		}
	}
	p := &e.pieces[e.pieceAt(t)]
	if _, lost := covering(e.pendingOver(p.place, nil), t); lost {
		return place{}
	}
	return p.place
}

// pieceAt returns the index of the piece that contains t: the pieces cover all
// of time.
func (e *evaluation) pieceAt(t Instant) int {
	i, _ := slices.BinarySearchFunc(e.pieces, t, func(p piece, t Instant) int {
		if p.span.To <= t {
			return -1
		}
		return 1
	})
	return i
}

// pendingOver adds to the pending incidents of a unit's centres those of the
// centre that the person is inside (INC-02).
func (e *evaluation) pendingOver(p place, pending []Span) []Span {
	if p.kind != inside {
		return pending
	}
	own := e.pendingIn(p.centre)
	if len(own) == 0 {
		return pending
	}
	all := append(slices.Clone(own), pending...)
	sortSpans(all)
	return union(all)
}

// pendingIn returns the incidents of one centre whose forms are pending.
func (e *evaluation) pendingIn(centre string) []Span {
	for i := range e.near {
		if n := &e.near[i]; len(n.centres) == 1 && n.centres[0] == centre {
			return n.pending
		}
	}
	return e.around([]string{centre}).pending
}

// within returns the pieces of a window, made unknown where an incident with pending forms lies
// over them (INC-02). They are valid until the next call.
func (e *evaluation) within(w Span, pending []Span) []piece {
	out := e.some[:0]
	for _, p := range e.pieces[e.pieceAt(w.From):] {
		s := Span{max(p.span.From, w.From), min(p.span.To, w.To)}
		if s.From >= s.To {
			break
		}
		at := s.From
		for _, q := range e.pendingOver(p.place, pending) {
			if q.To <= at || q.From >= s.To {
				continue
			}
			if at < q.From {
				out = append(out, piece{span: Span{at, q.From}, place: p.place, conflicting: p.conflicting})
			}
			to := min(q.To, s.To)
			out = append(out, piece{span: Span{max(at, q.From), to}})
			at = to
		}
		if at < s.To {
			out = append(out, piece{span: Span{at, s.To}, place: p.place, conflicting: p.conflicting})
		}
	}
	e.some = out
	return out
}
