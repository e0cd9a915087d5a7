package centres

import (
	"sync"

	"tilsyn/engine/duty"
)

// misplaced are holds, by person, for records that no task of the person reads: those that lie in a wrong partition,
// and Resolutions that cannot be read. Pictures share them,
// since a producer with another partitioner makes one for nearly every record, too many to copy
// each time. A task may thus see a hold a moment before its picture covers it; a hold accuses
// nobody.
type misplaced struct {
	mu    sync.RWMutex
	holds map[string][]duty.Unreadable
}

// Of returns the holds on a person. The caller must not change them.
func (m *misplaced) Of(person string) []duty.Unreadable {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.holds[person]
}

// add adds a hold on the person in its Key.
func (m *misplaced) add(u duty.Unreadable) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.holds == nil {
		m.holds = map[string][]duty.Unreadable{}
	}
	// Readers keep the old slice: appending never changes what they have.
	m.holds[u.Key] = append(m.holds[u.Key], u)
}
