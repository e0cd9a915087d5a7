package projection

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"slices"
	"sync"

	badger "github.com/dgraph-io/badger/v4"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// Queue is a part of the work list.
type Queue byte

// The parts of the work list, each with the oldest first.
const (
	// QueueOpen are INDICATED and NEEDS_REVIEW without any Handling.
	QueueOpen Queue = 1 + iota
	// QueueWithdrawnFiled are withdrawn, and of a report that was filed nobody has said that it was taken back.
	QueueWithdrawnFiled
	// QueueWithdrawn are all others that are withdrawn.
	QueueWithdrawn
	// QueueHandled have a Handling (contract §2).
	QueueHandled
)

// Row is a unit as the work list shows it.
//
// Many fields: what the list shows and filters by.
type Row struct {
	UnitID   string `json:"unit_id"`
	PersonID string `json:"person_id"`
	Kind     string `json:"kind"`
	Date     string `json:"unit_date"`
	CentreID string `json:"centre_id"`
	Group    string `json:"group"`
	// Status is that of the last revision, WithdrawnOutcome what it gave way to.
	Status           string   `json:"status"`
	WithdrawnOutcome string   `json:"withdrawn_outcome"`
	Revision         int32    `json:"revision"`
	Caveats          []string `json:"caveats"`
	Settled          bool     `json:"settled"`
	Basis            string   `json:"basis"`
	// Instant is the legal one, FirstTold when revision 1 was told, Changed when the last one was.
	Instant   string `json:"instant"`
	FirstTold string `json:"first_told_at"`
	Changed   string `json:"changed_at"`
	// Handlings are what people did with it, the newest last.
	Handlings []Done `json:"handlings"`
	// Filed is true while a report to the police stands that nobody took back.
	Filed bool `json:"report_filed"`

	told duty.Instant
}

// Done is a Handling in force.
type Done struct {
	HandlingID  string `json:"handling_id"`
	Version     int64  `json:"version"`
	Revision    int32  `json:"revision"`
	Kind        string `json:"kind"`
	Outcome     string `json:"outcome"`
	DocumentRef string `json:"document_ref"`
	ByRole      string `json:"by_role"`
	At          string `json:"at"`
}

// queue is where a row stands.
func (r *Row) queue() Queue {
	switch {
	case r.Status == duty.StatusWithdrawn.String() && r.Filed:
		return QueueWithdrawnFiled
	case r.Status == duty.StatusWithdrawn.String():
		return QueueWithdrawn
	case len(r.Handlings) > 0:
		return QueueHandled
	}
	return QueueOpen
}

// queueKey sorts rows of a queue by when they were first told.
func (r *Row) queueKey() []byte {
	b := binary.BigEndian.AppendUint64([]byte{keyQueue, byte(r.queue())}, uint64(r.told))
	return append(b, r.UnitID...)
}

// stored is a row with what its keys are made of.
type stored struct {
	Row
	Told int64 `json:"told"`
}

func (r *Row) encode() ([]byte, error) { return json.Marshal(stored{*r, int64(r.told)}) }

func decodeRow(v []byte) (*Row, error) {
	var s stored
	if err := json.Unmarshal(v, &s); err != nil {
		return nil, err
	}
	s.told = duty.Instant(s.Told)
	return &s.Row, nil
}

// told takes a revision in.
func (b *batch) told(v *duty.Violation, raw []byte) error {
	at := binary.BigEndian.AppendUint32(key(keyRevision, v.PersonID, v.UnitID), uint32(v.Revision))
	if err := b.set(at, raw); err != nil {
		return err
	}
	unit := key(keyUnit, v.PersonID, v.UnitID)
	was, err := get(b.tx, unit)
	if err != nil {
		return err
	}
	row := &Row{UnitID: v.UnitID, PersonID: v.PersonID, told: v.EvaluatedAt}
	var before []byte
	if was != nil {
		if row, err = decodeRow(was); err != nil {
			return err
		}
		before = row.queueKey()
	} else if err := b.set(key(keyOwner, v.UnitID), []byte(v.PersonID)); err != nil {
		return err
	}
	if v.Revision == 1 {
		row.told = v.EvaluatedAt
	}
	if v.Revision >= row.Revision {
		row.fill(v)
	}
	row.FirstTold = row.told.Local()
	if err := row.handle(b.tx); err != nil {
		return err
	}
	return b.put(unit, before, row)
}

// fill takes the last revision over.
func (r *Row) fill(v *duty.Violation) {
	r.Kind, r.Date, r.CentreID, r.Group = v.Kind.String(), v.UnitDate.String(), v.CentreID, v.Group.String()
	r.Status, r.Revision, r.Settled, r.Basis = v.Status.String(), v.Revision, v.Settled, v.Basis.String()
	r.WithdrawnOutcome = ""
	if v.WithdrawnOutcome.OK {
		r.WithdrawnOutcome = v.WithdrawnOutcome.V.String()
	}
	r.Caveats = v.Caveats
	if r.Caveats == nil {
		r.Caveats = []string{}
	}
	r.Instant, r.Changed = v.Instant.Local(), v.EvaluatedAt.Local()
}

