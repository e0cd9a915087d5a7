package simulate

import (
	"bufio"
	"encoding/json"
	"io"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
)

// Fault is the truth about one fault of a plan: what happened, when, and whom it
// concerned.
type Fault struct {
	Plan Plan
	// CentreID is where it happened; empty for a feed and for residents of both.
	CentreID string
	// Sources are the devices or the feed concerned.
	Sources []string
	// From and To bound it, To exclusive.
	From, To duty.Instant
	// Seen are the signs by which the data show it; none: they do not.
	Seen []Sign
	// Note says in words what is particular about this one.
	Note string
	// Harms are the registrations concerned, up to MaxHarms; Total counts all.
	Harms []Harm
	Total int
}

// MaxHarms bounds Fault.Harms.
const MaxHarms = 10_000

// What became of a registration.
const (
	// Unregistered: somebody passed or reported, and no device noticed.
	Unregistered = "UNREGISTERED"
	// Lost: registered, and lost on the way.
	Lost = "LOST"
	// Misdated: registered with a wrong time.
	Misdated = "MISDATED"
	// Late: known later than it ought to be.
	Late = "LATE"
	// Parted: of a second number of the person, which is parted from the first.
	Parted = "PARTED"
)

// Harm is one registration that a fault concerned.
type Harm struct {
	What     string
	Topic    string
	ID       string
	PersonID string
	// At is when it really happened; for other facts than card rows, when its
	// source had it.
	At duty.Instant
	// Device, Kind, Direction and Seq are those of a card row.
	Device, Kind, Direction string
	Seq                     duty.Opt[int64]
}

// add keeps a harm.
func (f *Fault) add(h *Harm) {
	if f.Total++; len(f.Harms) < MaxHarms {
		f.Harms = append(f.Harms, *h)
	}
}

// row keeps what became of a card row; it has its real time.
func (f *Fault) row(e *duty.CardEvent, what string) {
	h := Harm{
		What: what, Topic: duty.TopicCardEvents, ID: e.ID, PersonID: e.PersonID.V, At: e.OccurredAt,
		Device: e.DeviceID, Kind: e.Kind.String(), Seq: e.SourceSeq,
	}
	if e.Direction.OK {
		h.Direction = e.Direction.V.String()
	}
	f.add(&h)
}

// late keeps a fact that had to wait.
func (f *Fault) late(topic, key string, record any) {
	head, _ := schemas.HeadOf(record)
	f.add(&Harm{What: Late, Topic: topic, ID: head.ID, PersonID: key, At: head.ReceivedAt})
}

// faultLine is one line of a file of faults.
type faultLine struct {
	Plan    Plan       `json:"plan"`
	Centre  string     `json:"centre_id,omitempty"`
	Sources []string   `json:"sources,omitempty"`
	From    string     `json:"from"`
	To      string     `json:"to"`
	Visible bool       `json:"visible"`
	Seen    []Sign     `json:"seen,omitempty"`
	Note    string     `json:"note,omitempty"`
	Total   int        `json:"registrations"`
	Harms   []harmLine `json:"concerned"`
}

// harmLine is one registration in it.
type harmLine struct {
	What      string `json:"what"`
	Topic     string `json:"topic"`
	ID        string `json:"id"`
	PersonID  string `json:"person_id"`
	At        string `json:"at"`
	Device    string `json:"device_id,omitempty"`
	Kind      string `json:"kind,omitempty"`
	Direction string `json:"direction,omitempty"`
	Seq       *int64 `json:"source_seq,omitempty"`
}

// WriteFaults writes the faults as JSON Lines, one a line, in the order of the
// plans.
func (t *Truth) WriteFaults(to io.Writer) error {
	w := bufio.NewWriter(to)
	enc := json.NewEncoder(w)
	for _, f := range t.Faults {
		line := faultLine{
			Plan: f.Plan, Centre: f.CentreID, Sources: f.Sources, From: f.From.String(), To: f.To.String(),
			Visible: len(f.Seen) > 0, Seen: f.Seen, Note: f.Note, Total: f.Total, Harms: make([]harmLine, 0, len(f.Harms)),
		}
		for i := range f.Harms {
			h := &f.Harms[i]
			x := harmLine{
				What: h.What, Topic: h.Topic, ID: h.ID, PersonID: h.PersonID, At: h.At.String(),
				Device: h.Device, Kind: h.Kind, Direction: h.Direction,
			}
			if h.Seq.OK {
				x.Seq = &h.Seq.V
			}
			line.Harms = append(line.Harms, x)
		}
		if err := enc.Encode(line); err != nil {
			return err
		}
	}
	return w.Flush()
}
