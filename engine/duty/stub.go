package duty

// ground is what a would-be record is built from.
type ground struct {
	f     finding
	e     *evaluation
	par   *Params
	court *court
}

func (c *court) quality(at Instant) []DataQuality { return nil }

func (c *court) observations(at Instant) []Observation { return nil }

// Revise compares a verdict with what was last told and returns the revisions
// to tell, sorted by date, kind (NOTIFY, REPORT, STAY).
func Revise(in Input, res Result, said []Said) ([]Violation, error) { return nil, nil }

// SaidOf returns what a revision said.
func SaidOf(v *Violation) Said { return Said{} }

// Check is the output validation (TX-11, TX-12): an error means that the
// record must not be published.
func Check(v *Violation) error { return nil }
