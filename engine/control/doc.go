// Package control looks at the control system itself, and never at what it says of persons: whether
// registrations look plausible, whether logs are proven and changes followed up. It is pure, as package
// duty is.
//
//	(*Tally).AddPerson(Traffic), AddUnlinked(centre, device, at)   what was registered, by centre and hour
//	(*Tally).Arrived(centre, occurred, known)               on which dates a centre was in use
//	Quality(*Tally, World, at) []DataQuality                what about it is doubtful
//	Implausible(*Tally, World, at) []DataQuality            of that, what the counts say
//	Missing(*Tally, World, at) ([]DataQuality, until)       of that, what nobody has done
//	NewBook(World, at, centre, Period, *Watched) *Book      begins a control report (REL-13)
//	(*Book).AddPerson(*Result, Person, controlled)          adds a person, in any order
//	NewCommon(*Tally, World, at) *Common                    what all reports at a clock share
//	(*Book).Report(*Common, recalls, *Letters) ControlReport the record of contract-case 9
//
// The report never holds how much was told of persons, or anything that it can be computed from; a test
// reads the schema. Its findings are alerts: they change no outcome, and an officer decides what follows (REL-04).
//
// Files:
//
//	tally.go      counts of passages and rows, put together from persons
//	quality.go    all findings at a clock
//	plausible.go  traffic far below its usual level, drift, pairs in one direction (REL-04)
//	days.go       counts of dates beside what is usual, for who draws them
//	unlinked.go   rows that belong to nobody (IDN-10)
//	markers.go    logs that nobody has said to be complete (REL-12)
//	marks.go      changes that reconciliation has to follow (REL-09)
//	period.go     months and half-years
//	book.go       what is gathered of persons for a report
//	common.go     what reports at one clock share, worked out once
//	watched.go    what the watch found, from its report
//	sources.go    devices and feeds: supervised, silent, numbers
//	losses.go     incidents and suspected losses
//	logs.go       markers of logs, reconciliation
//	actions.go    what people and commands did about controls
//	controls.go   one line for each control
//	report.go     the record as a whole
package control
