package schemas

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"

	"tilsyn/schemas/internal/avro"
)

// ErrUnknownWriter is wrapped by the error for a value whose frame names a
// schema that the store does not have. Who has the schema may Add it and read again.
var ErrUnknownWriter = errors.New("unknown writer's schema")

// Store knows the schemas of writers and turns their values into ours. The
// built-in schemas are known from the start; others are added. It is safe for
// concurrent use.
type Store struct {
	mu sync.RWMutex
	// writer holds one schema per fingerprint. Since the canonical form leaves
	// logical types out, an id may stand for another schema of the same
	// fingerprint, one that counts in microseconds.
	writer map[uint64]*avro.Schema
	ids    map[uint32]*avro.Schema
	plans  map[planKey]*planned
	// resolver is asked about ids; nil where no schema registry is. refused are ids that it has no usable
	// schema for, with the reason; written the ids that our own values are framed with.
	resolver Resolver
	refused  map[uint32]string
	written  map[*Schema]uint32
}

// Resolver knows what the ids of a schema registry stand for.
type Resolver interface {
	// Resolve returns the text of the schema with an id. refused says why there is none that can be used;
	// an error says that nobody knows now, and the value may be readable later.
	Resolve(ctx context.Context, id uint32) (text []byte, refused string, err error)
}

// maxRefused bounds how many ids without a usable schema are remembered with the reason.
const maxRefused = 1024

// planKey is whose bytes are read, and into what.
type planKey struct {
	writer *avro.Schema
	reader *Schema
}

// planned is a plan, or why there is none.
type planned struct {
	plan *avro.Plan
	err  error
}

// NewStore returns a store with the built-in schemas and those that earlier
// versions wrote with.
func NewStore() *Store {
	st := &Store{writer: map[uint64]*avro.Schema{}, ids: map[uint32]*avro.Schema{}, plans: map[planKey]*planned{},
		refused: map[uint32]string{}, written: map[*Schema]uint32{}}
	for _, p := range past() {
		st.writer[p.Fingerprint()] = p
	}
	for _, s := range all() {
		st.writer[s.fingerprint] = s.parsed
	}
	return st
}

// Add makes a writer's schema known by its fingerprint, which is returned. One that
// differs from a known one of that fingerprint in its units is refused.
func (st *Store) Add(text []byte) (uint64, error) {
	p, err := avro.Parse(text)
	if err != nil {
		return 0, err
	}
	fp := p.Fingerprint()
	st.mu.Lock()
	defer st.mu.Unlock()
	switch known := st.writer[fp]; {
	case known == nil:
		st.writer[fp] = p
	case !avro.SameUnits(known, p):
		// A frame with this fingerprint could be of either, and read in the wrong unit.
		return fp, fmt.Errorf("fingerprint %016x is already that of a schema with other logical types; "+
			"give its writer an id (AddID)", fp)
	}
	return fp, nil
}

// AddID makes a writer's schema known by its id in the registry as well. An id
// never changes its meaning: giving it another schema is an error.
func (st *Store) AddID(id uint32, text []byte) error {
	p, err := avro.Parse(text)
	if err != nil {
		return err
	}
	fp := p.Fingerprint()
	st.mu.Lock()
	defer st.mu.Unlock()
	if old := st.ids[id]; old != nil {
		if old.Fingerprint() != fp || !avro.SameUnits(old, p) {
			return fmt.Errorf("schema id %d is already that of another schema", id)
		}
		return nil
	}
	if known := st.writer[fp]; known == nil {
		st.writer[fp] = p
	} else if avro.SameUnits(known, p) {
		p = known
	}
	st.ids[id] = p
	return nil
}

// ResolveBy makes Learn ask about ids that the store does not know.
func (st *Store) ResolveBy(r Resolver) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.resolver = r
}

