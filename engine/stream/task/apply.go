package task

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"time"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/centres"
	"tilsyn/engine/stream/deadletter"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/wire"
)

// registryFrame is the first byte of a value in a schema registry's wire format.
const registryFrame = 0

// read takes new records into the cycle. It waits for records only if there is nothing else to
// do, and gathers for a while before the cycle goes on, unless a fact may clear somebody.
func (t *Task) read(ctx context.Context) error {
	began, n := time.Now(), 0
	for {
		got, err := t.fetch(ctx, t.limits.Records-n)
		if err != nil {
			return err
		}
		n += got
		if got == 0 || n >= t.limits.Records || t.cycle.full() || len(t.urgent.ids) > 0 ||
			time.Since(began) >= t.limits.Gather {
			return nil
		}
		if !t.watermark.ReadAll() {
			continue // the log has more: read on without a pause
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(t.limits.Gather / 4):
			t.laps.pause()
		}
	}
}

// fetchAtOnce is how many records are handled at a time: few enough to stay in the processor's
// cache.
const fetchAtOnce = 512

// fetch reads what the inputs have ready, up to `most` records, and files it.
func (t *Task) fetch(ctx context.Context, most int) (int, error) {
	wait := min(t.limits.Poll, t.showSoon())
	if t.cycle.visible() || len(t.urgent.ids) > 0 || t.sweeping() || len(t.walking) > 0 {
		wait = time.Millisecond
	}
	n, inputs := 0, 0
	for more := true; more && n < most && !t.cycle.full(); {
		got, err := t.broker.Fetch(ctx, t.at.Inputs, min(most-n, fetchAtOnce), wait)
		if err == nil {
			err = t.checkEpochs(ctx, got.Marks)
		}
		if err != nil {
			return 0, err
		}
		t.must.fetched(t, &got)
		t.laps.lap(LapFetch, len(got.Records))
		for i := range got.Records {
			if i%warmAtOnce == 0 {
				t.roster.warm(got.Records[i:min(i+warmAtOnce, len(got.Records))])
			}
			if got.Records[i].Topic != duty.TopicHandOver {
				inputs++
			}
			if err := t.apply(&got.Records[i], true); err != nil {
				return 0, err
			}
		}
		for p, at := range got.Next {
			t.at.Inputs[p] = max(t.at.Inputs[p], at)
		}
		maps.Copy(t.at.Marks, got.Marks)
		n, more = n+len(got.Records), got.Ready
		t.laps.lap(LapFile, len(got.Records))
	}
	t.stats.Records.Add(int64(inputs))
	return n, nil
}

// apply files one record of an input. Live is false while catching up with the last commit:
// what a predecessor has written is not written again.
func (t *Task) apply(rec *broker.Record, live bool) error {
	t.cycle.budget.took(rec)
	if rec.Topic == duty.TopicHandOver {
		return t.applyHanded(rec, live)
	}
	read := rec.At
	if deadletter.Doubt(rec, t.trust) {
		read = min(read, t.at.Clock) // a producer's time moves no clock
		t.topics.doubt(rec.Topic)
		t.stats.Unstamped.Add(1)
	} else if done, err := t.fileOrdinary(rec, live); done || err != nil {
		t.watermark.Raise(rec.Partition, rec.At)
		return err
	}
	f := stored.Fact{Topic: rec.Topic, Known: rec.At, Value: rec.Value,
		Pos: duty.Position{Partition: rec.Index, Offset: rec.Offset}}
	t.cycle.move()
	t.watermark.Raise(rec.Partition, read)
	record, err := rec.Decode(t.codec)
	var a casefile.About
	if err == nil {
		a = casefile.AboutRecord(record)
		err = casefile.CheckKey(wire.View(rec.Key), rec.Index, a, t.partitionOf)
	} else {
		record = nil
	}
	paper := errors.Is(err, casefile.ErrUnderCentre)
	if err != nil && !paper {
		return t.applyBad(rec, &f, record, err, live)
	}
	f.Record = record
	if rec.Value[0] == registryFrame {
		// What is kept must be readable without the registry.
		if f.Value, err = t.codec.Encode(rec.Topic, record); err != nil {
			return err
		}
	}
	t.forwardRead(&f, live)
	switch {
	case paper:
		return t.filePaper(&f, live)
	case a.Parked:
		return t.park(&f, rec, live)
	}
	return t.file(&f, a, live)
}

