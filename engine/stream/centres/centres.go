package centres

import (
	"context"
	"crypto/sha256"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/deadletter"
	"tilsyn/engine/stream/register"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/watching"
)

// Picture is everything known of the centres up to some positions: the snapshot of the design. It
// never changes; tasks share it.
//
// Many fields: one for each thing that is known.
type Picture struct {
	// Positions are the next offsets of the centre-keyed partitions.
	Positions broker.Offsets
	// NewestFact is the log time of the newest fact that matters.
	NewestFact duty.Instant
	// Centres and Policies are what the core needs of it; whole caches its data quality.
	Centres  *duty.Centres
	Policies []duty.ActivePolicy
	whole    *wholeQuality
	// Touches are all records that change something, in the order read. A later picture has the same
	// ones in front.
	Touches []Touch
	// Assigned is the newest card assignment of each partition. There is one for nearly every person
	// and all have the same effect, so the others are not kept.
	Assigned map[broker.Partition]Touch
	// lost is the newest time of a record that could not be read.
	lost duty.Instant
	// LastRead is the newest log time read of each partition; marks are those of the batches before
	// Positions.
	LastRead map[broker.Partition]duty.Instant
	marks    map[broker.Partition]broker.Mark
	// Misplaced are holds on persons of whom a record lies in a wrong partition. Pictures share it,
	// and it grows.
	Misplaced *misplaced
	// Register holds all links and card assignments. Pictures share it, and it grows.
	Register *register.Register
	// Letters are all dead letters, in the order read. A later picture of the same
	// Placings begins with them; another number says that some hold somebody else now.
	Letters  []Letter
	Placings int
	// Feeds are the supervised feeds and how far each has told everything.
	Feeds []duty.FeedBeat
	// Anew counts how often the steps of feeds were made anew, as after a heartbeat that was corrected.
	Anew int
	// Coverage is what the owner of the watch has said; Centres has the same in it, and Plain has not.
	// Watch are the facts that the watch reads.
	Coverage *watching.Content
	Plain    *duty.Centres
	Watch    watching.CentreFacts
}

// Digest returns the digest of the newest policy; empty if there is none.
func (s *Picture) Digest() string {
	if len(s.Policies) == 0 {
		return ""
	}
	return s.Policies[len(s.Policies)-1].Policy.Digest
}

// Touch says whom a record concerns that every instance reads. At and Offset are its place, Known
// its log time.
type Touch struct {
	At     broker.Partition
	Offset int64
	Known  duty.Instant
	// From is the first instant of which the record speaks (duty.SpeaksFrom); Beginning where it may speak of any time.
	From duty.Instant
	// Centre is the centre concerned; empty for all of them.
	Centre string
	// Person is the one person concerned: of a link, or of a record that lies in a wrong partition.
	Person string
	// Paper is the key of a paper entry that cannot be read. Such a record concerns Person
	// and, if it is a centre, the persons of the centre; Passive and Centre say nothing of it.
	Paper string
	// Passive marks a record that changes no verdict by itself.
	Passive bool
	// Identity marks a link (with Person one of its persons) or a card assignment.
	Identity bool
	// Bad is the record if it could not be read and still needs a dead letter.
	Bad *deadletter.Record
	// Doubtful marks a record that carries its producer's time.
	Doubtful bool
}

