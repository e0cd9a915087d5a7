package verify

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/centres"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/telling"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// VerifyConfig configures [Verify]. Fields without a default are required.
type VerifyConfig struct {
	// Kafka says how to reach the brokers.
	Kafka topics.Config
	// Policy and ParsePolicy are as in Config of package stream.
	Policy      *duty.Policy
	ParsePolicy func(text string) (*duty.Policy, error)
	// Schemas are the writers' schemas (default: the built-in ones).
	Schemas *schemas.Store
	// At is the clock to compare at. If it is missing, each task is compared at the caught_up of its
	// last commit, beyond which it told nothing.
	At duty.Opt[duty.Instant]
	// Floor is as in Config of package stream. What it kept from being told is no difference.
	Floor duty.Opt[duty.Date]
	// Judge computes the verdicts (default: package duty).
	Judge task.Adjudicator
	// Found is called with each difference as it is found (default: nobody).
	Found func(telling.Difference)
	// FoundRecall is called with each recall of which the topic recalls says something else than the
	// logs show (default: nobody).
	FoundRecall func(RecallDifference)
	// FoundIncident is called with each automatic incident about which the engine said something else
	// than the facts show (default: nobody).
	FoundIncident func(IncidentDifference)
}

// Verified is the result of Verify.
type Verified struct {
	// Persons and Units were compared; Differences is how many differences were found.
	Persons, Units, Differences int
	// Summaries is how many persons have a case summary, or should have one.
	Summaries int
	// Unsound is how many revisions do not fit their history; they count as differences too.
	Unsound int
	// Logs sums up the logs of revisions.
	Logs LogTally
	// Ahead is how many persons were left out because a fact of theirs is newer than the clock of the
	// comparison.
	Ahead int
	// Tasks were compared; Idle have never committed.
	Tasks, Idle int
	// Incidents is how many automatic incidents stand by the facts, under the policy in force.
	// IncidentDifferences are those about which the engine said something else; they are no
	// differences of units.
	Incidents, IncidentDifferences int
	// Recalls is how many recalls were compared with the topic recalls; RecallDifferences are those
	// that stand otherwise there. They are no differences of units: the topic may follow the others by
	// a few seconds.
	Recalls, RecallDifferences int
	// IncidentsCompared is true if the owner of the watch has spoken for the clock, so that its word
	// could be compared.
	IncidentsCompared bool
}

// Verify derives from the input topics what should have been told, with the same core as the
// engine, and compares it with violations by contract §3. It joins no group, uses no transactional
// id and writes nothing. An error is one of reading; differences are in the result.
func Verify(ctx context.Context, cfg VerifyConfig) (Verified, error) {
	v, done, err := connect(ctx, cfg)
	if err != nil {
		return Verified{}, err
	}
	defer done()
	return v.run(ctx)
}

// errNoActivations is the error of who cannot parse policies that are activated.
var errNoActivations = errors.New("activated policies are not read")

// connect fills in the defaults and reaches the brokers; call done at the end.
func connect(ctx context.Context, cfg VerifyConfig) (v *verifier, done func(), err error) {
	if cfg.Schemas == nil {
		cfg.Schemas = schemas.NewStore()
	}
	if cfg.Judge == nil {
		cfg.Judge = task.Core{}
	}
	if cfg.Found == nil {
		cfg.Found = func(telling.Difference) {}
	}
	if cfg.FoundIncident == nil {
		cfg.FoundIncident = func(IncidentDifference) {}
	}
	if cfg.FoundRecall == nil {
		cfg.FoundRecall = func(RecallDifference) {}
	}
	if cfg.ParsePolicy == nil {
		cfg.ParsePolicy = func(string) (*duty.Policy, error) { return nil, errNoActivations }
	}
	client, err := topics.Connect(ctx, cfg.Kafka)
	if err != nil {
		return nil, nil, err
	}
	v = &verifier{cfg: cfg, codec: broker.NewCodec(cfg.Schemas),
		broker: broker.NewKafka(client, "", VerifyWait, VerifyBytes).Learning(cfg.Schemas.Learn), logPause: logPause}
	if err := v.findPartitions(ctx, client); err != nil {
		client.Close()
		return nil, nil, err
	}
	return v, client.Close, nil
}

// findPartitions asks how many partitions the topics have.
func (v *verifier) findPartitions(ctx context.Context, client *topics.Client) (err error) {
	if v.parts, err = client.Partitions(ctx, topics.CardEvents); err != nil {
		return err
	}
	centres, err := client.AllPartitions(ctx, broker.WholeTopics...)
	for _, p := range centres {
		v.centres = append(v.centres, broker.Partition{Topic: p.Topic, Index: p.Partition})
	}
	return err
}

