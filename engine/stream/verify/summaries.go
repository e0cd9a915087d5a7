package verify

import (
	"context"
	"fmt"

	"tilsyn/engine/duty"
	"tilsyn/engine/sanction"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/telling"
)

// summary is the newest case summary of a person, and where it lies.
type summary struct {
	record *duty.CaseSummary
	offset int64
}

// summaries reads the newest case summary of every person of a partition.
func (v *verifier) summaries(ctx context.Context, part int32) (map[string]summary, error) {
	out := map[string]summary{}
	topic := []broker.Partition{{Topic: duty.TopicCaseSummaries, Index: part}}
	return out, v.scan().All(ctx, topic, func(rec *broker.Record) error {
		if rec.Value == nil {
			delete(out, string(rec.Key))
			return nil
		}
		record, err := v.codec.Decode(duty.TopicCaseSummaries, rec.Value)
		if err != nil {
			return fmt.Errorf("%s offset %d: %w", duty.TopicCaseSummaries, rec.Offset, err)
		}
		out[string(rec.Key)] = summary{record.(*duty.CaseSummary), rec.Offset}
		return nil
	})
}

// compareSummary compares the case summary of a person with the one that the verdict and what was
// told give (C-22). With a history floor nothing is compared: an engine that had more of the history
// counts more.
func (v *verifier) compareSummary(part int32, res *duty.Result, last []duty.Said, live summary) {
	if v.cfg.Floor.OK {
		return
	}
	c := sanction.Case{PersonID: res.PersonID, At: res.At, Standing: res.Standing(),
		Units: sanction.CountedUnitsOf(res, last, nil)}
	var want *duty.CaseSummary
	if s := sanction.Summarise(c); sanction.HasSummary(c, &s) {
		want = &s
	}
	if want != nil || live.record != nil {
		v.result.Summaries++
	}
	bad := sanction.Compare(live.record, want)
	if bad == "" {
		return
	}
	v.result.Differences++
	v.cfg.Found(telling.Difference{PersonID: res.PersonID, Of: whose(part, &c, live), What: bad})
}

// whose names a summary by its place, or, where there is none, by what of the person would count.
func whose(part int32, c *sanction.Case, live summary) string {
	text := fmt.Sprintf("%s partition %d", duty.TopicCaseSummaries, part)
	switch {
	case live.record != nil:
		return fmt.Sprintf("%s offset %d", text, live.offset)
	case len(c.Units) > 0:
		u := &c.Units[0]
		return fmt.Sprintf("%s, the person of unit %s", text, duty.UnitID(u.Kind, u.Date, c.PersonID))
	case len(c.Standing.Convictions) > 0:
		return fmt.Sprintf("%s, the person of conviction %s", text, c.Standing.Convictions[0].ID)
	}
	return text
}
