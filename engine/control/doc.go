// Package control looks at the control system itself, and never at what it says of persons: whether
// registrations look plausible, whether logs are proven and changes followed up. It is pure, as package
// duty is.
//
//	(*Tally).AddPerson(Traffic), AddUnlinked(centre, at)   what was registered, by centre and hour
//	Quality(*Tally, World, at) []DataQuality                what about it is doubtful
//
// Its findings are alerts: they change no outcome, and an officer decides what follows (REL-04).
//
// Files:
//
//	tally.go      counts of passages and rows, put together from persons
//	quality.go    all findings at a clock
//	plausible.go  traffic far below its usual level, drift, pairs in one direction (REL-04)
//	unlinked.go   rows that belong to nobody (IDN-10)
//	markers.go    logs that nobody has said to be complete (REL-12)
//	marks.go      changes that reconciliation has to follow (REL-09)
package control
