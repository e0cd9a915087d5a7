package watch

import (
	"cmp"
	"slices"

	"tilsyn/engine/duty"
)

// Facts are all versions of what the watch reads. Order and duplicates carry no
// meaning.
type Facts struct {
	Heartbeats      []duty.Known[duty.Heartbeat]
	Reconciliations []duty.Known[duty.Reconciliation]
	// Rows are the readable card rows of every device, whatever their kind,
	// card or person, retracted or not (W-18). Rows that make no sense are
	// left out by the caller: they have not arrived.
	Rows []Row
	// Incidents are those on the topic; automatic ones among them are not read.
	Incidents []duty.Known[duty.Incident]
	// Centres answers which manual logs are proven; it may be nil, and then
	// none is.
	Centres *duty.Centres
}

// Row is one version of a card row, as far as the watch reads it.
type Row struct {
	ID                 string
	Version            int64
	DeviceID, CentreID string
	Epoch              int64
	// Seq is the number that the device gave; a negative one is none (W-17).
	Seq                    duty.Opt[int64]
	OccurredAt, ReceivedAt duty.Instant
	// Known is when the row was known: at logged_at where there is one, else at
	// ReceivedAt (contract §1).
	Known duty.Instant
}

// RowOf returns what the watch reads of a row's fact.
func RowOf(k *duty.Known[duty.CardEvent]) Row {
	e := &k.Fact
	return Row{
		ID: e.ID, Version: e.Version, DeviceID: e.DeviceID, CentreID: e.CentreID, Epoch: e.SourceEpoch, Seq: e.SourceSeq,
		OccurredAt: e.OccurredAt, ReceivedAt: e.ReceivedAt, Known: k.At,
	}
}

// receipt is the earlier of the two times at which the row was had.
func (r *Row) receipt() duty.Instant { return min(r.ReceivedAt, r.Known) }

// View says which facts may be seen.
type View struct {
	// At is the clock; nothing known after it counts.
	At duty.Instant
	// Strict leaves out what came late, for a unit that fell due at Due: rows by
	// their own time, everything else by Due (DAT-08, contract-watch 6.6).
	Strict bool
	Due    duty.Instant
}

// Watch holds the facts, sorted once. It is immutable and safe to share.
type Watch struct {
	policy     *duty.Policy
	centres    *duty.Centres
	heartbeats []*duty.Known[duty.Heartbeat]
	counts     []*duty.Known[duty.Reconciliation]
	incidents  []*duty.Known[duty.Incident]
	rows       []Row
}

// New sorts the facts for a policy's register and parameters.
func New(f Facts, p *duty.Policy) *Watch {
	w := &Watch{
		policy: p, centres: f.Centres,
		heartbeats: duty.SortVersions[duty.Heartbeat](f.Heartbeats),
		counts:     duty.SortVersions[duty.Reconciliation](f.Reconciliations),
		incidents:  duty.SortVersions[duty.Incident](f.Incidents),
		rows:       slices.Clone(f.Rows),
	}
	slices.SortFunc(w.rows, compareRows)
	return w
}

// compareRows sorts rows by device and id, then newest version first; which of two that are no versions
// of each other counts does not depend on the order in which they came.
func compareRows(a, b Row) int {
	return cmp.Or(
		cmp.Compare(a.DeviceID, b.DeviceID), cmp.Compare(a.ID, b.ID), cmp.Compare(b.Version, a.Version),
		cmp.Compare(a.OccurredAt, b.OccurredAt), cmp.Compare(a.Epoch, b.Epoch), cmp.Compare(a.Seq.Or(0), b.Seq.Or(0)),
		compareBools(a.Seq.OK, b.Seq.OK),
		cmp.Compare(a.CentreID, b.CentreID), cmp.Compare(a.ReceivedAt, b.ReceivedAt), cmp.Compare(a.Known, b.Known))
}

// sight is one view with the parameters in force at its clock.
type sight struct {
	*Watch
	View
	params *duty.Params
	// said are the incidents of people that count, once somebody asked.
	said  []*duty.Known[duty.Incident]
	asked bool
}

func (w *Watch) sight(v View) *sight {
	return &sight{Watch: w, View: v, params: w.policy.ParamsAt(v.At.Date())}
}

// fact admits a fact other than a row.
func (s *sight) fact(known duty.Instant) bool {
	return known <= s.At && (!s.Strict || known <= s.Due+s.params.LateAccusation)
}

// row admits a row.
func (s *sight) row(r *Row) bool {
	return r.Known <= s.At && (!s.Strict || r.Known-r.OccurredAt <= s.params.LateAccusation)
}

// nonsense is how far ahead of the time it was known a record's own time may
// lie; beyond it the record was not sent (W-41).
const nonsense = 24 * duty.Hour

// senseless reports whether a record's own time is none that it can have:
// outside of 2000 to 2100 (contract §1), or too far ahead.
func senseless(own, known duty.Instant) bool { return !own.Plausible() || own-known > nonsense }

// arrived returns the rows of each device that count: of every row the highest
// version (W-18). A row whose time makes no sense has not arrived.
func (s *sight) arrived() map[string][]Row {
	out := map[string][]Row{}
	device, id := "", ""
	first := true
	for i := range s.rows {
		r := &s.rows[i]
		if !first && r.DeviceID == device && r.ID == id || !s.row(r) {
			continue
		}
		first, device, id = false, r.DeviceID, r.ID
		if senseless(r.OccurredAt, r.Known) {
			continue
		}
		out[device] = append(out[device], *r)
	}
	return out
}

// beats returns the heartbeats that count, per source; a feed's with the centre
// that they name.
func (s *sight) beats() map[source][]*duty.Known[duty.Heartbeat] {
	out := map[source][]*duty.Known[duty.Heartbeat]{}
	for _, k := range duty.InForce[duty.Heartbeat](s.heartbeats,
		func(k *duty.Known[duty.Heartbeat]) bool { return s.fact(k.At) }) {
		if senseless(k.Fact.At, k.At) {
			continue
		}
		out[sourceOf(&k.Fact)] = append(out[sourceOf(&k.Fact)], k)
	}
	return out
}
