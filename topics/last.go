package topics

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// firstLook is how many offsets before the end Last looks at first; each further attempt looks
// eight times as far back.
const firstLook = 32

// Last returns the last committed record of a partition below end (see [LastStable]) without
// reading the partition from its start, for the last commit record of a task (design, "Recovery",
// step 3). The caller may keep the record. ok is false if there is none.
func (c *Client) Last(ctx context.Context, tp TopicPartition, end int64) (last Record, ok bool, err error) {
	starts, err := c.Offsets(ctx, []TopicPartition{tp}, Earliest)
	if err != nil {
		return last, false, err
	}
	f := c.NewFetcher(FetchOptions{})
	floor := starts[tp]
	for back, top := int64(firstLook), end; top > floor; back *= 8 {
		from := max(floor, end-back)
		last, ok, err = f.lastIn(ctx, tp, from, top)
		var gone *OutOfRangeError
		if errors.As(err, &gone) && gone.Start > from {
			floor = gone.Start // compacted meanwhile
			back /= 8
			continue
		}
		if ok || err != nil {
			return last, ok, err
		}
		top = from
	}
	return last, false, nil
}

// lastIn reads [from, top) and returns the last record.
func (f *Fetcher) lastIn(ctx context.Context, tp TopicPartition, from, top int64) (last Record, ok bool, err error) {
	for from < top {
		got, err := f.Fetch(ctx, []Position{{tp.Topic, tp.Partition, from}})
		if err != nil {
			return last, false, err
		}
		for i := range got {
			err := got[i].Each(func(r *Record) error {
				if r.Offset < top {
					last, ok = keep(r), true
				}
				return nil
			})
			if err != nil {
				return last, false, err
			}
			if got[i].Next <= from {
				return last, false, fmt.Errorf("%s: %w: no way beyond offset %d", tp, ErrCorrupt, from)
			}
			from = got[i].Next
		}
	}
	return last, ok, nil
}

// keep copies a record so that it outlives the callback.
func keep(r *Record) Record {
	out := *r
	out.Key, out.Value = slices.Clone(r.Key), slices.Clone(r.Value)
	out.Headers = nil
	for _, h := range r.Headers {
		out.Headers = append(out.Headers, RecordHeader{slices.Clone(h.Key), slices.Clone(h.Value)})
	}
	return out
}
