package producer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
	"tilsyn/topics"
)

var noon, _ = duty.ParseInstant("2026-02-03T12:00:00Z")

// row is a passage that a device told.
func row(id string, version int64) *duty.CardEvent {
	return &duty.CardEvent{ID: id, Version: version, PersonID: duty.Some("P-1"), CardID: "C-1",
		CardType: duty.CardTypeBiometric, CentreID: "KH", DeviceID: "KH-carousel", DeviceType: duty.DeviceTypeCarousel,
		Kind:      duty.CardEventKindPassage,
		Direction: duty.Some(duty.DirectionIn), Scan: duty.ScanComplete, OccurredAt: noon}
}

// bench is a directory with a clock that goes on by a minute with every opening.
type bench struct {
	dir string
	now duty.Instant
}

func newBench(t *testing.T) *bench { return &bench{filepath.Join(t.TempDir(), "buffer"), noon} }

func (d *bench) open(t *testing.T, change func(*Config)) *Buffer {
	t.Helper()
	cfg := Config{Dir: d.dir, Clock: func() duty.Instant { return d.now }}
	if change != nil {
		change(&cfg)
	}
	d.now += duty.Minute
	b, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// sink is a Writer that keeps what it gets; while down it refuses everything, after having kept it where halfway.
type sink struct {
	got           []topics.Out
	down, halfway bool
}

var errDown = errors.New("the link is down")

// Produce implements Writer.
func (s *sink) Produce(_ context.Context, outs []topics.Out) ([]topics.Produced, error) {
	if s.halfway {
		s.got = append(s.got, outs[:(len(outs)+1)/2]...)
		return nil, errDown
	}
	if s.down {
		return nil, errDown
	}
	s.got = append(s.got, outs...)
	return nil, nil
}

// rows are the rows that came, as "epoch:number id".
func (s *sink) rows(t *testing.T) (out []string) {
	t.Helper()
	schema, _ := schemas.Lookup(duty.TopicCardEvents)
	for _, o := range s.got {
		if o.Topic != duty.TopicCardEvents {
			continue
		}
		v, err := schemas.NewStore().Decode(schema, o.Value)
		if err != nil {
			t.Fatal(err)
		}
		e := v.(*duty.CardEvent)
		out = append(out, fmt.Sprintf("%d:%d %s", e.SourceEpoch, e.SourceSeq.V, e.ID))
	}
	return out
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// newest is the file that is appended to.
func (d *bench) newest(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(d.dir, "*.log"))
	must(t, err)
	return slices.Max(files)
}

// send sends everything and returns the rows.
func (d *bench) send(t *testing.T, b *Buffer) []string {
	t.Helper()
	s := &sink{}
	must(t, b.Send(t.Context(), s))
	return s.rows(t)
}

func want(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// TestNumbersGoOn over restarts, in one epoch, whether entries are still there or sent and dropped.
func TestNumbersGoOn(t *testing.T) {
	d := newBench(t)
	b := d.open(t, nil)
	epoch := int64(noon + duty.Minute)
	if _, err := Open(Config{Dir: d.dir}); !errors.Is(err, ErrInUse) {
		t.Errorf("opened twice: %v", err)
	}
	must(t, b.Put(row("a", 0), row("b", 0)))
	must(t, b.Close())
	if err := b.Put(row("x", 0)); err == nil {
		t.Error("a closed buffer took a fact")
	}
	b = d.open(t, nil)
	must(t, b.Put(row("c", 0), row("a", 0))) // a for the second time
	other := row("b", 0)
	other.Direction = duty.Some(duty.DirectionOut)
	if err := b.Put(other); !errors.Is(err, ErrOther) || strings.Contains(err.Error(), "P-1") {
		t.Errorf("another content under the same id: %v", err)
	}
	want(t, "sent", d.send(t, b), fmt.Sprint(epoch, ":1 a"), fmt.Sprint(epoch, ":2 b"), fmt.Sprint(epoch, ":3 c"))
	if n := b.Waiting(); n != 0 {
		t.Errorf("%d bytes wait after all was sent", n)
	}
	must(t, b.Close())
	b = d.open(t, nil)
	must(t, b.Put(row("d", 0), row("c", 0)))
	want(t, "after another restart", d.send(t, b), fmt.Sprint(epoch, ":4 d"))
	must(t, b.Close())
	b = d.open(t, func(c *Config) { c.Restored = true })
	must(t, b.Put(row("e", 0)))
	want(t, "from a backup", d.send(t, b), fmt.Sprint(int64(d.now), ":1 e"))
}

// TestATornTailIsCut: whatever part of the last write is there, what was promised before is sent, once, and the
// fact that was not promised takes its number when it is put again.
func TestATornTailIsCut(t *testing.T) {
	d := newBench(t)
	b := d.open(t, nil)
	epoch := fmt.Sprint(b.state.Epoch)
	must(t, b.Put(row("a", 0)))
	kept, err := os.ReadFile(d.newest(t))
	must(t, err)
	must(t, b.Put(row("b", 0)))
	whole, err := os.ReadFile(d.newest(t))
	must(t, err)
	must(t, b.Close())
	saved, err := os.ReadFile(filepath.Join(d.dir, stateFile))
	must(t, err)
	for n := len(kept); n < len(whole); n += 7 {
		for _, zeros := range []int{0, len(whole) - n} {
			must(t, os.WriteFile(d.newest(t), append(whole[:n:n], make([]byte, zeros)...), 0o600))
			must(t, os.WriteFile(filepath.Join(d.dir, stateFile), saved, 0o600))
			b := d.open(t, nil)
			if zeros > 0 && n > len(kept) {
				if fmt.Sprint(b.state.Epoch) == epoch {
					t.Errorf("%d bytes of a write and zeros: the epoch is the same", n-len(kept))
				}
				must(t, b.Close())
				for _, f := range b.log.list[1:] {
					must(t, os.Remove(b.log.path(f.number)))
				}
				continue
			}
			must(t, b.Put(row("b", 0)))
			want(t, "after the tail was cut", d.send(t, b), epoch+":1 a", epoch+":2 b")
			must(t, b.Close())
		}
	}
}

// TestDamageRaisesTheEpoch once: what is left is sent under the old one, and nothing takes a number that was given.
func TestDamageRaisesTheEpoch(t *testing.T) {
	for name, harm := range map[string]func(t *testing.T, d *bench){
		"a byte": func(t *testing.T, d *bench) {
			text, err := os.ReadFile(d.newest(t))
			must(t, err)
			text[len(text)/2] ^= 1
			must(t, os.WriteFile(d.newest(t), text, 0o600))
		},
		"state": func(t *testing.T, d *bench) { must(t, os.Remove(filepath.Join(d.dir, stateFile))) },
		"half a state": func(t *testing.T, d *bench) {
			must(t, os.WriteFile(filepath.Join(d.dir, stateFile), []byte("{"), 0o600))
		},
		"everything": func(t *testing.T, d *bench) { must(t, os.RemoveAll(d.dir)) },
		"entries": func(t *testing.T, d *bench) {
			b := d.open(t, nil)
			d.send(t, b)
			must(t, b.Close())
			must(t, os.Truncate(d.newest(t), 0))
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newBench(t)
			b := d.open(t, nil)
			epoch := b.state.Epoch
			must(t, b.Put(row("a", 0), row("b", 0), row("c", 0)))
			must(t, b.Close())
			harm(t, d)
			b = d.open(t, nil)
			if b.state.Epoch <= epoch {
				t.Fatalf("epoch %d after %d", b.state.Epoch, epoch)
			}
			epoch = b.state.Epoch
			must(t, b.Put(row("d", 0)))
			rows := d.send(t, b)
			if n := len(rows); n == 0 || rows[n-1] != fmt.Sprint(epoch, ":1 d") {
				t.Errorf("sent %q, want the last one in epoch %d", rows, epoch)
			}
			must(t, b.Close())
			b = d.open(t, nil)
			must(t, b.Put(row("e", 0)))
			want(t, "after another restart", d.send(t, b), fmt.Sprint(epoch, ":2 e"))
		})
	}
}

// TestFull: what does not fit is refused and has its number all the same: dropped it is missed, put again it
// is there. Room that was sent is used again.
func TestFull(t *testing.T) {
	t.Parallel()
	d := newBench(t)
	small := func(c *Config) { c.MaxBytes = leastBytes }
	b := d.open(t, small)
	put := 0
	many := func(name string) (out []any) {
		for i := range 500 {
			r := row(fmt.Sprint(name, put+i), 0)
			r.CardID = strings.Repeat("x", 250)
			out = append(out, r)
		}
		return out
	}
	var err error
	for err == nil {
		if err = b.Put(many("r")...); err == nil {
			put += 500
		}
	}
	if !errors.Is(err, ErrFull) || put == 0 || strings.Contains(err.Error(), "P-1") {
		t.Fatalf("after %d rows: %v", put, err)
	}
	if err := b.Beat("KH-carousel", "KH"); err != nil && !errors.Is(err, ErrFull) {
		t.Error(err)
	}
	must(t, b.Close())
	b = d.open(t, small)
	epoch := b.state.Epoch
	if rows := d.send(t, b); len(rows) != put || rows[put-1] != fmt.Sprintf("%d:%d r%d", epoch, put, put-1) {
		t.Fatalf("%d rows were put, %d sent", put, len(rows))
	}
	must(t, b.Put(row("later", 0)))
	must(t, b.Put(many("r")[3]))
	want(t, "the one that was refused, and one beyond all that were", d.send(t, b),
		fmt.Sprintf("%d:%d later", epoch, put+501), fmt.Sprintf("%d:%d r%d", epoch, put+4, put+3))
	for range 12 {
		must(t, b.Put(many("s")...))
		d.send(t, b)
		put += 500
	}
}

// TestWhatCannotBeSent is told without naming anybody.
func TestWhatCannotBeSent(t *testing.T) {
	d := newBench(t)
	b := d.open(t, nil)
	long := row("a", 0)
	long.CardID = strings.Repeat("x", 2<<20)
	numbered := row("a", 0)
	numbered.SourceSeq = duty.Some(int64(4))
	nobody := row("a", 0)
	nobody.PersonID = duty.Some(" P-1")
	for what, fact := range map[string]any{"a value": *row("a", 0), "nil": (*duty.CardEvent)(nil), "no id": row("", 0),
		"an output": &duty.Violation{}, "too long": long, "its own number": numbered, "no key": nobody,
		"no device":        &duty.CardEvent{ID: "a", CardID: "C-1"},
		"a key of its own": &duty.Reconciliation{ID: "a", DeviceID: "KH-carousel"}} {
		if err := b.Put(row("first", 0), fact); !errors.Is(err, ErrFact) || strings.Contains(err.Error(), "P-1") {
			t.Errorf("%s: %v", what, err)
		}
	}
	must(t, b.PutUnder("KH", &duty.Reconciliation{ID: "a", DeviceID: "KH-carousel", From: noon, To: noon + 1}))
	if err := b.Put(row("unheard", 2)); !errors.Is(err, ErrNumber) {
		t.Errorf("a correction of a row that is not known: %v", err)
	}
	epoch := b.state.Epoch
	must(t, b.Put(row("a", 1)))
	must(t, b.Put(row("a", 2)))
	if e, n, ok := b.Number("P-1", "a"); e != epoch || n != 1 || !ok {
		t.Errorf("the number of a row: %d, %d, %v", e, n, ok)
	}
	want(t, "a row and its correction", d.send(t, b), fmt.Sprint(epoch, ":1 a"), fmt.Sprint(epoch, ":1 a"))
}

// TestWhatIsSentAgainIsTheSame, and a heartbeat waits for everything that was put before it.
func TestWhatIsSentAgainIsTheSame(t *testing.T) {
	d := newBench(t)
	b := d.open(t, nil)
	s := &sink{halfway: true}
	must(t, b.Put(row("a", 0)))
	must(t, b.Beat("KH-carousel", "KH"))
	must(t, b.Beat("KH-carousel", "KH")) // the same moment: once
	must(t, b.Beat("feed:card-events", ""))
	must(t, b.Put(row("b", 0), row("c", 0)))
	if err := b.Send(t.Context(), s); !errors.Is(err, errDown) {
		t.Fatal(err)
	}
	halfway := slices.Clone(s.got)
	s.halfway, s.down = false, true
	d.now += duty.Hour
	if err := b.Send(t.Context(), s); !errors.Is(err, errDown) || len(s.got) != 2 {
		t.Fatalf("%v, %d came", err, len(s.got))
	}
	must(t, b.Close())
	b = d.open(t, nil)
	s.down = false
	must(t, b.Send(t.Context(), s))
	again := s.got[2:]
	if len(again) != 5 || fmt.Sprint(again[:2]) != fmt.Sprint(halfway) {
		t.Fatalf("%d were sent again, %d before", len(again), len(halfway))
	}
	for i, topic := range []string{"card-events", "card-events", "card-events", "heartbeats", "heartbeats"} {
		if again[i].Topic != topic {
			t.Errorf("record %d is of %s, want %s", i, again[i].Topic, topic)
		}
	}
	beats, _ := schemas.Lookup(duty.TopicHeartbeats)
	for i, last := range []duty.Opt[int64]{duty.Some(int64(1)), {}} {
		v, err := schemas.NewStore().Decode(beats, again[3+i].Value)
		must(t, err)
		if h := v.(*duty.Heartbeat); h.LastSeq != last || string(again[3+i].Key) != h.CentreID.Or(h.SourceID) {
			t.Errorf("heartbeat of %s names %+v under %s, want %+v", h.SourceID, h.LastSeq, again[3+i].Key, last)
		}
	}
}
