package centres

import (
	"sync"

	"tilsyn/engine/duty"
)

// AllKnown returns the newest time of the picture: of any fact, or of the hold of an unreadable
// record.
func (s *Picture) AllKnown() duty.Instant {
	at := max(s.NewestFact, s.lost)
	for _, n := range s.LastRead {
		at = max(at, n)
	}
	return at
}

// QualityOf returns the data-quality lines of the centres under a policy, with all facts known.
func (s *Picture) QualityOf(p *duty.Policy) []duty.DataQuality {
	w := s.whole
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.policy != p {
		w.policy, w.list = p, duty.CentreQuality(s.Centres, p, s.AllKnown())
	}
	return w.list
}

// wholeQuality caches the data-quality lines of a picture, so that only the first of its tasks
// computes them.
type wholeQuality struct {
	mu     sync.Mutex
	policy *duty.Policy
	list   []duty.DataQuality
}
