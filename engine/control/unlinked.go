package control

import (
	"maps"
	"slices"

	"tilsyn/engine/duty"
)

// mostUnlinked is the share of rows of a week, in a thousand, that may belong to nobody (IDN-10).
const mostUnlinked = 5

// unlinked names the weeks, Monday to Sunday, with too many rows that belong to nobody.
func (c *counts) unlinked(centre string, at duty.Instant) []duty.DataQuality {
	var out []duty.DataQuality
	for _, m := range slices.Sorted(maps.Keys(c.weeks)) {
		n := c.weeks[m]
		week := duty.Span{From: m.Start(), To: (m + 7).Start()}
		if week.To+arrives <= at && n.unlinked*1000 > mostUnlinked*n.all {
			out = append(out, finding(duty.DataQualityCodeUnlinkedShare, centre, week,
				number("rows", n.all), number("unlinked", n.unlinked)))
		}
	}
	return out
}
