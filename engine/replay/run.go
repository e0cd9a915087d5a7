package replay

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"

	"tilsyn/engine/casefile"
	"tilsyn/engine/control"
	"tilsyn/engine/duty"
	"tilsyn/engine/hashset"
	"tilsyn/engine/replay/extsort"
	"tilsyn/schemas"
)

// run is one replay.
//
// Many fields: everything is read in one pass, and each kind of record is gathered by itself.
type run struct {
	opts   *Options
	topics *topicTable
	dir    string // temporary, removed at the end
	// persons, cards and centres hold what was read; extra the copies for
	// persons that are concerned by facts of others; quality and observations
	// the lines of those outputs.
	persons, cards, centres, extra, quality, observed *extsort.Sorter
	// sorted are all sorters.
	sorted []*extsort.Sorter
	// recalls holds the persons' shares of the recalls, overdue those that wait for too
	// long.
	recalls, overdue *extsort.Sorter
	// moved holds the versions of facts that may name several persons, corrected
	// says which facts that may be; read are all facts of persons, repeated those
	// read more than once.
	moved     *extsort.Sorter
	corrected hashset.Set
	read      hashset.Filter
	repeated  hashset.Set
	links     *graph
	// shared maps cards of several persons to all persons concerned.
	shared map[string]*sharedCard
	// parked is set where rows lie under cards.
	parked bool
	// crowds are the cards that are everybody's, per as-of.
	crowds []map[string]duty.Crowd
	// unnamed are the ids of paper entries that have a version without person.
	unnamed  map[string]struct{}
	last     duty.Instant
	policies []duty.ActivePolicy
	// activations are those of the input, active what they come to at each as-of.
	activations []duty.Activation
	active      map[duty.Instant][]duty.ActivePolicy
	// other is a policy that is tried out beside them; nil in a replay.
	other       *duty.Policy
	asOf        []duty.Instant
	centreFacts *duty.Centres
	// tallies count what was registered, per as-of.
	tallies []*control.Tally
	// rows are the card rows that the watch counts, until it has looked at them.
	rows     *rowStore
	watching watching
	// named are the centres that the facts of each person name, by dossier.number, where the watch was asked.
	named []centreSet
	// spare are facts whose memory can be used again (*unpacked), groups those of persons (*group), lines those that
	// were written (*lines).
	spare, groups, lines sync.Pool
	// inspect is what one unit is looked at for; nil in a replay.
	inspect *inspector
	skip    *output
	summary Summary
}

// Run replays. Errors that the user can mend are *InputError; ctx ends the run
// early with its error, and nothing but complete output files stays behind.
func Run(ctx context.Context, opts Options) (Summary, error) {
	return withRun(&opts, func(r *run) error {
		if err := r.all(ctx); err != nil {
			return err
		}
		return r.write(ctx)
	})
}

// withRun checks the options and gives a run to work with; its directory is removed at the end.
func withRun(opts *Options, work func(*run) error) (Summary, error) {
	opts.defaults()
	if err := opts.check(); err != nil {
		return Summary{}, err
	}
	dir, err := os.MkdirTemp(opts.TempDir, "tilsyn-replay-")
	if err != nil {
		return Summary{}, fmt.Errorf("no directory for sorting on disk: %w", err)
	}
	defer os.RemoveAll(dir)
	r := &run{
		opts: opts, topics: newTopicTable(), dir: dir, links: newGraph(), shared: map[string]*sharedCard{},
		unnamed: map[string]struct{}{},
		last:    duty.Beginning, policies: slices.Clone(opts.Policies),
	}
	r.rows = newRowStore()
	r.sorters()
	err = work(r)
	for _, s := range r.sorted {
		if closing := s.Close(); err == nil {
			err = closing
		}
	}
	opts.Progress.Done()
	return r.summary, err
}

// sorters shares the memory out.
func (r *run) sorters() {
	part := func(name string, percent int) *extsort.Sorter {
		s := extsort.New(r.dir, name, r.opts.Memory/100*percent, r.opts.Workers)
		r.sorted = append(r.sorted, s)
		return s
	}
	r.persons, r.cards, r.centres = part("persons", 50), part("cards", 15), part("centres", 10)
	r.moved, r.recalls, r.overdue = part("moved", 2), part("recalls", 2), part("overdue", 1)
	r.extra, r.quality, r.observed = part("extra", 10), part("quality", 5), part("observations", 5)
}

// check finds what is wrong with the options by themselves.
func (o *Options) check() error {
	fail := func(format string, args ...any) error { return &InputError{Err: fmt.Errorf(format, args...)} }
	if len(o.Facts) == 0 {
		return fail("no file of facts is named")
	}
	if len(o.Policies) == 0 {
		return fail("no policy is given")
	}
	stdin := 0
	for _, f := range o.Facts {
		if f == Stdio {
			stdin++
		}
	}
	if stdin > 1 {
		return fail("standard input (-) is named %d times: it can be read once", stdin)
	}
	return o.checkFiles()
}

