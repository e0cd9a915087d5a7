package watch

import (
	"cmp"
	"slices"

	"tilsyn/engine/duty"
)

// sign is a row or a heartbeat of a device.
type sign struct {
	// at is the earlier of the sign's own time and the time it was known (W-03).
	at    duty.Instant
	own   duty.Instant
	known duty.Instant
	// receipt is the earlier of received_at and logged_at.
	receipt duty.Instant
	row     bool
	id      string
	epoch   int64
	// seq is the number that the sign names; numbered is false for none.
	seq      int64
	numbered bool
}

// late reports whether the sign was known too late to open anything.
func (g *sign) late(limit duty.Instant) bool { return g.known-g.own > limit }

func numberOf(seq duty.Opt[int64]) (int64, bool) {
	if !seq.OK || seq.V < 0 {
		return 0, false
	}
	return seq.V, true
}

func rowSign(r *Row) sign {
	n, ok := numberOf(r.Seq)
	return sign{
		at: min(r.OccurredAt, r.Known), own: r.OccurredAt, known: r.Known, receipt: r.receipt(),
		row: true, id: r.ID, epoch: r.Epoch, seq: n, numbered: ok,
	}
}

func beatSign(k *duty.Known[duty.Heartbeat]) sign {
	h := &k.Fact
	n, ok := numberOf(h.LastSeq)
	return sign{
		at: min(h.At, k.At), own: h.At, known: k.At, receipt: min(h.ReceivedAt, k.At),
		id: h.ID, epoch: h.SourceEpoch, seq: n, numbered: ok,
	}
}

// sign returns what a record says as a sign; a row has an id.
func (r *record) sign(row bool) sign {
	return sign{
		at: r.at(), own: r.own, known: r.known, receipt: min(r.received, r.known), row: row, id: r.id, epoch: r.epoch,
		seq: r.number(), numbered: r.numbered && r.seq >= 0,
	}
}

// device is one device with its signs.
type device struct {
	id    string
	rows  []Row
	signs []sign // rows and heartbeats within supervision, by time
	beats []sign // all its heartbeats, by time
}

// devices gathers the signs of every device that has some, sorted by id.
func (s *sight) devices(beats map[source][]*duty.Known[duty.Heartbeat]) []*device {
	rows := s.arrived()
	var ids []string
	for id := range rows { //house:order-free sorted below
		ids = append(ids, id)
	}
	for src := range beats { //house:order-free sorted below
		if !src.feed() && s.knows(src) {
			ids = append(ids, src.id)
		}
	}
	slices.Sort(ids)
	var out []*device
	for _, id := range slices.Compact(ids) {
		d := &device{id: id, rows: rows[id]}
		for i := range d.rows {
			d.signs = append(d.signs, rowSign(&d.rows[i]))
		}
		if s.knows(source{id: id}) {
			for _, k := range beats[source{id: id}] {
				g := beatSign(k)
				d.beats = append(d.beats, g)
				if s.supervised(id, g.at) {
					d.signs = append(d.signs, g)
				}
			}
		}
		slices.SortFunc(d.signs, compareSigns)
		slices.SortFunc(d.beats, compareSigns)
		out = append(out, d)
	}
	return out
}

// supervised reports whether the register has the device at t.
func (s *sight) supervised(id string, t duty.Instant) bool {
	return slices.ContainsFunc(s.registered(id), func(d *duty.Device) bool { return begins(d) <= t && t < d.To })
}

func compareSigns(a, b sign) int {
	return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.seq, b.seq), cmp.Compare(a.epoch, b.epoch),
		compareBools(a.row, b.row), cmp.Compare(a.known, b.known), cmp.Compare(a.own, b.own),
		cmp.Compare(a.receipt, b.receipt), cmp.Compare(a.id, b.id))
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}