// put writes a row where it belongs now.
func (b *batch) put(unit, before []byte, row *Row) error {
	v, err := row.encode()
	if err != nil {
		return err
	}
	if err := b.touch(row.PersonID); err != nil {
		return err
	}
	now := row.queueKey()
	if before != nil && !slices.Equal(before, now) {
		if err := b.drop(before); err != nil {
			return err
		}
	}
	if err := b.set(now, v); err != nil {
		return err
	}
	return b.set(unit, v)
}

// handled takes a Handling in and moves its unit.
func (b *batch) handled(v *duty.Handling, at duty.Instant, p topics.TopicPartition, r *topics.Record) error {
	k := binary.BigEndian.AppendUint64(key(keyHandling, v.UnitID, v.HandlingID), uint64(v.Version))
	k = place(k, 0, p.Partition, r.Offset)
	if err := b.set(k, append(binary.BigEndian.AppendUint64(nil, uint64(at)), r.Value...)); err != nil {
		return err
	}
	if err := b.once(key(keyHandled, v.UnitID)); err != nil {
		return err
	}
	person, err := get(b.tx, key(keyOwner, v.UnitID))
	if err != nil || person == nil {
		return err // the unit comes later, and looks for it
	}
	unit := key(keyUnit, string(person), v.UnitID)
	was, err := get(b.tx, unit)
	if err != nil || was == nil {
		return err
	}
	row, err := decodeRow(was)
	if err != nil {
		return err
	}
	before := row.queueKey()
	if err := row.handle(b.tx); err != nil {
		return err
	}
	return b.put(unit, before, row)
}

// handle reads what people did with the unit. Most have nothing, and are not looked for: a walk sorts all
// changes of the batch.
func (r *Row) handle(tx *badger.Txn) error {
	r.Handlings, r.Filed = []Done{}, false
	if _, err := tx.Get(key(keyHandled, r.UnitID)); err != nil {
		if errors.Is(err, badger.ErrKeyNotFound) {
			return nil
		}
		return err
	}
	list, err := handlings(tx, r.UnitID)
	if err != nil {
		return err
	}
	for _, h := range list {
		d := Done{HandlingID: h.HandlingID, Version: h.Version, Revision: h.Revision, Kind: h.Kind.String(),
			DocumentRef: h.DocumentRef.V, ByRole: h.ByRole, At: h.At.Local()}
		if h.Outcome.OK {
			d.Outcome = h.Outcome.V.String()
		}
		r.Handlings = append(r.Handlings, d)
		switch h.Kind {
		case duty.HandlingKindReportFiled:
			r.Filed = true
		case duty.HandlingKindReportRecalled:
			r.Filed = false
		}
	}
	return nil
}

// handlings are those of a unit that are in force, by their own time (package recall takes a report as
// taken back in the same way).
func handlings(tx *badger.Txn, unit string) ([]duty.Handling, error) {
	schema, _ := schemas.Lookup(duty.TopicHandlings)
	var all []duty.Known[duty.Handling]
	err := each(tx, key(keyHandling, unit), func(_, v []byte) error {
		got, err := known(decoder(), schema, v)
		if h, ok := got.record.(*duty.Handling); err == nil && ok {
			all = append(all, duty.Known[duty.Handling]{Fact: *h, At: got.at})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	when := map[string]duty.Instant{}
	var out []duty.Handling
	for _, k := range duty.InForce[duty.Handling](duty.SortVersions[duty.Handling](all),
		func(*duty.Known[duty.Handling]) bool { return true }) {
		when[k.Fact.HandlingID] = min(k.Fact.At, k.At)
		out = append(out, k.Fact)
	}
	slices.SortStableFunc(out, func(a, b duty.Handling) int {
		return int(min(max(when[a.HandlingID]-when[b.HandlingID], -1), 1))
	})
	return out, nil
}

// decoder knows the built-in schemas, in which all values of the projection are written or were read. It is
// made when it is first needed: most commands read nothing with it.
var decoder = sync.OnceValue(schemas.NewStore)

// knownRecord is a record with when it was known; record is nil where it cannot be read.
type knownRecord struct {
	at     duty.Instant
	record any
}

// known reads a value that fact or handled wrote.
func known(store *schemas.Store, schema *schemas.Schema, v []byte) (knownRecord, error) {
	k := knownRecord{at: duty.Instant(binary.BigEndian.Uint64(v))}
	if len(v) == 8 {
		return k, nil
	}
	var err error
	k.record, err = store.Decode(schema, v[8:])
	return k, err
}
