package erase

import (
	"tilsyn/engine/duty"
)

// factKey names a fact of an input topic over its versions.
type factKey struct{ topic, identity string }

// subject is everything that belongs to the persons to be erased.
type subject struct {
	persons map[string]bool
	// cards are those that nobody else ever had or used; shared are the times at which the persons had one that
	// somebody else has too.
	cards  map[string]bool
	shared map[string][]duty.Span
	// facts are theirs, ids the ids of all versions of them, units the ids of their units, causes the recalls in
	// which a unit of theirs was taken back.
	facts  map[factKey]bool
	ids    map[string]bool
	units  map[string]bool
	causes map[string]bool
	// claimed are the names of versions of their facts as tasks claim them, contested the same as they are kept.
	claimed, contested map[uint64]bool
}

func newSubject(persons []string) *subject {
	s := &subject{persons: map[string]bool{}, cards: map[string]bool{}, shared: map[string][]duty.Span{},
		facts: map[factKey]bool{}, ids: map[string]bool{}, units: map[string]bool{}, causes: map[string]bool{},
		claimed: map[uint64]bool{}, contested: map[uint64]bool{}}
	for _, p := range persons {
		s.persons[p] = true
	}
	return s
}

// has reports whether a text is a name of theirs.
func (s *subject) has(text string) bool {
	return s.persons[text] || s.cards[text] || s.units[text] || s.ids[text]
}

// hadAt reports whether one of the persons had a card at an instant.
func (s *subject) hadAt(card string, at duty.Instant) bool {
	if s.cards[card] {
		return true
	}
	for _, span := range s.shared[card] {
		if span.From <= at && at < span.To {
			return true
		}
	}
	return false
}
