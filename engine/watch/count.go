package watch

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"tilsyn/engine/duty"
)

// counts compares what sources say they sent with what arrived (REL-03, W-44,
// A match proves nothing; a count that its source made before the time it
// counts was over is not read.
func (s *sight) reconcile(r *Report, devices []*device) {
	for _, c := range s.declared() {
		d := &device{id: c.DeviceID}
		if i := slices.IndexFunc(devices, func(d *device) bool { return d.id == c.DeviceID }); i >= 0 {
			d = devices[i]
		}
		var ids []string
		for i := range d.rows {
			if c.From <= d.rows[i].OccurredAt && d.rows[i].OccurredAt < c.To {
				ids = append(ids, d.rows[i].ID)
			}
		}
		digest := ""
		if c.Digest.OK {
			digest = digestOf(ids)
		}
		s.tally(r, d, c, len(ids), digest)
	}
}

// declared returns the reconciliations that count.
func (s *sight) declared() []*duty.Reconciliation {
	var out []*duty.Reconciliation
	for _, k := range duty.InForce[duty.Reconciliation](s.counts,
		func(k *duty.Known[duty.Reconciliation]) bool { return s.fact(k.At) }) {
		if c := &k.Fact; c.To <= k.At && c.From < c.To {
			out = append(out, c)
		}
	}
	return out
}

// tally compares one count with the rows that arrived and the digest of their ids.
func (s *sight) tally(r *Report, d *device, c *duty.Reconciliation, rows int, digest string) {
	if int64(rows) == c.Rows && (!c.Digest.OK || c.Digest.V == digest) {
		return
	}
	s.addEverywhere(r, d, &incident{
		cause: CauseCount, device: d.id, name: d.id + ":" + c.From.String(),
		span: duty.Span{From: c.From, To: c.To}, kind: duty.IncidentKindSuspectedLoss,
	})
	r.quality(duty.DataQualityCodeSeqGap, d.id, c.From, duty.Some(c.To),
		duty.Detail{Name: "source", Value: strconv.FormatInt(c.Rows, 10)},
		duty.Detail{Name: "here", Value: strconv.Itoa(rows)})
}

// digestOf is the SHA-256 of the sorted ids joined by line feeds, in hex.
func digestOf(ids []string) string {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	sum := sha256.Sum256([]byte(strings.Join(ids, "\n")))
	return hex.EncodeToString(sum[:])
}