// How the topics are read: wait for the first record, records and bytes at once.
const (
	VerifyWait    = 250 * time.Millisecond
	VerifyRecords = 20_000
	VerifyBytes   = 4 << 20
)

// verifier compares one partition after the other, so that memory holds the facts of only one.
type verifier struct {
	cfg     VerifyConfig
	codec   broker.Codec
	broker  broker.Broker
	parts   int32
	centres []broker.Partition
	picture *centres.Picture
	// paper are versions of entries of which some version names nobody; facts are the facts of the
	// centres including them.
	paper  []duty.Known[duty.ManualEntry]
	facts  *duty.Centres
	result Verified
	// judged is Progress.Judged of the task being compared, ledgerWaits the clock of the first nights
	// that its ledger does not have yet; zero if it has all.
	judged, ledgerWaits duty.Instant
	// trust is true if the engine accepts producers' timestamps.
	trust bool
	// logPause is how long to wait before a log that does not fit is read on.
	logPause time.Duration
	stock
	// watch is what the watch is worked out from; nil where nobody is judged.
	watch *watched
}

// stock is what was read of the facts of persons in all partitions.
type stock struct {
	gathered *gathered
	out      outsiders
	// keep has what an earlier look read, and what the next one need not read; nil where every reading is anew.
	keep *kept
	// between is called now and then while facts are read and persons judged; nil: nothing is.
	between func()
}

// partitionOf returns the partition of a key in the person-keyed topics.
func (v *verifier) partitionOf(key string) int32 { return topics.Partition([]byte(key), v.parts) }

// rests lets whoever asked take turns with others.
func (v *verifier) rests() {
	if v.between != nil {
		v.between()
	}
}

// scan returns a Scan with the limits of verify.
func (v *verifier) scan() broker.Scan {
	return broker.Scan{From: v.broker, Most: VerifyRecords, Wait: VerifyWait, Short: v.cfg.Floor.OK}
}

// run reads the centres, finds the outsiders and compares every partition.
func (v *verifier) run(ctx context.Context) (Verified, error) {
	if err := v.readCentres(ctx); err != nil {
		return v.result, err
	}
	v.beginWatch()
	if err := v.findOutsiders(ctx); err != nil {
		return v.result, err
	}
	if err := v.look(ctx); err != nil {
		return v.result, err
	}
	logs, err := v.hasLogs(ctx)
	if err != nil {
		return v.result, err
	}
	for part := range v.parts {
		if logs {
			if err := v.compareLog(ctx, part); err != nil {
				return v.result, fmt.Errorf("partition %d: %w", part, err)
			}
		}
		if err := v.partition(ctx, part); err != nil {
			return v.result, fmt.Errorf("partition %d: %w", part, err)
		}
	}
	if err := v.compareIncidents(ctx); err != nil {
		return v.result, err
	}
	return v.result, v.compareRecalls(ctx)
}

// readCentres reads the topics that every instance reads whole.
func (v *verifier) readCentres(ctx context.Context) error {
	from, err := task.StartsOf(ctx, v.broker, v.centres, v.cfg.Floor)
	if err != nil {
		return err
	}
	if err := v.readTimes(ctx); err != nil {
		return err
	}
	reader := centres.NewCentreReader(centres.CentreConfig{Broker: v.broker, From: from, Trust: v.trust,
		Codec: v.codec, Partitions: v.centres, PartitionOf: v.partitionOf,
		Policy: v.cfg.Policy, ParsePolicy: v.cfg.ParsePolicy})
	if err := reader.ReadToEnd(ctx); err != nil {
		return err
	}
	v.picture = reader.Picture()
	return nil
}

// clockOf returns the clock to compare a task at; false if it never committed.
func (v *verifier) clockOf(ctx context.Context, part int32) (duty.Instant, bool, error) {
	if v.cfg.At.OK && !v.cfg.Floor.OK {
		return v.cfg.At.V, true, nil
	}
	at, found, base := duty.Beginning, false, ""
	err := v.scan().All(ctx, []broker.Partition{stored.CommitPartition(part)}, func(rec *broker.Record) error {
		if string(rec.Key) != string(stored.CommitKey(part)) {
			return nil
		}
		p, err := stored.DecodeProgress(rec.Value, part)
		at, found, v.judged, v.ledgerWaits, base = p.CaughtUp, true, p.Judged, p.Ledger.From, p.Base
		return err
	})
	if v.picture == nil { // whoever asks before reading anything asks again
		return at, found && at != duty.Beginning, err
	}
	if now := v.picture.Base(); err == nil && base != "" && base != now {
		err = fmt.Errorf("the engine has a policy of digest %.12s…, this one is %.12s…: "+
			"name the one that it has with --policy", base, now)
	}
	if v.cfg.At.OK {
		return v.cfg.At.V, true, err
	}
	return at, found && at != duty.Beginning, err
}

