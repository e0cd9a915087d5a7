package dutytest

import (
	"tilsyn/engine/duty"
	"tilsyn/engine/internal/notation"
)

// script is one person in the notation of domain §10.1, and what was said of it.
type script struct {
	*notation.Person
	c    *testCase
	said []duty.Said
}

// newScript reads the lines of a facts command: the profile, then the facts.
func newScript(input string) (*script, error) {
	p := notation.New("P")
	if err := p.Read(input); err != nil {
		return nil, err
	}
	return &script{Person: p, c: &testCase{person: p.ID, facts: p.Facts, centres: p.Centres, policies: p.Policies}}, nil
}

// markComplete proves the manual logs around the units asked for.
func (s *script) markComplete(units []string) error {
	list, err := s.Prove(units)
	s.c.centres.Settlements = list
	return err
}

func scriptTime(text string) (duty.Instant, error) { return notation.Time(text) }
