package watch

import (
	"slices"
	"strings"

	"tilsyn/engine/duty"
)

// Log holds all facts that the watch reads, as they come in: in any order, and some of them twice. It
// only grows. It is not safe for concurrent use.
//
// Rows and heartbeats are packed by source and day. The ids of rows are kept, since digests and lines
// of data quality need them; of a heartbeat's only a hash of six bytes. A year of twenty sources with a
// heartbeat a minute and 600,000 rows takes some 180 MB together with what one policy keeps of it; a
// heartbeat then costs a look about a millisecond, and a look at the same facts nothing
// (BenchmarkLook).
type Log struct {
	beats map[source]*stream
	rows  map[string]*stream // by device
	// centres are the names of centres; their places stand in records.
	centres  []string
	centreOf map[string]int
	known    struct {
		beats filter
		rows  marks
	}
	disputed struct {
		beats map[string]*disputed
		rows  map[rowName]*disputed
	}
	// doubled are plain records whose name the filter may have seen; settle looks.
	doubled arrivals
	// pending are those known after the clock; waiting are the rows among them.
	pending []duty.Known[duty.Heartbeat]
	waiting waiting
	patient int // how many pending ones make it worth moving those that are older than a day
	// clock is up to when what was known stands in the streams; moved the latest such record.
	clock, moved duty.Instant
	counts       []duty.Known[duty.Reconciliation]
	incidents    []duty.Known[duty.Incident]
	// stamp counts all changes.
	stamp int
	// late are plain heartbeats that were known so late that a unit may be judged without them; first is
	// the earliest time of any fact.
	late  []lateBeat
	first duty.Instant
	// learned are the days on which something other than a row was known, sorted.
	learned []int32
	// others counts the changes to counts and incidents.
	others int
	coders struct{ beats, rows coder }
}

// rowName is what identifies a row.
type rowName struct{ device, id string }

// arrivals are records that are not in the streams yet.
type arrivals struct {
	beats []duty.Known[duty.Heartbeat]
	rows  []Row
}

// NewLog returns a log without facts.
func NewLog() *Log {
	l := &Log{
		beats: map[source]*stream{}, rows: map[string]*stream{}, centres: []string{""}, centreOf: map[string]int{},
		patient: 50_000, waiting: newWaiting(), clock: duty.Beginning, moved: duty.Beginning, first: duty.Forever,
	}
	l.coders.rows.rows = true
	l.disputed.beats, l.disputed.rows = map[string]*disputed{}, map[rowName]*disputed{}
	return l
}

// AddRow adds one version of a readable card row that makes sense (duty.RowMakesSense). It keeps no reference to the
// row's id.
func (l *Log) AddRow(r Row) {
	l.stamp++
	if r.Known > l.clock {
		l.waiting.add(&r, l.centre(r.CentreID))
		l.relieve()
		return
	}
	l.row(r)
}

// AddBeat adds one version of a heartbeat. The facts that make no sense are the caller's to leave out,
// for this and the other kinds (duty.Centres.WatchFacts).
func (l *Log) AddBeat(k *duty.Known[duty.Heartbeat]) {
	l.stamp++
	if k.At > l.clock {
		l.pending = append(l.pending, *k)
		l.relieve()
		return
	}
	l.beat(k)
}

// AddCount adds one version of a reconciliation.
func (l *Log) AddCount(k *duty.Known[duty.Reconciliation]) {
	l.counts = append(l.counts, *k)
	l.first = min(l.first, k.Fact.From)
	l.learn(k.At)
	l.stamp++
	l.others++
}

// AddIncident adds one version of an incident that people declared; an automatic one is not read.
func (l *Log) AddIncident(k *duty.Known[duty.Incident]) {
	l.incidents = append(l.incidents, *k)
	l.learn(k.At)
	l.stamp++
	l.others++
}

// learn notes that something was known at an instant.
func (l *Log) learn(known duty.Instant) {
	day := dayOf(known)
	if i, found := slices.BinarySearch(l.learned, day); !found {
		l.learned = slices.Insert(l.learned, i, day)
	}
}

// relieve moves what has been pending for more than a day, when much is: while a log is filled, before
// the first look.
func (l *Log) relieve() {
	if len(l.pending)+l.waiting.n < l.patient {
		return
	}
	newest := l.waiting.newest()
	for i := range l.pending {
		newest = max(newest, l.pending[i].At)
	}
	l.advance(newest - duty.Day)
	l.patient = 2*(len(l.pending)+l.waiting.n) + 50_000
}

// advance brings what was known at a clock into the streams. They may already hold what was known later
// (moved): then a look leaves that out.
func (l *Log) advance(at duty.Instant) {
	if at > l.clock {
		l.clock = at
		l.pending = slices.DeleteFunc(l.pending, func(k duty.Known[duty.Heartbeat]) bool {
			if k.At <= at {
				l.beat(&k)
			}
			return k.At <= at
		})
		if len(l.pending) == 0 {
			l.pending = nil
		}
		l.waiting.take(at, l)
	}
	l.settle()
}

// nextKnown is when the next pending fact will be known.
func (l *Log) nextKnown() duty.Instant {
	next := l.waiting.next()
	for i := range l.pending {
		next = min(next, l.pending[i].At)
	}
	return next
}

// centre returns the place of a centre among the names.
func (l *Log) centre(name string) int {
	i, ok := l.centreOf[name]
	if !ok {
		i = len(l.centres)
		l.centres = append(l.centres, name)
		l.centreOf[name] = i
	}
	return i
}

func (l *Log) beatsOf(src source) *stream {
	s := l.beats[src]
	if s == nil {
		s = &stream{coder: &l.coders.beats}
		l.beats[src] = s
	}
	return s
}

func (l *Log) rowsOf(device string) *stream {
	s := l.rows[device]
	if s == nil {
		device = strings.Clone(device)
		s = &stream{coder: &l.coders.rows, seed: hash(device)}
		l.rows[device] = s
	}
	return s
}
