package stream

import (
	"bufio"
	"context"
	"encoding/gob"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"runtime"
	"strconv"
	"sync"

	"golang.org/x/sync/errgroup"

	"tilsyn/engine/affected"
	"tilsyn/engine/affected/lines"
	"tilsyn/engine/duty"
	"tilsyn/engine/recall"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/recalls"
	"tilsyn/engine/stream/task"
)

// A running engine says whom a loss of registrations may concern (REL-14) from what its tasks keep: it
// need not read, join and watch all facts again. It is asked over the socket in its data directory.

// Paths of the socket.
const (
	pathStanding = "/standing"
	pathAffected = "/affected"
)

// views are who looks at the persons of the tasks of this instance, by task.
type views struct {
	mu sync.Mutex
	of map[int32]*task.Views
}

// openViews lets others look at the persons of a task until done is called.
func (e *engine) openViews(part int32) (v *task.Views, done func()) {
	v = &task.Views{}
	e.views.mu.Lock()
	defer e.views.mu.Unlock()
	if e.views.of == nil {
		e.views.of = map[int32]*task.Views{}
	}
	e.views.of[part] = v
	return v, func() {
		e.views.mu.Lock()
		if e.views.of[part] == v {
			delete(e.views.of, part)
		}
		e.views.mu.Unlock()
		v.Close()
	}
}

// standingNow is how far an instance has read.
type standingNow struct {
	// Partitions is how many tasks the prefix has; Tasks are those of this instance.
	Partitions int32
	Tasks      []int32
	// At is the smallest caught_up of these tasks; missing while one of them has none yet.
	At duty.Opt[duty.Instant]
}

// serveStanding says how far the instance has read.
func (e *engine) serveStanding(w http.ResponseWriter, _ *http.Request) {
	s := standingNow{Partitions: e.parts, At: duty.Some(duty.Forever)}
	_, tasks := e.status.read()
	for _, t := range tasks {
		s.Tasks = append(s.Tasks, t.task)
		if !t.Live || t.Report == nil || t.Report.CaughtUp == duty.Beginning {
			s.At.OK = false
		} else {
			s.At.V = min(s.At.V, t.Report.CaughtUp)
		}
	}
	s.At.OK = s.At.OK && len(tasks) > 0
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(s) // nobody is left to tell
}

// affectedPart is one part of an answer: first the header, then what was found, at last the end.
type affectedPart struct {
	// Head is set in the first part alone. Persons, Units and Told of it are not counted.
	Head *affected.Header
	// Person is somebody concerned, with the lines about them, and Counts what they count for.
	Person string
	Text   []byte
	Counts affected.Totals
	// End is set in the last part.
	End bool
}

// serveAffected lists whom a loss may concern among the persons of some tasks.
func (e *engine) serveAffected(w http.ResponseWriter, r *http.Request) {
	ask, err := readAsked(r.URL.Query())
	seen, ok := e.seen()
	if err != nil || !ok {
		http.Error(w, "the question cannot be read, or the engine is just starting", http.StatusServiceUnavailable)
		return
	}
	q, err := affected.Ask(ask.what, duty.World{Centres: seen.Centres, Policies: seen.Policies}, ask.at)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	// Parts are encoded one after the other, from several tasks at a time.
	var mu sync.Mutex
	buf := bufio.NewWriterSize(w, 256<<10)
	out := gob.NewEncoder(buf)
	send := func(parts ...affectedPart) error {
		mu.Lock()
		defer mu.Unlock()
		for i := range parts {
			if err := out.Encode(&parts[i]); err != nil {
				return err
			}
		}
		return buf.Flush()
	}
	head := q.Header(affected.Totals{}, true)
	if err := send(affectedPart{Head: &head}); err != nil {
		return
	}
	g, ctx := errgroup.WithContext(r.Context())
	g.SetLimit(runtime.GOMAXPROCS(0)) // what was told is in memory for so many tasks
	for _, part := range ask.tasks {
		g.Go(func() error { return e.affectedIn(ctx, part, &ask, send) })
	}
	if err := g.Wait(); err != nil {
		if r.Context().Err() == nil {
			e.cfg.Log.Warn().Err(err).Msg("a list of whom a loss may concern was not finished: ask again; " +
				"the engine is not affected")
		}
		panic(http.ErrAbortHandler) // the reader sees a broken stream, not a short one
	}
	_ = send(affectedPart{End: true}) // nobody is left to tell
}

