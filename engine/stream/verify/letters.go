package verify

import (
	"context"
	"errors"
	"slices"
	"time"

	"tilsyn/engine/stream/deadletter"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/centres"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// Letter is a dead letter: a record that could not be read, and what it holds back (contract §1).
type Letter struct {
	// Topic, Partition and Offset say where the record lies. A Resolution names them.
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
	Offset    int64  `json:"offset"`
	// Reason and Error are the headers of the dead letter.
	Reason string `json:"reason"`
	Error  string `json:"error,omitempty"`
	// Holds is whose units are held while the letter is open: PERSON, CENTRE, ALL or NOBODY. Person
	// and Centre name them.
	Holds  string `json:"holds"`
	Person string `json:"person_id,omitempty"`
	Centre string `json:"centre_id,omitempty"`
	// Since is the time of the record in the log. Units that fall due after HoldsFrom are held.
	Since     time.Time `json:"since"`
	HoldsFrom time.Time `json:"holds_from"`
	// Open is true until the record was sent again, so that it could be read, or a Resolution names
	// it.
	Open bool `json:"open"`
	// Key is the key of the record, which a Resolution of it takes.
	Key []byte `json:"-"`
}

// LettersConfig configures [Letters] and [Resolvable]; its fields are as in VerifyConfig.
type LettersConfig struct {
	Kafka       topics.Config
	Policy      *duty.Policy
	ParsePolicy func(text string) (*duty.Policy, error)
	Floor       duty.Opt[duty.Date]
	Schemas     *schemas.Store
}

func (c *LettersConfig) verify() VerifyConfig {
	return VerifyConfig{Kafka: c.Kafka, Policy: c.Policy, ParsePolicy: c.ParsePolicy, Floor: c.Floor,
		Schemas: c.Schemas}
}

// Letters reads the dead letters from the topics, the oldest first, and finds which are open. It
// needs no running engine, joins no group and writes nothing. An error is one of reading.
func Letters(ctx context.Context, cfg LettersConfig) ([]Letter, error) {
	v, done, err := connect(ctx, cfg.verify())
	if err != nil {
		return nil, err
	}
	defer done()
	return v.deadLetters(ctx)
}

// deadLetters reads the centres, the dead letters, and the facts of the keys that these are of.
func (v *verifier) deadLetters(ctx context.Context) ([]Letter, error) {
	if err := v.readCentres(ctx); err != nil {
		return nil, err
	}
	said, err := v.lettersWritten(ctx)
	if err != nil {
		return nil, err
	}
	ofCentre := func(l centres.Letter) bool { return l.Key == "" && l.Topic == duty.TopicManualEntries }
	if slices.ContainsFunc(v.picture.Letters, ofCentre) {
		// Paper without a person may have been sent again under its centre.
		if err := v.findOutsiders(ctx); err != nil {
			return nil, err
		}
	}
	open, err := v.openPlaces(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Letter, 0, len(v.picture.Letters))
	for i := range v.picture.Letters {
		l := &v.picture.Letters[i]
		w := said[l.LetterPlace]
		out = append(out, Letter{
			Topic: l.Topic, Partition: l.Pos.Partition, Offset: l.Pos.Offset, Reason: l.Reason, Error: w.err, Key: w.key,
			Holds: string(heldBy(l)), Person: l.Key, Centre: l.Centre,
			Since: timeOf(l.At), HoldsFrom: timeOf(l.At - duty.BlockReach), Open: open[l.LetterPlace],
		})
	}
	slices.SortStableFunc(out, func(a, b Letter) int { return a.Since.Compare(b.Since) })
	return out, nil
}

// heldBy says whose units a dead letter holds: nobody's where what cannot be read counts as not sent (W-56).
func heldBy(l *centres.Letter) centres.LetterHolds {
	if duty.Unsent(l.Topic) {
		return centres.HoldsNobody
	}
	return l.Holds
}

func timeOf(at duty.Instant) time.Time { return time.UnixMilli(int64(at)).UTC() }

// written is what only the dead letter itself says.
type written struct {
	key []byte
	err string
}

// lettersWritten reads the keys and errors of the dead letters.
func (v *verifier) lettersWritten(ctx context.Context) (map[centres.LetterPlace]written, error) {
	out := map[centres.LetterPlace]written{}
	err := v.scan().All(ctx, v.allOf(duty.TopicDeadLetters), func(rec *broker.Record) error {
		if place, ok := centres.PlaceOf(rec); ok {
			out[place] = written{slices.Clone(rec.Key), deadletter.HeadersOf(rec)["error"]}
		}
		return nil
	})
	return out, err
}

// allOf are the partitions of a topic that has as many as the persons.
func (v *verifier) allOf(topic string) []broker.Partition {
	parts := make([]broker.Partition, v.parts)
	for i := range parts {
		parts[i] = broker.Partition{Topic: topic, Index: int32(i)}
	}
	return parts
}

// openPlaces finds the places of the open letters. It reads only the partitions in which a letter's
// record may have been sent again, and keeps only the facts of keys with a letter.
func (v *verifier) openPlaces(ctx context.Context) (map[centres.LetterPlace]bool, error) {
	const now = duty.Forever - 1 // whatever is known
	open := map[centres.LetterPlace]bool{}
	note := func(list []duty.Unreadable) {
		for i := range list {
			open[centres.LetterPlace{Topic: list[i].Topic, Pos: list[i].Pos.V}] = true
		}
	}
	note(v.centreFacts().OpenLost(now))
	files := caseFiles{}
	var parts []broker.Partition
	for i := range v.picture.Letters {
		if l := &v.picture.Letters[i]; l.Key != "" {
			files.of(l.Key)
			parts = append(parts,
				broker.Partition{Topic: l.Topic, Index: l.Task}, broker.Partition{Topic: l.Topic, Index: l.Pos.Partition})
		}
	}
	slices.SortFunc(parts, broker.ComparePartitions)
	err := v.scan().All(ctx, slices.Compact(parts), func(rec *broker.Record) error {
		if file := files[string(rec.Key)]; file != nil {
			if f, _, ok := v.factOf(rec); ok {
				file.add(&f)
			}
		}
		return nil
	})
	for id, file := range files {
		file.facts.Unreadable = append(file.facts.Unreadable, v.picture.Misplaced.Of(id)...)
		in := duty.Input{PersonID: id, Person: &file.facts, Centres: v.centreFacts(), Policies: v.picture.Policies}
		note(duty.OpenLost(in, now))
	}
	return open, err
}

// ErrNoLetter is the error of [Resolvable] for a place that no Resolution can name.
var ErrNoLetter = errors.New("neither a dead letter nor a paper entry without a person")

// Resolvable returns what a Resolution of the record at a place would end: its dead letter, or a
// paper entry without a person, which is given as one (contract §2). The error is ErrNoLetter or
// one of reading.
func Resolvable(ctx context.Context, cfg LettersConfig, topic string, pos duty.Position) (Letter, error) {
	v, done, err := connect(ctx, cfg.verify())
	if err != nil {
		return Letter{}, err
	}
	defer done()
	letters, err := v.deadLetters(ctx)
	if err != nil {
		return Letter{}, err
	}
	for i := range letters {
		if l := &letters[i]; l.Topic == topic && l.Partition == pos.Partition && l.Offset == pos.Offset {
			return *l, nil
		}
	}
	if topic != duty.TopicManualEntries {
		return Letter{}, ErrNoLetter
	}
	return v.paperAt(ctx, pos)
}

// reasonNoPerson stands for the reason of a paper entry that names nobody (UNKNOWN_PERSON, RD-47).
const reasonNoPerson = "UNKNOWN_PERSON"

// paperAt reads the paper entry without a person at a place.
func (v *verifier) paperAt(ctx context.Context, pos duty.Position) (Letter, error) {
	p := broker.Partition{Topic: duty.TopicManualEntries, Index: pos.Partition}
	if p.Index >= v.parts {
		return Letter{}, ErrNoLetter
	}
	ends, err := v.broker.Ends(ctx, []broker.Partition{p}, broker.LastStable)
	if err != nil {
		return Letter{}, err
	}
	from, to := broker.Offsets{p: pos.Offset}, broker.Offsets{p: min(pos.Offset+1, ends[p])}
	found := Letter{}
	err = v.scan().Each(ctx, from, to, func(rec *broker.Record) error {
		record, err := rec.Decode(v.codec)
		if e, ok := record.(*duty.ManualEntry); err == nil && ok && !e.PersonID.OK {
			found = Letter{
				Topic: rec.Topic, Partition: rec.Index, Offset: rec.Offset, Reason: reasonNoPerson,
				Holds: string(centres.HoldsCentre), Centre: e.CentreID, Key: slices.Clone(rec.Key),
				Since: timeOf(rec.At), HoldsFrom: timeOf(rec.At - duty.BlockReach), Open: true,
			}
		}
		return nil
	})
	if err == nil && !found.Open {
		err = ErrNoLetter
	}
	return found, err
}
