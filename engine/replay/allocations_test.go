package replay

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/simulate"
	"tilsyn/schemas"
)

// rowsOf returns card events of a simulation as a container file of one block or several.
func rowsOf(t *testing.T, persons, days int) (file []byte, rows []*duty.CardEvent) {
	t.Helper()
	schema, _ := schemas.Lookup(duty.TopicCardEvents)
	var b bytes.Buffer
	w, err := schemas.NewContainerWriter(&b, schema, schemas.ContainerOptions{Codec: schemas.CodecSnappy, LoggedAt: true})
	if err != nil {
		t.Fatal(err)
	}
	cfg := simulate.Config{Seed: 3, Start: duty.DateOf(2026, 1, 5), Days: days, Persons: persons, Ordinary: true}
	_, err = simulate.Run(cfg, simulate.SinkFunc(func(f simulate.Fact) error {
		e, ok := f.Record.(*duty.CardEvent)
		if !ok {
			return nil
		}
		rows = append(rows, e)
		return w.Write(e, duty.Some(f.ReceivedAt))
	}))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), rows
}

// fewFor is how many allocations rows may take at most. With the race detector pools lose a quarter of what they keep.
func fewFor(rows int) float64 {
	if raceDetector {
		return float64(rows) / 2
	}
	return float64(rows) / 100
}

// TestReadingTakesNoMemoryPerFact guards the speed of reading: the facts of a container take what their
// block takes, and nothing each.
func TestReadingTakesNoMemoryPerFact(t *testing.T) {
	file, rows := rowsOf(t, 20, 20)
	topics := newTopicTable()
	r, d := &reader{topics: topics}, newDecoder(topics)
	topic := topics.byName[duty.TopicCardEvents]
	c, err := schemas.NewContainerReader(bytes.NewReader(file), topic.Schema)
	if err != nil {
		t.Fatal(err)
	}
	var blocks []*schemas.Block
	for {
		block, err := c.NextBlock()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		blocks = append(blocks, block)
	}
	got := testing.AllocsPerRun(5, func() {
		n := int64(0)
		for _, block := range blocks {
			b := r.decode(d, &piece{topic: topic, block: block})
			if b.err != nil || len(b.bad) > 0 {
				t.Fatalf("%v %v", b.err, b.bad)
			}
			n += b.records
			b.clear()
			r.spare.Put(b)
		}
		if n != int64(len(rows)) {
			t.Fatalf("%d rows were read, want %d", n, len(rows))
		}
	})
	if got > fewFor(len(rows)) {
		t.Errorf("%v allocations for %d rows", got, len(rows))
	}
	t.Logf("%v allocations for %d rows", got, len(rows))
}

// TestOpeningTakesNoMemoryPerFact guards the same for the facts of one person, before they are judged.
func TestOpeningTakesNoMemoryPerFact(t *testing.T) {
	_, rows := rowsOf(t, 20, 20)
	topics := newTopicTable()
	topic := topics.byName[duty.TopicCardEvents]
	c := &dossier{person: "P"}
	for _, e := range rows {
		p := payload{code: topic.code, at: duty.Some(e.ReceivedAt), card: e.CardID, fact: 1}
		c.records = append(c.records, topic.Append(p.appendTo(nil), e))
	}
	got := testing.AllocsPerRun(5, func() {
		f, _, err := c.open(topics)
		if err != nil || len(f.CardEvents) != len(rows) || f.CardEvents[7].Fact != *rows[7] {
			t.Fatalf("%v, %d rows of %d", err, len(f.CardEvents), len(rows))
		}
	})
	if got > fewFor(len(rows)) {
		t.Errorf("%v allocations for %d rows", got, len(rows))
	}
}

// TestJudgingTakesLittleMemoryPerFact guards the same for verdicts: what is taken is for units and for what is told of
// them. Of 20 days it was 2.9 a fact when this was written.
func TestJudgingTakesLittleMemoryPerFact(t *testing.T) {
	cfg := simulate.Config{Seed: 3, Start: duty.DateOf(2026, 1, 5), Days: 20, Persons: 40, Ordinary: true}
	opts := Options{Facts: []string{written(t, simulatedBy(t, cfg))}, TempDir: t.TempDir(), Workers: 1,
		Policies: []duty.ActivePolicy{{From: duty.Beginning, Policy: policy.Builtin()}}}
	sum, err := withRun(&opts, func(r *run) error {
		if err := r.all(t.Context()); err != nil {
			return err
		}
		got := testing.AllocsPerRun(5, func() {
			if err := r.eachInOrder(t.Context(), r.judge, func(_ *dossier, v *verdict) error {
				r.lines.Put(v.lines)
				return v.err
			}); err != nil {
				t.Fatal(err)
			}
		})
		facts := float64(r.summary.Records)
		t.Logf("%v allocations for %v facts", got, facts)
		if got > 3.5*facts && !raceDetector {
			t.Errorf("%v allocations for %v facts", got, facts)
		}
		return nil
	})
	if err != nil || sum.Records == 0 {
		t.Fatal(sum, err)
	}
}