// Learn makes the writer of a value known where its frame names an id that is not, if there is somebody
// to ask. An error means that the value cannot be judged yet: it must be neither read nor given up. Any
// other value needs nothing, and Payload says what is wrong with it.
func (st *Store) Learn(ctx context.Context, value []byte) error {
	if len(value) < confluentHead || value[0] != 0x00 {
		return nil
	}
	id := binary.BigEndian.Uint32(value[1:])
	st.mu.RLock()
	ask, known := st.resolver, st.ids[id] != nil
	st.mu.RUnlock()
	if ask == nil || known {
		return nil
	}
	text, refused, err := ask.Resolve(ctx, id)
	if err != nil {
		return err
	}
	if refused == "" {
		if err = st.AddID(id, text); err == nil {
			return nil
		}
		refused = err.Error()
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	if len(st.refused) >= maxRefused {
		clear(st.refused)
	}
	st.refused[id] = refused
	return nil
}

// WriteAs makes AppendValue write the registry's frame with this id for a schema. The registry must say
// that the id is that of the schema's text.
func (st *Store) WriteAs(s *Schema, id uint32) error {
	if err := st.AddID(id, s.text); err != nil {
		return err
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	st.written[s] = id
	return nil
}

// AppendValue appends v in the frame that values of the schema are written in: that of the registry after
// WriteAs, else the single-object frame; v as in [Schema.Append].
func (st *Store) AppendValue(b []byte, s *Schema, v any) []byte {
	st.mu.RLock()
	id, ok := st.written[s]
	st.mu.RUnlock()
	if !ok {
		return s.AppendValue(b, v)
	}
	return s.Append(AppendConfluentFrame(b, id), v)
}

// Kept returns a value of a topic's schema s as it can be read without a registry: one in the registry's frame
// that can be read is written anew in the single-object frame, any other is returned as it is.
func (st *Store) Kept(s *Schema, value []byte) []byte {
	if len(value) == 0 || value[0] != 0x00 {
		return value
	}
	payload, _, err := st.Payload(s, value, nil)
	if err != nil {
		return value
	}
	return append(s.AppendFrame(nil), payload...)
}

// Payload takes the frame off a value of a topic's schema s and returns the
// value in the binary form of s itself, to be read with the typed Decode
// function. For our own writers that is a part of value; for others it is
// rewritten behind scratch[:0], and the result is valid until scratch is used
// again. The grown scratch is returned for the next call.
func (st *Store) Payload(s *Schema, value, scratch []byte) (payload, grown []byte, err error) {
	f, body, err := SplitFrame(value)
	if err != nil {
		return nil, scratch, fmt.Errorf("%s: %w", s.name, err)
	}
	w := s.parsed
	if f.Kind == Confluent || f.Fingerprint != s.fingerprint {
		if w, err = st.find(f); err != nil {
			return nil, scratch, fmt.Errorf("%s: %w", s.name, err)
		}
	}
	if w == s.parsed {
		return body, scratch, nil
	}
	plan, err := st.plan(w, s)
	if err != nil {
		return nil, scratch, fmt.Errorf("%s: %w", s.name, err)
	}
	return transcode(s, plan, body, scratch)
}

// find returns the schema that a frame names.
func (st *Store) find(f Frame) (*avro.Schema, error) {
	st.mu.RLock()
	defer st.mu.RUnlock()
	if f.Kind == Confluent {
		if w := st.ids[f.ID]; w != nil {
			return w, nil
		}
		if st.resolver != nil {
			return nil, fmt.Errorf("%w: id %d of the schema registry: %s", ErrUnknownWriter, f.ID, st.refused[f.ID])
		}
		return nil, fmt.Errorf("%w: id %d of a schema registry, which is not asked; "+
			"name it (--schema-registry), or let the producer write single-object frames "+
			"(C3 01, the fingerprint of the schema that `tilsyn schemas show` prints)", ErrUnknownWriter, f.ID)
	}
	if w := st.writer[f.Fingerprint]; w != nil {
		return w, nil
	}
	return nil, fmt.Errorf("%w: fingerprint %016x is that of no schema of this version; "+
		"`tilsyn schemas list` prints those that are", ErrUnknownWriter, f.Fingerprint)
}

func transcode(s *Schema, plan *avro.Plan, body, scratch []byte) (payload, grown []byte, err error) {
	out, rest, err := plan.Transcode(scratch[:0], body)
	var fault *avro.Error
	if errors.As(err, &fault) {
		return nil, scratch, &DecodeError{Record: s.name, Field: fault.Path, Offset: fault.Offset, Reason: fault.Reason}
	}
	if len(rest) > 0 {
		return nil, scratch, trailing(s, len(body), len(rest))
	}
	return out, out, nil
}

func trailing(s *Schema, all, rest int) *DecodeError {
	return &DecodeError{Record: s.name, Offset: all - rest, Reason: fmt.Sprintf("%d bytes follow the record", rest)}
}

// plan returns the plan from a writer to s, made on first use.
func (st *Store) plan(w *avro.Schema, s *Schema) (*avro.Plan, error) {
	key := planKey{w, s}
	st.mu.RLock()
	p := st.plans[key]
	st.mu.RUnlock()
	if p == nil {
		p = &planned{}
		p.plan, p.err = avro.Compile(w, s.parsed)
		st.mu.Lock()
		st.plans[key] = p
		st.mu.Unlock()
	}
	return p.plan, p.err
}

// Decode reads a framed value of a topic's schema s into a new record.
func (st *Store) Decode(s *Schema, value []byte) (any, error) {
	payload, _, err := st.Payload(s, value, nil)
	if err != nil {
		return nil, err
	}
	return s.Decode(payload)
}
