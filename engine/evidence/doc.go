// Package evidence makes what a case officer, a counsel or a court can take away and check: certificates of
// records. It is pure, as package duty is: it reads no clock and does no I/O.
//
//	Certify(*Case, duty.Kind, duty.Date) (*Certificate, error)   the proof of one record
//	Gather(*Case, Range) (*Bundle, error)                        what a package of several has
//
// It guarantees that
//
//   - the verdict is the core's own, and the record is the one that was told, where a log says so;
//   - whatever a record says of silence names its coverage: the heartbeats and numbers of each device, the
//     markers of each log, the forms of each incident, the promises of each feed; where there is none it says
//     so, and missing rows alone prove nothing (EVD-01, EVD-02);
//   - it shows no registration beyond those of EVD-14, and nothing of others: of their rows only how many
//     numbers of a device arrived, and when heartbeats came;
//   - what it cannot show it says.
//
// It never judges, and never says that somebody was absent.
//
// Files:
//
//	case.go         what goes in
//	certificate.go  what comes out; certify.go from one to the other
//	rows.go         registrations with device, side, card and authentication
//	silence.go      statements of silence, and what each rests on; sources.go devices and feeds
//	facts.go        which facts of a person and a centre go along
//	bundle.go       the records of a unit or a person over some dates
//	replayable.go   facts that give the same records when they are replayed, and accuse of nothing else
//	attachments.go  the twenty items of EVD-14
//	manifest.go     what a package says of itself
//	cover.go, coverparts.go  the page that a court reads first
//	words.go, caveats.go  phrases in English and Danish
package evidence
