package task

import (
	"context"

	"github.com/cespare/xxhash/v2"

	"tilsyn/engine/duty"
)

// The task of partition 0 writes the topic control-reports for the whole prefix (contract-case 9,
// decision 0033). The reports are worked out beside the tasks, from the topics.

// Reports offers what the last look at the whole control system found.
type Reports interface {
	// Newest returns it; nil if there was none. Nobody changes it any more.
	Newest() *Look
}

// Look is what a look at the whole control system found.
type Look struct {
	// At is its clock.
	At      duty.Instant
	Reports []duty.ControlReport
	// Doubts are the lines of data quality that hold at the clock (doubts.go); missing if the look cannot
	// say it.
	Doubts duty.Opt[[]duty.DataQuality]
}

// reporting is what the writing task knows of the control reports.
type reporting struct {
	published
	// newest is the look that is being written, next the report with which the task goes on.
	newest *Look
	next   int
	// doubts are the lines that were last told, since there was a look that could say them.
	doubts duty.Opt[[]duty.DataQuality]
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

// tellReports tells what a look found: its doubts, and the control reports that say something else than
// the topic. What the topic has of a later clock stays.
func (t *Task) tellReports() error {
	if !t.writesReports() {
		return nil
	}
	w := &t.reporting
	look := t.reports.Newest()
	if look == nil {
		return nil
	}
	if look != w.newest {
		w.newest, w.next = look, 0
		if err := t.tellDoubts(look); err != nil {
			return err
		}
	}
	for written := 0; w.next < len(look.Reports) && written < reportsAtOnce; w.next++ {
		v := &look.Reports[w.next]
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
