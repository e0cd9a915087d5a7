package producer

// Remembered is how many of the newest facts a buffer knows again when they are put twice. After a restart
// it knows those that are still in its directory: all that were not sent, and some before.
const Remembered = 1 << 16

// put is a fact that was put.
type put struct {
	name    uint64
	version int64
}

// numbered is what is known of a version of a fact.
type numbered struct {
	epoch, number int64
	content       uint64
}

// memory knows the newest facts, by id and version.
type memory struct {
	known map[put]numbered
	order []put
	first int // the oldest in order
}

// add notes an entry.
func (m *memory) add(e *entry) {
	p := put{e.name, e.version}
	if _, ok := m.known[p]; !ok {
		if len(m.order) < Remembered {
			m.order = append(m.order, p)
		} else {
			delete(m.known, m.order[m.first])
			m.order[m.first] = p
			m.first = (m.first + 1) % Remembered
		}
	}
	m.known[p] = numbered{e.epoch, e.number, e.content}
}

// find returns what is known of a version of a fact.
func (m *memory) find(name uint64, version int64) (numbered, bool) {
	n, ok := m.known[put{name, version}]
	return n, ok
}
