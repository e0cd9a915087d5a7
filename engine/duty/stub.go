package duty

// Centres is CentreFacts prepared for evaluating many persons.
type Centres struct{ facts CentreFacts }

// NewCentres prepares centre facts. The result is immutable and safe to share.
func NewCentres(f CentreFacts) *Centres { return &Centres{facts: f} }

// Evaluate is the verdict on every unit of one person with the facts known by
// at and the clock at at.
func Evaluate(in Input, at Instant) Result {
	return Result{PersonID: in.PersonID, At: at, Next: Forever}
}

// Revise compares a verdict with what was last told and returns the revisions
// to tell, sorted by date, kind (NOTIFY, REPORT, STAY).
func Revise(in Input, res Result, said []Said) ([]Violation, error) { return nil, nil }

// SaidOf returns what a revision said.
func SaidOf(v *Violation) Said { return Said{} }

// Check is the output validation (TX-11, TX-12): an error means that the
// record must not be published.
func Check(v *Violation) error { return nil }

// ground is what a would-be record is built from.
type ground struct{}
