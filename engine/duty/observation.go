package duty

// place is where a card or person was seen to be.
type place struct {
	kind   placeKind
	centre string
}

// placeKind is what a place says: inside, outside, unknown, or nothing.
type placeKind uint8

const (
	unknown placeKind = iota
	inside
	outside
	// anywhere stands before an observation that says nothing about the time before it (RD-14, RD-26).
	anywhere
)

// observation is one item of the movement list (PRS-02).
//
// Many fields: one for each thing that a registration says about a movement.
type observation struct {
	at Instant // when it was registered
	// before and after are the positions on either side (PRS-03).
	before, after place
	// raw is the position after it, disregarding exclusions and unknown devices (RD-04, RD-12).
	raw place
	// present is set if it shows presence at its own instant, inside centre (PRS-09, RD-02, RD-30).
	present bool
	centre  string
	// direction is the direction of a passage.
	direction Direction
	// entry is set if it counts as an entry (NTC-18, STY-05, RD-14).
	entry bool
	// exit is set for a registered exit that may accuse (NTC-08).
	exit bool
	// barcode, paper and unsure say what kind of registrations it was made of (domain §4).
	barcode, paper, unsure bool
	// logged is set if a barcode passage is among the rows, which the barcode log must then have as
	// well (RD-31).
	logged bool
	// misnamed is set for paper under another name: it clears, but ends neither a run nor a silence
	// (RD-36).
	misnamed bool
	// report is set for a report at a stand.
	report bool
	// check is set for a room check.
	check bool
	refs  []ref
}

// passage reports whether it is a passage, or several of one instant, and not a report or room
// check.
func (o *observation) passage() bool { return o.direction != DirectionUnknown || !o.report && !o.check }

// ref identifies a fact behind an observation.
type ref struct {
	topic        string
	id           string
	at, received Instant
	pos          Opt[Position]
}

// evidence returns the reference as a record lists it.
func (r *ref) evidence(role EvidenceRole) Evidence {
	e := Evidence{Topic: r.topic, ID: r.id, Role: role, At: r.at, ReceivedAt: r.received}
	if r.pos.OK {
		e.Partition, e.Offset = Some(r.pos.V.Partition), Some(r.pos.V.Offset)
	}
	return e
}

func eventRef(r row) ref {
	return ref{TopicCardEvents, r.event.ID, r.event.OccurredAt, r.event.ReceivedAt, r.pos}
}

func entryRef(k *Known[ManualEntry], at Instant) ref {
	return ref{TopicManualEntries, k.Fact.ID, at, k.Fact.ReceivedAt, k.Pos}
}
