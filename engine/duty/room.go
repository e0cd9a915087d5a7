package duty

// Room is memory that whoever judges many persons one after the other uses again. It is used by one goroutine at a
// time, and changes no result: Evaluate, Verdicts and Pairs take it from their Input and end the use of everything
// that was worked out with it before, the Result, its Units and what Revise would make of them included. Revisions
// do not lie in it.
type Room struct {
	units        shelf[Unit]
	rows         shelf[row]
	passages     shelf[passage]
	times        shelf[Instant]
	refs         shelf[ref]
	used         shelf[bool]
	observations shelf[observation]
	pieces       shelf[piece]
	reports      shelf[presented]
}

// room returns the memory of the input, with nothing in it; fresh memory where it has none.
func (in *Input) room() *Room {
	r := in.Room
	if r == nil {
		return &Room{}
	}
	r.units.empty()
	r.rows.empty()
	r.passages.empty()
	r.times.empty()
	r.refs.empty()
	r.used.empty()
	r.observations.empty()
	r.pieces.empty()
	r.reports.empty()
	return r
}

// shelf is memory for lists of one kind.
type shelf[T any] struct {
	all []T
	// taken are those of all that are in use; asked is how many were, whether they are of all or not.
	taken, asked int
}

// take returns an empty list with room for n.
func (s *shelf[T]) take(n int) []T {
	s.asked += n
	from := s.taken
	if n > len(s.all)-from {
		return make([]T, 0, n)
	}
	s.taken += n
	return s.all[from:from:s.taken]
}

// empty ends the use of all lists, and makes the shelf as large as was asked for since the last time.
func (s *shelf[T]) empty() {
	if s.asked > len(s.all) {
		s.all = make([]T, s.asked+s.asked/4)
	}
	s.taken, s.asked = 0, 0
}
