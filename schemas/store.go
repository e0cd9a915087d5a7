package schemas

import (
	"errors"
	"fmt"
	"sync"

	"tilsyn/schemas/internal/avro"
)

// ErrUnknownWriter is wrapped by the error for a value whose frame names a
// schema that the store does not have. Add the schema and read again.
var ErrUnknownWriter = errors.New("unknown writer's schema")

// Store knows the schemas of writers and turns their values into ours. The
// built-in schemas are known from the start; others are added. It is safe for
// concurrent use.
type Store struct {
	mu     sync.RWMutex
	writer map[uint64]*avro.Schema
	ids    map[uint32]uint64
	plans  map[planKey]*planned
}

type planKey struct {
	writer uint64
	reader *Schema
}

// planned is a plan, or why there is none.
type planned struct {
	plan *avro.Plan
	err  error
}

// NewStore returns a store with the built-in schemas.
func NewStore() *Store {
	st := &Store{writer: map[uint64]*avro.Schema{}, ids: map[uint32]uint64{}, plans: map[planKey]*planned{}}
	for _, s := range all() {
		st.writer[s.fingerprint] = s.parsed
	}
	return st
}

// Add makes a writer's schema known by its fingerprint, which is returned.
func (st *Store) Add(text []byte) (uint64, error) {
	p, err := avro.Parse(text)
	if err != nil {
		return 0, err
	}
	fp := p.Fingerprint()
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.writer[fp] == nil {
		st.writer[fp] = p
	}
	return fp, nil
}

// AddID makes a writer's schema known by its id in the registry as well. An id
// never changes its meaning: giving it another schema is an error.
func (st *Store) AddID(id uint32, text []byte) error {
	fp, err := st.Add(text)
	if err != nil {
		return err
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	if old, ok := st.ids[id]; ok && old != fp {
		return fmt.Errorf("schema id %d is already that of another schema", id)
	}
	st.ids[id] = fp
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
	fp := f.Fingerprint
	if f.Kind == Confluent {
		st.mu.RLock()
		known, ok := st.ids[f.ID]
		st.mu.RUnlock()
		if !ok {
			return nil, scratch, fmt.Errorf("%s: %w: id %d; register it or give its .avsc file", s.name, ErrUnknownWriter, f.ID)
		}
		fp = known
	}
	if fp == s.fingerprint {
		return body, scratch, nil
	}
	plan, err := st.plan(fp, s)
	if err != nil {
		return nil, scratch, fmt.Errorf("%s: %w", s.name, err)
	}
	return transcode(s, plan, body, scratch)
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
func (st *Store) plan(fp uint64, s *Schema) (*avro.Plan, error) {
	key := planKey{fp, s}
	st.mu.RLock()
	p, w := st.plans[key], st.writer[fp]
	st.mu.RUnlock()
	if p == nil {
		if w == nil {
			return nil, fmt.Errorf("%w: fingerprint %016x; give its .avsc file", ErrUnknownWriter, fp)
		}
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