// CentreReader reads the topics that every instance reads whole, and publishes pictures. Call
// Poll from one goroutine; any may call Picture.
//
// Many fields: one state machine keeps what it has read of each of the topics that every
// instance reads whole, and the picture is made of all of it.
type CentreReader struct {
	broker   broker.Broker
	codec    broker.Codec
	parse    func(text string) (*duty.Policy, error)
	unusable func(a *duty.PolicyActivation, why error)
	facts    duty.CentreFacts
	base     []duty.ActivePolicy
	// activations are the usable activations; active are the policies that follow from them.
	activations []duty.Activation
	active      []duty.ActivePolicy
	next        broker.Offsets
	marks       map[broker.Partition]broker.Mark
	newestFact  duty.Instant
	per         map[broker.Partition]duty.Instant
	touches     []Touch
	// assigned is as in Picture; row is scratch for decoding an assignment.
	assigned map[broker.Partition]Touch
	row      duty.CardAssignment
	// refused are the offsets of links and assignments that could not be used; refusals counts them
	// all.
	refused  map[broker.Partition][]int64
	refusals int
	// keep is nil if the register is not kept on disk. from is where reading begins without a kept
	// one.
	keep *keeper
	from broker.Offsets
	lost duty.Instant // as in Snapshot
	// beats are the earliest heartbeats; centres and whole are those of the last picture. stale is
	// true if facts came that it does not have.
	beats map[beat]duty.Instant
	// met are hashes of the names of incidents, exclusions and settlements that were read.
	met         map[uint64]bool
	centres     *duty.Centres
	whole       *wholeQuality
	stale       bool
	picture     atomic.Pointer[Picture]
	follow      toFollow
	trust       bool
	misplaced   *misplaced
	partitionOf func(key string) int32
	prepare     func(duty.CentreFacts) *duty.Centres
	register    *register.Register
	// letters are the dead letters, lettersKnown their places, placings as in Picture;
	// paper are the entries that cannot be read and may be a centre's.
	letters      []Letter
	lettersKnown map[LetterPlace]bool
	placings     int
	paper        []duty.Unreadable
	feeds        feedBeats
	// watch is what is kept for the watch and of what it has said; plain are the facts of the last
	// picture without it.
	watch watched
	plain *duty.Centres
	// Refused counts policy activations with an unusable text; unusables holds their hashes, to count
	// each once.
	Refused   atomic.Int64
	unusables map[[sha256.Size]byte]bool // by digest
}

// pollRecords bounds the records of one fetch.
const pollRecords = 10_000

// CentreConfig configures a CentreReader. From, Keep, Prepare and PolicyRefused are optional.
type CentreConfig struct {
	Broker broker.Broker
	Codec  broker.Codec
	// Partitions are the partitions to read.
	Partitions []broker.Partition
	// PartitionOf returns the partition of a key in the person-keyed topics.
	PartitionOf func(key string) int32
	// Policy applies until another is activated; ParsePolicy parses activated ones.
	Policy      *duty.Policy
	ParsePolicy func(text string) (*duty.Policy, error)
	// PolicyRefused is called with an activation that is ignored, and why (default: nobody is told).
	PolicyRefused func(a *duty.PolicyActivation, why error)
	// From is where to begin reading; a partition without an entry begins at 0.
	From broker.Offsets
	// Keep says where links and assignments are kept between runs; see Resume.
	Keep Keep
	// Trust accepts producers' timestamps as if they were the brokers'.
	Trust bool
	// Prepare turns the facts into what pictures hold (default duty.NewCentres).
	Prepare func(duty.CentreFacts) *duty.Centres
}

// NewCentreReader returns a reader that has read nothing yet.
func NewCentreReader(c CentreConfig) *CentreReader {
	r := &CentreReader{broker: c.Broker, codec: c.Codec, parse: c.ParsePolicy, trust: c.Trust,
		unusable: c.PolicyRefused, partitionOf: c.PartitionOf, next: make(broker.Offsets, len(c.Partitions)),
		per:   map[broker.Partition]duty.Instant{},
		marks: map[broker.Partition]broker.Mark{}, assigned: map[broker.Partition]Touch{}, misplaced: &misplaced{},
		refused: map[broker.Partition][]int64{}, keep: newKeeper(c.Keep), from: c.From,
		beats: map[beat]duty.Instant{}, stale: true, register: register.NewRegister(), watch: newWatched(),
		met: map[uint64]bool{}}
	for _, p := range c.Partitions {
		r.next[p] = c.From[p]
	}
	r.base = []duty.ActivePolicy{{From: duty.Beginning, Policy: c.Policy}}
	r.active = r.base
	r.newestFact, r.prepare = duty.Beginning, c.Prepare
	if r.prepare == nil {
		r.prepare, r.watch.joins = duty.NewCentres, true
	}
	r.publish()
	return r
}