// all reads everything, and finds out what is known of the centres at each as-of.
func (r *run) all(ctx context.Context) error {
	var err error
	if r.skip, err = openOutput(r.opts.SkipBad, r.opts.Stdout); err != nil {
		return err
	}
	defer r.skip.discard()
	if err := r.readFacts(ctx); err != nil {
		return err
	}
	if err := r.readSaid(); err != nil {
		return err
	}
	if err := r.skip.commit(); err != nil {
		return err
	}
	if r.summary.Records+r.summary.Skipped == 0 && len(r.opts.AsOf) == 0 {
		return &InputError{Err: errors.New("there is no fact in the input: nothing was judged")}
	}
	if r.asOf, err = asOfs(r.opts, r.last); err != nil {
		return err
	}
	if err := checkReference(r.opts.Reference, r.asOf); err != nil {
		return err
	}
	r.summary.AsOf = r.asOf
	r.activate()
	if err := r.spread(); err != nil {
		return err
	}
	if err := r.gatherCentres(); err != nil {
		return err
	}
	if err := r.watchAll(ctx); err != nil {
		return err
	}
	r.summary.Spilled = r.persons.Spilled()
	return nil
}

// spread finds what persons need beyond their own facts.
func (r *run) spread() error {
	r.links.close()
	for _, step := range []func() error{r.findShared, r.spreadCards, r.spreadPersons, r.spreadMoved, r.nameOrphans} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// readFacts takes in the facts.
func (r *run) readFacts(ctx context.Context) error {
	r.opts.Progress.Phase("reading", totalSize(r.opts.Facts))
	in := reader{files: r.opts.Facts, stdin: r.opts.Stdin, topics: r.topics, keepText: r.skip != nil}
	return in.run(ctx, r.opts.Workers, r.take)
}

// take puts a batch into the sorters.
func (r *run) take(p *piece, b *batch) error {
	for i := range b.bad {
		bad := &b.bad[i]
		if r.skip == nil {
			return &InputError{File: nameOf(p.file), Line: bad.line, Record: bad.record,
				Err: fmt.Errorf("%w (--skip-bad FILE sets such lines aside and goes on)", bad.err)}
		}
		if _, err := r.skip.Write(append(bad.text, '\n')); err != nil {
			return err
		}
		r.summary.Skipped++
	}
	if b.err != nil {
		return b.err
	}
	r.activations = append(r.activations, b.policies...)
	for _, fact := range b.corrected {
		r.corrected.Add(fact)
	}
	for _, fact := range b.facts {
		if r.read.Again(fact) {
			r.repeated.Add(fact)
		}
	}
	for _, id := range b.unnamed {
		r.unnamed[id] = struct{}{}
	}
	for _, l := range b.links {
		r.links.link(l[0], l[1])
	}
	for device := range b.counted {
		r.rows.devices[device] = struct{}{}
	}
	r.parked = r.parked || b.parked
	r.last = max(r.last, b.last)
	r.summary.Records += b.records
	r.summary.note(b.unknown)
	r.opts.Progress.Add(b.bytes)
	for _, to := range []struct {
		from *pack
		to   *extsort.Sorter
	}{{&b.persons, r.persons}, {&b.cards, r.cards}, {&b.centres, r.centres}, {&b.moved, r.moved}} {
		if err := to.from.each(to.to.Add); err != nil {
			return err
		}
	}
	return nil
}

// activate settles which policies hold at each as-of.
func (r *run) activate() {
	r.active = make(map[duty.Instant][]duty.ActivePolicy, len(r.asOf))
	for _, at := range r.asOf {
		list := duty.ActivePolicies(r.policies, r.activations, at)
		n := len(list)
		for n > 1 && list[n-1].From > at {
			n--
		}
		r.active[at] = list[:n]
		r.tallies = append(r.tallies, control.NewTally())
	}
}

func (r *run) readSaid() error {
	if r.opts.Said == "" {
		return nil
	}
	topic, _ := schemas.Lookup(duty.TopicViolations)
	return EachViolation(r.opts.Said, func(v *duty.Violation) error {
		p := payload{code: codeSaid, body: topic.Append(nil, v)}
		return r.persons.Add([]byte(v.PersonID), p.appendTo(nil))
	})
}

// gatherCentres puts the facts of the centres together.
func (r *run) gatherCentres() error {
	it, err := r.centres.Iter()
	if err != nil {
		return err
	}
	defer it.Close()
	var f duty.CentreFacts
	for it.Next() {
		p, err := parsePayload(it.Value())
		if err != nil {
			return err
		}
		if p.code == codeUnreadable {
			f.Unreadable = append(f.Unreadable, p.unreadable())
			continue
		}
		v, err := r.topics.byCode[p.code].Decode(p.body)
		if err != nil {
			return err
		}
		casefile.FileAtCentre(&f, v, p.at.V, p.pos)
	}
	if err := it.Err(); err != nil {
		return err
	}
	r.centreFacts = duty.NewCentres(f)
	if r.inspect != nil {
		r.inspect.centres = &f
	}
	return r.rows.gather(r, &f)
}
