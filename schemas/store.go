package schemas

import (
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
}

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
	st := &Store{writer: map[uint64]*avro.Schema{}, ids: map[uint32]*avro.Schema{}, plans: map[planKey]*planned{}}
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
		return nil, fmt.Errorf("%w: id %d of a schema registry, which is not asked; "+
			"let the producer write single-object frames "+
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
