package centres

import (
	"sync"

	"tilsyn/engine/duty"
)

// misplaced are holds on persons of whom a record lies in a partition that is not
// theirs, by person. Snapshots share them: a producer with another partitioner
// makes one for nearly every record, too many to be copied with each. Who sees a
// hold that its snapshot has no position for sees it a moment early, and a hold
// accuses nobody.
type misplaced struct {
	mu    sync.RWMutex
	holds map[string][]duty.Unreadable
}

// Of are those on a person, which the caller must not change.
func (m *misplaced) Of(person string) []duty.Unreadable {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.holds[person]
}

func (m *misplaced) add(u duty.Unreadable) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.holds == nil {
		m.holds = map[string][]duty.Unreadable{}
	}
	// Appending leaves what others have read as it was.
	m.holds[u.Key] = append(m.holds[u.Key], u)
}
