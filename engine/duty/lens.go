package duty

// lens says which versions an evaluation sees: those known at its clock and, if strict, none that
// came late (DAT-08, contract §5).
type lens struct {
	// at is the clock; nothing known after it counts.
	at Instant
	// strict leaves out what came late, for a unit that fell due at due.
	strict bool
	due    Instant
	// late is data.late_accusation in ms.
	late Instant
	// timed leaves out the rows whose own time cannot be right (REL-10).
	timed bool
	// received reads rows that are somewhat ahead at the time of their receipt.
	received bool
	// auto are the automatic incidents of the facts that it admits.
	auto *Automatic
}

// fact admits a fact that is no registration. It is late if it became known more than
// data.late_accusation after the due instant.
func (l lens) fact(known Instant) bool {
	return known <= l.at && (!l.strict || known <= l.due+l.late)
}

// row admits a row, an entry or a notice. It is late if it became known more than
// data.late_accusation after its own time.
func (l lens) row(known, own Instant) bool {
	return known <= l.at && (!l.strict || known-own <= l.late)
}