// applyBad keeps a record that could not be read (record is nil), or not be filed under its
// key, as the hold that it opens, and sends it to the dead letters. If its key names nobody, or
// somebody of another partition, the centre reader of every instance files it, from the dead
// letters.
func (t *Task) applyBad(rec *broker.Record, f *stored.Fact, record any, cause error, live bool) error {
	f.Bad = deadletter.HoldOf(t.codec, rec, casefile.AboutRecord(record).ID)
	f.Known = f.Bad.At.V
	if errors.Is(cause, casefile.ErrKeyOther) {
		f.Bad.Key = ""
	}
	if live {
		t.tellBad(deadletter.Of(rec, f.Bad, cause))
	}
	if f.Bad.Key == "" || t.partitionOf(f.Bad.Key) != rec.Index {
		return nil
	}
	return t.file(f, casefile.About{Person: f.Bad.Key}, live)
}

// wakeMisplaced makes a person due of whom a record lies in another partition.
func (t *Task) wakeMisplaced(x *centres.Touch) error {
	if t.partitionOf(x.Person) != t.at.Task {
		return nil
	}
	p, err := t.person(x.Person)
	if err != nil {
		return err
	}
	t.cycle.move()
	p.header.EndRoutine()
	t.wake(p, x.Known)
	return nil
}

// tellBad sends a record to the dead letters. As long as it is open, verdicts name it in data
// quality.
func (t *Task) tellBad(bad *deadletter.Record) {
	t.cycle.write(bad.Out(t.at.Task))
	t.stats.DeadLetters.Add(1)
	t.stats.Letters.add(bad.Hold.Topic, cmp.Or(bad.Reason, deadletter.ReasonUnreadable))
}

// park keeps a row that names no person under its card, for whoever is assigned the card later.
// It hands the row to those who were assigned it already, and shows a row of nobody in data
// quality.
func (t *Task) park(f *stored.Fact, rec *broker.Record, live bool) error {
	p, err := t.person(casefile.ParkedKey + string(rec.Key))
	if err != nil {
		return err
	}
	if err := t.keep(p, f); err != nil {
		return err
	}
	if err := t.noteVersion(p, f, live); err != nil {
		return err
	}
	t.stats.Parked.Add(1)
	if err := t.showReadable(string(rec.Key), f, live); err != nil {
		return err
	}
	if err := t.spread(p, f, live); err != nil {
		return err
	}
	e, ok := f.Record.(*duty.CardEvent)
	if !live || !ok {
		return nil
	}
	return t.showParked(p, e)
}

// showReadable gives a row of a card to the entry of its key, if a record that could not be
// read is filed there: it may be that record, sent again.
func (t *Task) showReadable(card string, f *stored.Fact, live bool) error {
	if n, err := t.roster.find([]byte(card)); err != nil || n == noResident {
		return err
	}
	p, err := t.person(card)
	if err != nil || !p.header.HasCard(casefile.CardHash(card)) {
		return err
	}
	return t.receive(card, f, live)
}

// file adds a fact to its person, and to the others whom it concerns.
func (t *Task) file(f *stored.Fact, a casefile.About, live bool) error {
	if err := t.fileUnder(a.Person, f, a); err != nil {
		return err
	}
	p, err := t.person(a.Person)
	if err != nil {
		return err
	}
	if !live {
		p.header.DoubtLedger()
	}
	if err := t.noteVersion(p, f, live); err != nil {
		return err
	}
	return t.spread(p, f, live)
}

// fileUnder adds a fact to a person, who becomes due when caught_up reaches the fact, or at
// once if something was told that it might clear.
func (t *Task) fileUnder(id string, f *stored.Fact, a casefile.About) error {
	p, err := t.person(id)
	if err != nil {
		return err
	}
	if err := t.keep(p, f); err != nil {
		return err
	}
	if e, ok := f.Record.(*duty.CardEvent); !ok || e.OccurredAt < p.header.Routine.Since() || p.header.Awaited {
		p.header.EndRoutine()
	}
	if p.header.AddCentre(a.Centre) {
		p.changed = true
	}
	t.filed(p, f)
	t.wake(p, f.Known)
	return nil
}

// keep adds a fact to those of a person in this cycle.
func (t *Task) keep(p *person, f *stored.Fact) error {
	from := len(t.cycle.kept)
	var err error
	if t.cycle.kept, err = f.AppendTo(t.cycle.kept, p.id, &t.roster.shapes); err != nil {
		return err
	}
	f.Stored, f.Value = t.cycle.kept[from:len(t.cycle.kept):len(t.cycle.kept)], nil
	p.fresh = append(p.fresh, *f)
	t.carried.takes(p.resident, f.Record, f.Known)
	return nil
}

// wake makes a person due at an instant, and urgent if something was told.
func (t *Task) wake(p *person, at duty.Instant) {
	p.next = min(p.next, at)
	p.changed = true
	if p.header.Told && !p.urgent {
		p.urgent = true
		t.urgent.add(p.id, at)
	}
}