// Picture returns the newest picture.
func (r *CentreReader) Picture() *Picture { return r.picture.Load() }

// Facts returns the facts of the centres, valid until more is read.
func (r *CentreReader) Facts() *duty.CentreFacts { return &r.facts }

// Partitions returns the partitions that the reader reads, sorted.
func (r *CentreReader) Partitions() []broker.Partition {
	parts := make([]broker.Partition, 0, len(r.Picture().Positions))
	for p := range r.Picture().Positions {
		parts = append(parts, p)
	}
	slices.SortFunc(parts, broker.ComparePartitions)
	return parts
}

// ReadToEnd polls until everything written by now has been read. A new instance judges nothing
// before that (design.md, "Centre facts").
func (r *CentreReader) ReadToEnd(ctx context.Context) error {
	ends, err := r.broker.Ends(ctx, r.Partitions(), broker.LastStable)
	if err != nil {
		return err
	}
	for !r.next.Reached(ends) {
		if _, err := r.read(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
	// Publish once at the end: nobody looks before, and every picture copies the facts of the
	// centres.
	r.publish()
	r.Save(false)
	return nil
}

// Poll reads what is there, waiting up to wait for the first record, and publishes a new picture
// if anything came.
func (r *CentreReader) Poll(ctx context.Context, wait time.Duration) error {
	if err := r.mend(ctx); err != nil {
		return err
	}
	grown, err := r.grow(ctx)
	if err != nil {
		return err
	}
	moved, err := r.read(ctx, wait)
	if moved || grown {
		r.publish()
	}
	r.Save(false)
	return err
}

// read reads one fetch, and reports whether positions moved.
func (r *CentreReader) read(ctx context.Context, wait time.Duration) (moved bool, err error) {
	got, err := r.broker.Fetch(ctx, r.next, pollRecords, wait)
	if err == nil {
		err = r.checkEpochs(ctx, got.Marks)
	}
	if err != nil {
		return false, err
	}
	for i := range got.Records {
		r.take(&got.Records[i])
		moved = true
	}
	for p, n := range got.Next {
		if r.next[p] == n {
			continue
		}
		moved = true
		r.next[p] = n
		delete(r.marks, p)
		if m, ok := got.Marks[p]; ok {
			r.marks[p] = m
		}
	}
	return moved, nil
}

// publish stores a picture of what was read.
func (r *CentreReader) publish() {
	r.watch.mend(&r.facts)
	joined := r.watch.join()
	if r.stale {
		r.plain, r.whole, r.stale = r.prepareCopy(), &wholeQuality{}, false
		joined = true
	}
	if joined {
		r.centres = r.watch.with(r.plain)
	}
	now := &Picture{
		Positions: r.next.Clone(), NewestFact: r.newestFact, Centres: r.centres, whole: r.whole,
		Policies: r.active, lost: r.lost, Coverage: r.watch.content, Plain: r.plain, Watch: r.watch.facts,
		Touches: r.touches[:len(r.touches):len(r.touches)], LastRead: maps.Clone(r.per), marks: maps.Clone(r.marks),
		Assigned: maps.Clone(r.assigned), Misplaced: r.misplaced, Register: r.register,
		Letters: r.letters[:len(r.letters):len(r.letters)], Placings: r.placings, Feeds: r.feeds.list, Anew: r.watch.anew,
	}
	mustGrow(r.picture.Load(), now)
	r.picture.Store(now)
}

// prepareCopy prepares a copy of the facts, since the reader keeps appending to the original.
func (r *CentreReader) prepareCopy() *duty.Centres {
	f := r.facts
	f.Incidents = slices.Clone(f.Incidents)
	f.Exclusions = slices.Clone(f.Exclusions)
	f.Settlements = slices.Clone(f.Settlements)
	f.Heartbeats = slices.Clone(f.Heartbeats)
	f.Reconciliations = slices.Clone(f.Reconciliations)
	f.ChangeMarks = slices.Clone(f.ChangeMarks)
	f.SupervisionResults = slices.Clone(f.SupervisionResults)
	f.ControlActions = slices.Clone(f.ControlActions)
	f.Resolutions = slices.Clone(f.Resolutions)
	f.Activations = slices.Clone(f.Activations)
	f.Unreadable = append(slices.Clone(f.Unreadable), r.heldPaper()...)
	return r.prepare(f)
}

// take files one record. Whom it concerns is noted only if it changes something; noting passive
// ones, such as most heartbeats, would only cost memory.
func (r *CentreReader) take(rec *broker.Record) {
	if holdsIdentities(rec.Partition) {
		r.takeIdentity(rec)
		return
	}
	if rec.Topic == duty.TopicCoverage {
		r.takeCoverage(rec)
		return
	}
	t := Touch{At: rec.Partition, Offset: rec.Offset, Known: rec.At, From: duty.Beginning}
	f := stored.Fact{Topic: rec.Topic, Known: rec.At, Pos: duty.Position{Partition: rec.Index, Offset: rec.Offset}}
	t.Doubtful = deadletter.Doubt(rec, r.trust)
	switch {
	case rec.Topic == duty.TopicDeadLetters:
		r.letter(rec, &f, &t)
	default:
		r.decode(rec, &f, &t)
	}
	if v, ok := f.Record.(*duty.Incident); ok && v.Origin == duty.OriginAutomatic {
		return // what a watch wrote is for people: nobody reads it back, and it moves no clock (W-32)
	}
	if f.Bad != nil {
		r.lost = max(r.lost, f.Bad.At.V)
	}
	if f.Bad != nil || f.Record != nil {
		again := r.beatAgain(&f, &t)
		r.watch.add(&f)
		r.stale = !again && f.FileAtCentre(&r.facts) || r.stale
		r.feeds.add(&f, r.watch.facts.Beats)
	}
	// A producer's time moves no clock (deadletter/producertime.go).
	if !t.Passive && !t.Doubtful && t.Known > r.newestFact {
		r.newestFact = t.Known
	}
	if rec.Topic != duty.TopicDeadLetters && !t.Doubtful {
		r.per[rec.Partition] = max(rec.At, r.per[rec.Partition])
	}
	if !t.Passive || t.Bad != nil || t.Paper != "" {
		r.touches = append(r.touches, t)
	}
}

// decode decodes a centre-keyed record; one that cannot be read becomes a hold and needs a dead
// letter. A Resolution may lie under a person, whom it then holds.
func (r *CentreReader) decode(rec *broker.Record, f *stored.Fact, t *Touch) {
	record, err := rec.Decode(r.codec)
	if err != nil {
		bad := deadletter.HoldOf(r.codec, rec, "")
		t.Bad = deadletter.Of(rec, bad, err)
		if casefile.MayBeOfCentre(rec.Topic) && bad.Key != "" {
			t.Person = bad.Key
			r.misplaced.add(*bad)
			r.addPaper(*bad, t)
			return
		}
		f.Bad, t.Centre = bad, bad.Key
		return
	}
	f.Record = record
	t.Centre = casefile.CentreOf(record)
	switch v := record.(type) {
	case *duty.PolicyActivation:
		t.Passive = !r.activate(v, rec.At)
	case *duty.Reconciliation, *duty.ChangeMark, *duty.SupervisionResult, *duty.ControlActionTaken:
		t.Passive = true
	case *duty.Settlement, *duty.Incident, *duty.Exclusion:
		t.From = r.speaksFrom(rec.Topic, record)
	}
}