// readTimes learns from the records of progress whether the engine accepts producers' timestamps.
// If there is none, there is nothing to compare.
func (v *verifier) readTimes(ctx context.Context) error {
	v.trust = true
	return v.scan().All(ctx, v.allOf(duty.TopicTaskCommits), func(rec *broker.Record) error {
		p, err := stored.DecodeProgress(rec.Value, rec.Index)
		if err == nil && string(rec.Key) == string(stored.CommitKey(rec.Index)) {
			v.trust = p.Times != stored.TimesOfBrokers
		}
		return nil
	})
}

// partition compares the persons of one partition.
func (v *verifier) partition(ctx context.Context, part int32) error {
	at, live, err := v.clockOf(ctx, part)
	if err != nil {
		return err
	}
	if !live {
		v.result.Idle++
		return nil
	}
	v.result.Tasks++
	last, err := v.histories(ctx, part)
	if err != nil {
		return err
	}
	summaries, err := v.summaries(ctx, part)
	if err != nil {
		return err
	}
	files, err := v.persons(ctx, part, maps.Keys(last), maps.Keys(summaries))
	if err != nil {
		return err
	}
	for _, id := range files.ids {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		f, err := files.file(id)
		if err != nil {
			return err
		}
		if res, ok := v.person(id, f, last[id], at); ok {
			v.compareSummary(part, &res, last[id], summaries[id])
		}
	}
	return nil
}

// centreFacts returns the facts of the centres, with the paper that names nobody.
func (v *verifier) centreFacts() *duty.Centres {
	if v.facts == nil {
		if v.facts = v.picture.Centres; len(v.paper) > 0 {
			v.facts = v.facts.WithPaper(v.paper)
		}
	}
	return v.facts
}

// person compares one person, and returns the verdict; false if a fact is newer than the clock.
func (v *verifier) person(id string, f *caseFile, last []duty.Said, at duty.Instant) (res duty.Result, ok bool) {
	if f.newest > at {
		v.result.Ahead++
		return res, false
	}
	in := v.input(id, f)
	res = v.cfg.Judge.Evaluate(in, at)
	v.result.Persons++
	v.result.Units += len(res.Units)
	held := v.held(in, &res, last, at)
	for _, d := range telling.ComparePerson(&res, last) {
		if held[unit{d.Kind, d.Date}] {
			continue
		}
		d.UnitID = duty.UnitID(d.Kind, d.Date, id)
		v.result.Differences++
		v.cfg.Found(d)
	}
	return res, true
}

// input is what the core judges a person by.
func (v *verifier) input(id string, f *caseFile) duty.Input {
	f.facts.Unreadable = append(f.facts.Unreadable, v.picture.Misplaced.Of(id)...)
	return duty.Input{PersonID: id, Person: &f.facts, Centres: v.centreFacts(), Policies: v.picture.Policies}
}

// histories reads what was told in a partition, checks that every history is sound, and returns
// what was last told of each unit, by person.
func (v *verifier) histories(ctx context.Context, part int32) (map[string][]duty.Said, error) {
	before := map[string]*duty.Violation{}
	err := v.scan().
		All(ctx, []broker.Partition{{Topic: duty.TopicViolations, Index: part}}, func(rec *broker.Record) error {
			record, err := v.codec.Decode(duty.TopicViolations, rec.Value)
			if err != nil {
				return fmt.Errorf("%s offset %d: %w", duty.TopicViolations, rec.Offset, err)
			}
			now := record.(*duty.Violation)
			if bad := telling.CheckNext(before[now.UnitID], now); bad != "" {
				v.result.Unsound++
				v.result.Differences++
				v.cfg.Found(telling.Difference{UnitID: now.UnitID, PersonID: now.PersonID, Kind: now.Kind,
					Date: now.UnitDate, What: bad})
			}
			before[now.UnitID] = now
			return nil
		})
	last := map[string][]duty.Said{}
	for _, now := range before {
		last[now.PersonID] = append(last[now.PersonID], duty.SaidOf(now))
	}
	return last, err
}
