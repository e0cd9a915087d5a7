package task

import (
	"context"

	"github.com/cespare/xxhash/v2"

	"tilsyn/engine/duty"
)

// The task of partition 0 writes the topic control-reports for the whole prefix (contract-case 9,
// decision 0033). The reports are worked out beside the tasks, from the topics.

// Reports offers the control reports that were worked out last.
type Reports interface {
	// Reports returns them; the same slice as long as there are no newer ones, which nobody changes.
	Reports() []duty.ControlReport
}

// reporting is what the writing task knows of the control reports.
type reporting struct {
	published
	// newest are those of which everything is written, next is where the task goes on with them.
	newest []duty.ControlReport
	next   int
}

// writesReports reports whether this task writes the control reports.
func (t *Task) writesReports() bool { return t.reports != nil && Speaks(t.at.Task) }

// readReports reads what lies on the topic.
func (r *recovery) readReports(ctx context.Context) (err error) {
	t := r.t
	t.reporting = reporting{}
	if !t.writesReports() {
		return nil
	}
	t.reporting.published, err = t.readPublished(ctx, duty.TopicControlReports, func(record any) (saidAs, bool) {
		v, ok := record.(*duty.ControlReport)
		if !ok {
			return saidAs{}, false
		}
		return saidOfReport(v), true
	})
	return err
}

// saidOfReport says what a report says but for its clock: one that differs in nothing else is not written
// again.
func saidOfReport(v *duty.ControlReport) saidAs {
	still := *v
	still.AsOf = 0
	return saidAs{xxhash.Sum64(still.AppendCanonical(nil)), v.AsOf}
}

// reportsAtOnce is how many control reports one cycle writes.
const reportsAtOnce = 100

// tellReports writes the control reports that say something else than the topic. What the topic has of
// a later clock stays.
func (t *Task) tellReports() error {
	if !t.writesReports() {
		return nil
	}
	w := &t.reporting
	now := t.reports.Reports()
	if len(now) == 0 {
		return nil
	}
	if len(w.newest) == 0 || &w.newest[0] != &now[0] {
		w.newest, w.next = now, 0
	}
	for written := 0; w.next < len(now) && written < reportsAtOnce; w.next++ {
		v := &now[w.next]
		key := v.CentreID + ":" + v.Period
		if v.AsOf < w.said[key].at {
			continue
		}
		wrote, err := t.publishOther(&w.published, key, saidOfReport(v), v)
		if err != nil {
			return err
		}
		if wrote {
			written++
			t.stats.Reports.Add(1)
		}
	}
	return nil
}
