package replay

import (
	"bytes"
	"context"
	"sync"

	"tilsyn/engine/replay/extsort"
)

// write judges everybody and writes the outputs.
func (r *run) write(ctx context.Context) error {
	o := r.opts
	var outs [7]*output
	for i, path := range []string{
		o.Violations, o.Outcomes, o.DataQuality, o.Observations, o.Summaries, o.Recalls, o.Incidents,
	} {
		out, err := openOutput(path, o.Stdout)
		if err != nil {
			return err
		}
		defer out.discard()
		outs[i] = out
	}
	violations, err := newStages(outs[0], r.dir, "violations", len(r.asOf))
	if err != nil {
		return err
	}
	defer violations.close()
	outcomes, err := newStages(outs[1], r.dir, "outcomes", len(r.asOf))
	if err != nil {
		return err
	}
	defer outcomes.close()
	summaries, err := newStages(outs[4], r.dir, "summaries", len(r.asOf))
	if err != nil {
		return err
	}
	defer summaries.close()
	r.opts.Progress.Phase("judging", int64(r.persons.Len()))
	if err := r.eachInOrder(ctx, r.judge, func(c *dossier, v *verdict) error {
		return r.put(c, v, violations, outcomes, summaries)
	}); err != nil {
		return err
	}
	if err := violations.finish(); err != nil {
		return err
	}
	if err := outcomes.finish(); err != nil {
		return err
	}
	if err := summaries.finish(); err != nil {
		return err
	}
	if err := r.writeRecalls(outs[5]); err != nil {
		return err
	}
	if err := r.writeIncidents(outs[6]); err != nil {
		return err
	}
	if err := r.controlQuality(); err != nil {
		return err
	}
	if err := drain(r.quality, outs[2]); err != nil {
		return err
	}
	if err := drain(r.observed, outs[3]); err != nil {
		return err
	}
	for _, out := range outs {
		if err := out.commit(); err != nil {
			return err
		}
	}
	return nil
}

// put writes what is known of one person.
func (r *run) put(c *dossier, v *verdict, violations, outcomes, summaries *stages) error {
	if v.err != nil {
		return v.err
	}
	defer r.lines.Put(v.lines)
	for i := range r.asOf {
		if err := violations.write(i, v.violations[i]); err != nil {
			return err
		}
		if err := outcomes.write(i, v.outcomes[i]); err != nil {
			return err
		}
		if err := summaries.write(i, v.summaries[i]); err != nil {
			return err
		}
	}
	for i := range v.traffic {
		r.tallies[i].AddPerson(v.traffic[i])
	}
	for _, l := range v.quality {
		if err := r.quality.Add(l.key, l.text); err != nil {
			return err
		}
	}
	for _, l := range v.observations {
		if err := r.observed.Add(l.key, l.text); err != nil {
			return err
		}
	}
	for _, l := range v.recalls {
		if err := r.recalls.Add(l.key, l.text); err != nil {
			return err
		}
	}
	r.summary.Persons++
	r.summary.Revisions += v.revisions
	r.summary.Units += v.units
	r.summary.Judged += v.judged
	r.opts.Progress.Add(int64(len(c.records)))
	return nil
}

// A group of persons goes from hand to hand together: so many at most, and no more once their records take so
// many bytes.
const (
	groupPersons = 64
	groupBytes   = 128 << 10
)

// group are persons who follow one another.
type group struct {
	persons []dossier
	// records are those of all persons.
	records  [][]byte
	bytes    int
	verdicts []verdict
	done     chan struct{} // takes something once the verdicts are there
}

// newGroup returns a group of nobody.
func (r *run) newGroup() *group {
	if g, _ := r.groups.Get().(*group); g != nil {
		return g
	}
	return &group{done: make(chan struct{}, 1)}
}

// empty makes room for other persons.
func (g *group) empty() {
	clear(g.verdicts)
	g.persons, g.records, g.verdicts, g.bytes = g.persons[:0], g.records[:0], g.verdicts[:0], 0
}

// eachInOrder works on person after person on all cores and gives the verdicts
// to put in the order of the persons.
func (r *run) eachInOrder(ctx context.Context, work func(*dossier) verdict,
	put func(*dossier, *verdict) error) error {
	ctx, cancel := context.WithCancel(ctx)
	jobs := make(chan *group, r.opts.Workers)
	order := make(chan *group, 4*r.opts.Workers)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	for range r.opts.Workers {
		wg.Go(func() {
			for g := range jobs {
				for i := range g.persons {
					g.verdicts = append(g.verdicts, work(&g.persons[i]))
				}
				g.done <- struct{}{}
			}
		})
	}
	var readErr error
	wg.Go(func() {
		defer close(order)
		defer close(jobs)
		readErr = r.eachGroup(func(g *group) error {
			for _, to := range []chan *group{order, jobs} {
				select {
				case to <- g:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
			return nil
		})
	})
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case g, ok := <-order:
			if !ok {
				return readErr
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-g.done:
				for i := range g.verdicts {
					if err := put(&g.persons[i], &g.verdicts[i]); err != nil {
						return err
					}
				}
				g.empty()
				r.groups.Put(g)
			}
		}
	}
}

// eachGroup puts the case files together in groups.
func (r *run) eachGroup(f func(*group) error) error {
	g := r.newGroup()
	err := r.eachPerson(func(c *dossier) error {
		from := len(g.records)
		g.records = append(g.records, c.records...)
		for _, record := range c.records {
			g.bytes += len(record)
		}
		g.persons = append(g.persons, dossier{c.person, c.number, g.records[from:len(g.records):len(g.records)]})
		if len(g.persons) < groupPersons && g.bytes < groupBytes {
			return nil
		}
		full := g
		g = r.newGroup()
		return f(full)
	})
	if err != nil || len(g.persons) == 0 {
		return err
	}
	return f(g)
}

// eachPerson puts the case files together, in the order of the persons' UTF-8
// bytes. The list of the records holds until f returns.
func (r *run) eachPerson(f func(*dossier) error) error {
	own, err := r.persons.Iter()
	if err != nil {
		return err
	}
	defer own.Close()
	extra, err := r.extra.Iter()
	if err != nil {
		return err
	}
	defer extra.Close()
	more, moreExtra := own.Next(), extra.Next()
	var c dossier
	for n := 0; more || moreExtra; n++ {
		key := own.Key()
		if !more || moreExtra && bytes.Compare(extra.Key(), key) < 0 {
			key = extra.Key()
		}
		c = dossier{person: string(key), number: n, records: c.records[:0]}
		c.records, more = gather(c.records, own, more, c.person)
		c.records, moreExtra = gather(c.records, extra, moreExtra, c.person)
		if err := own.Err(); err != nil {
			return err
		}
		if err := extra.Err(); err != nil {
			return err
		}
		if err := f(&c); err != nil {
			return err
		}
	}
	if err := own.Err(); err != nil {
		return err
	}
	return extra.Err()
}

// gather adds the records of the person to all, if the next one is of that person, and reports whether there
// are others behind them.
func gather(all [][]byte, it *extsort.Iter, more bool, person string) ([][]byte, bool) {
	if !more || string(it.Key()) != person {
		return all, more
	}
	for {
		all = append(all, it.Value())
		if more = it.Next(); !more || !it.SameKey() {
			return all, more
		}
	}
}
