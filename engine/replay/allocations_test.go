package replay

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"tilsyn/engine/duty"
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

// TestReadingTakesNoMemoryPerFact guards the speed of reading: the facts of a container take what their
// block takes, and nothing each. With the race detector pools lose a quarter of what they keep.
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
	if got > float64(len(rows))/2 {
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
	if got > 20+float64(len(rows))/2 {
		t.Errorf("%v allocations for %d rows", got, len(rows))
	}
}
