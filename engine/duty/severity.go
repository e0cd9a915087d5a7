package duty

// Severity is how much is held against a person. Of several verdicts on one unit the mildest
// counts, and nothing harsher than what was told is told in haste (TX-22).
type Severity uint8

// Severities, mildest first.
const (
	SeverityNone Severity = iota
	SeverityReview
	SeverityIndicated
)

// Severity returns what an outcome holds against a person: something for NEEDS_REVIEW and
// INDICATED, nothing for every other outcome.
func (o Outcome) Severity() Severity {
	switch o {
	case OutcomeIndicated:
		return SeverityIndicated
	case OutcomeNeedsReview:
		return SeverityReview
	}
	return SeverityNone
}

// Severity returns what a record with the status holds against a person: nothing if it is
// WITHDRAWN.
func (s Status) Severity() Severity {
	switch s {
	case StatusIndicated:
		return SeverityIndicated
	case StatusNeedsReview:
		return SeverityReview
	}
	return SeverityNone
}

// Severity returns what may be told of a unit now: nothing while it is pending.
func (u *Unit) Severity() Severity {
	if u.Pending {
		return SeverityNone
	}
	return u.Outcome.Severity()
}

// Record reports whether the unit is a would-be record that may be told now.
func (u *Unit) Record() bool { return u.Severity() > SeverityNone }
