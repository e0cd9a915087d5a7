package recall

import (
	"cmp"
	"slices"
	"strconv"

	"tilsyn/engine/duty"
)

// Part is a share of one recall: of one person, or of several put together.
type Part struct {
	Cause   duty.RecallCause
	CauseID string // what the cause names
	// CentreID is that of an exclusion or an incident; empty for other causes.
	CentreID string
	// Units are those that the cause ever took back, each once: it never falls.
	Units int32
	// OpenedAt is when the cause first took something back.
	OpenedAt duty.Instant
	// Consumers are sorted by name.
	Consumers []Share
	// Unowed counts units that nobody is named for: the recall never closes, and
	// what waits, waits for nobody (C-47).
	Unowed Share
	// Filed are the reports that were filed of these units, those that stand first; at
	// most MostFiled. FiledUnits counts the units of which one stands.
	Filed      []duty.RecallFiled
	FiledUnits int32
}

// Share is what one consumer has of a recall.
type Share struct {
	Name               string // consumer
	Acknowledged, Open int32
	// Last is when the last acknowledgement that counts was known.
	Last duty.Instant
	// Overdue counts the open units that have waited too long, Since is when the
	// first of them was taken back (C-53).
	Overdue int32
	Since   duty.Instant
}

// wait counts an open unit that was taken back at t.
func (s *Share) wait(t duty.Instant, clock Clock) {
	if clock.At-t <= clock.Overdue {
		return
	}
	if s.Overdue == 0 || t < s.Since {
		s.Since = t
	}
	s.Overdue++
}

func (x *Part) unowed(b *taken, clock Clock) {
	x.Unowed.Open++
	x.Unowed.wait(b.newest, clock)
}

// centre sets the centre; of several the smallest, so that no order matters.
func (x *Part) centre(id string) {
	if x.CentreID == "" || id < x.CentreID {
		x.CentreID = id
	}
}

// consumer returns the share of a consumer, made where there was none.
func (x *Part) consumer(name string) *Share {
	i, found := slices.BinarySearchFunc(x.Consumers, name, func(s Share, name string) int {
		return cmp.Compare(s.Name, name)
	})
	if !found {
		x.Consumers = slices.Insert(x.Consumers, i, Share{Name: name})
	}
	return &x.Consumers[i]
}

// Merge puts the shares of two sets of persons in one recall together.
func Merge(a, b Part) Part {
	a.Consumers = slices.Clone(a.Consumers)
	a.Add(&b)
	return a
}

// Add adds the share of another set of persons in the same recall. It changes Consumers in place.
func (x *Part) Add(b *Part) {
	x.Units += b.Units
	x.OpenedAt = min(x.OpenedAt, b.OpenedAt)
	if b.CentreID != "" {
		x.centre(b.CentreID)
	}
	for i := range b.Consumers {
		if i < len(x.Consumers) && x.Consumers[i].Name == b.Consumers[i].Name { // mostly they are the same ones
			x.Consumers[i].add(&b.Consumers[i])
			continue
		}
		x.consumer(b.Consumers[i].Name).add(&b.Consumers[i])
	}
	x.Unowed.add(&b.Unowed)
	x.FiledUnits += b.FiledUnits
	if len(b.Filed) > 0 {
		x.Filed = firstFiled(slices.Concat(x.Filed, b.Filed))
	}
}

func (s *Share) add(o *Share) {
	if o.Overdue > 0 && (s.Overdue == 0 || o.Since < s.Since) {
		s.Since = o.Since
	}
	s.Acknowledged, s.Open, s.Overdue = s.Acknowledged+o.Acknowledged, s.Open+o.Open, s.Overdue+o.Overdue
	s.Last = max(s.Last, o.Last)
}

// Recall is what is written of the recall. It is closed once every unit is
// acknowledged by everybody that it is owed to, with the last acknowledgement
// that was needed.
func (x *Part) Recall() duty.Recall {
	r := duty.Recall{
		Cause: x.Cause, CauseID: x.CauseID, CentreID: duty.Opt[string]{V: x.CentreID, OK: x.CentreID != ""},
		Units: x.Units, Consumers: []duty.RecallConsumer{}, OpenedAt: x.OpenedAt,
		Filed: slices.Concat([]duty.RecallFiled{}, x.Filed), FiledUnits: x.FiledUnits,
	}
	closed := x.Unowed.Open == 0
	var last duty.Instant
	for i := range x.Consumers {
		s := &x.Consumers[i]
		r.Consumers = append(r.Consumers, duty.RecallConsumer{Consumer: s.Name, Acknowledged: s.Acknowledged, Open: s.Open})
		closed = closed && s.Open == 0
		last = max(last, s.Last)
	}
	if closed {
		r.ClosedAt = duty.Some(last)
	}
	return r
}

// Overdue names who has not acknowledged for too long, with the number of units
// each; a consumer without a name is nobody at all. ok is false where nobody is.
func (x *Part) Overdue() (q duty.DataQuality, ok bool) {
	since := duty.Forever
	var detail []duty.Detail
	add := func(s *Share) {
		if s.Overdue > 0 {
			since = min(since, s.Since)
			detail = append(detail, duty.Detail{Name: "consumer", Value: s.Name},
				duty.Detail{Name: "units", Value: strconv.Itoa(int(s.Overdue))})
		}
	}
	for i := range x.Consumers {
		add(&x.Consumers[i])
	}
	add(&x.Unowed)
	if len(detail) == 0 {
		return q, false
	}
	return duty.NewDataQuality(duty.DataQualityCodeRecallOverdue, x.CauseID, since, detail...), true
}
