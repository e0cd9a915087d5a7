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
	for _, k := range duty.InForce[duty.Reconciliation](s.counts,
		func(k *duty.Known[duty.Reconciliation]) bool { return s.fact(k.At) }) {
		c := &k.Fact
		if c.To > k.At || c.To <= c.From {
			continue
		}
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
		if int64(len(ids)) == c.Rows && (!c.Digest.OK || c.Digest.V == digestOf(ids)) {
			continue
		}
		s.addEverywhere(r, d, &incident{
			cause: CauseCount, device: d.id, name: d.id + ":" + c.From.String(),
			span: duty.Span{From: c.From, To: c.To}, kind: duty.IncidentKindSuspectedLoss,
		})
		r.quality(duty.DataQualityCodeSeqGap, d.id, c.From, duty.Some(c.To),
			duty.Detail{Name: "source", Value: strconv.FormatInt(c.Rows, 10)},
			duty.Detail{Name: "here", Value: strconv.Itoa(len(ids))})
	}
}

// digestOf is the SHA-256 of the sorted ids joined by line feeds, in hex.
func digestOf(ids []string) string {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	sum := sha256.Sum256([]byte(strings.Join(ids, "\n")))
	return hex.EncodeToString(sum[:])
}
