package centres

import (
	"sync"

	"tilsyn/engine/duty"
)

// AllKnown is when the newest fact of the snapshot was known, or the newest hold of what
// could not be read begins.
func (s *Snapshot) AllKnown() duty.Instant {
	at := max(s.Newest, s.lost)
	for _, n := range s.NewestBy {
		at = max(at, n)
	}
	return at
}

// QualityOf are the lines of the snapshot under a policy, all facts known.
func (s *Snapshot) QualityOf(p *duty.Policy) []duty.DataQuality {
	w := s.whole
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.policy != p {
		w.policy, w.list = p, duty.CentreQuality(s.Centres, p, s.AllKnown())
	}
	return w.list
}

// wholeQuality are the lines of the facts of a snapshot once all of them are known.
// Tasks share it, so that only the first makes them.
type wholeQuality struct {
	mu     sync.Mutex
	policy *duty.Policy
	list   []duty.DataQuality
}