// affectedIn lists the persons of one task.
func (e *engine) affectedIn(ctx context.Context, part int32, ask *asked, send func(...affectedPart) error) error {
	e.views.mu.Lock()
	v := e.views.of[part]
	e.views.mu.Unlock()
	if v == nil {
		return task.ErrNotShown
	}
	told := recalls.NewTold(broker.NewCodec(e.cfg.Schemas), e.partitionOf, e.cfg.TrustTimestamps)
	s := broker.Scan{From: e.broker(), Most: e.cfg.Limits.OrDefaults().Records, Wait: e.cfg.Limits.OrDefaults().Poll,
		Short: e.cfg.Floor.OK}
	err := s.All(ctx, recalls.PartitionsOf(part), func(rec *broker.Record) error {
		_, err := told.Take(rec)
		return err
	})
	if err != nil {
		return err
	}
	x := &affectedViewer{ctx: ctx, ask: ask, told: told.Persons(), found: make(chan []affectedPart, shownAhead),
		done: make(chan error, 1)}
	v.Ask(x)
	for {
		select {
		case parts := <-x.found:
			if err := send(parts...); err != nil {
				return err
			}
		case err := <-x.done:
			if err != nil {
				return err
			}
			close(x.found)
			for parts := range x.found {
				if err := send(parts...); err != nil {
					return err
				}
			}
			return send(x.next...)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// shownAhead is how many parts of what a task has shown, of some thousand persons each, may wait to be sent.
const shownAhead = 4

// affectedViewer asks about every person of one task. It never makes the task wait.
type affectedViewer struct {
	ctx  context.Context
	ask  *asked
	told map[string]*recall.Person
	q    *affected.Question
	// next is what was found since found last took something.
	next  []affectedPart
	found chan []affectedPart
	done  chan error
}

// Begin implements task.Viewer.
func (x *affectedViewer) Begin(w duty.World) (string, duty.Instant, error) {
	var err error
	if x.q, err = affected.Ask(x.ask.what, w, x.ask.at); err != nil {
		return "", 0, err
	}
	return x.q.CentreID, x.ask.at, x.ctx.Err()
}

// Person implements task.Viewer.
func (x *affectedViewer) Person(id string, f *duty.Facts) error {
	person := recall.Person{PersonID: id}
	if told := x.told[id]; told != nil {
		person = *told
	}
	share, ok := x.q.Person(f, person)
	if !ok {
		return nil
	}
	part := affectedPart{Person: id, Text: lines.Of(&share)}
	part.Counts.Add(&share)
	x.next = append(x.next, part)
	return nil
}

// Ready implements task.Viewer. What was found is passed on; while nobody takes it, no more is looked for.
func (x *affectedViewer) Ready() bool {
	if len(x.next) > 0 && x.ctx.Err() == nil {
		select {
		case x.found <- x.next:
			x.next = nil
		default:
			return false
		}
	}
	return true
}

// End implements task.Viewer.
func (x *affectedViewer) End(err error) { x.done <- err }

// asked is a question that came over the socket.
type asked struct {
	what  affected.What
	at    duty.Instant
	tasks []int32
}

// query is the question as it goes over the socket.
func (a *asked) query() url.Values {
	q := url.Values{"incident": {a.what.IncidentID}, "exclusion": {a.what.ExclusionID}, "centre": {a.what.CentreID}}
	for name, v := range map[string]duty.Instant{"from": a.what.Span.From, "to": a.what.Span.To, "at": a.at} {
		q.Set(name, strconv.FormatInt(int64(v), 10))
	}
	for _, t := range a.tasks {
		q.Add("task", strconv.Itoa(int(t)))
	}
	return q
}

// readAsked reads what query wrote.
func readAsked(q url.Values) (a asked, err error) {
	a.what = affected.What{IncidentID: q.Get("incident"), ExclusionID: q.Get("exclusion"), CentreID: q.Get("centre")}
	for name, to := range map[string]*duty.Instant{"from": &a.what.Span.From, "to": &a.what.Span.To, "at": &a.at} {
		n, e := strconv.ParseInt(q.Get(name), 10, 64)
		*to, err = duty.Instant(n), errors.Join(err, e)
	}
	for _, text := range q["task"] {
		n, e := strconv.ParseInt(text, 10, 32)
		a.tasks, err = append(a.tasks, int32(n)), errors.Join(err, e)
	}
	return a, err
}
