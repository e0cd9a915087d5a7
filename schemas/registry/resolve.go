package registry

import (
	"context"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/sr"
)

// absent is an id for which the registry has no schema that can be used.
type absent struct {
	why   string
	until time.Time
}

// maxAbsent bounds how many such ids are remembered.
const maxAbsent = 1024

// Resolve implements schemas.Resolver. That there is no such id is believed for a while, so that values
// with made-up ids do not fill the registry with questions.
func (r *Registry) Resolve(ctx context.Context, id uint32) (text []byte, refused string, err error) {
	r.mu.Lock()
	known, ok := r.absent[id]
	r.mu.Unlock()
	if ok && time.Now().Before(known.until) {
		return nil, known.why, nil
	}
	var got sr.Schema
	err = r.ask(ctx, fmt.Sprintf("the schema with the id %d", id), func(ctx context.Context) (err error) {
		got, err = r.client.SchemaByID(ctx, int(id))
		return err
	})
	switch {
	case notFound(err):
		refused = "it has no such schema"
	case err != nil:
		return nil, "", err
	case got.Type != sr.TypeAvro:
		refused = fmt.Sprintf("the schema is %s and not Avro", got.Type)
	case len(got.References) > 0:
		refused = "the schema refers to others; register it whole"
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if refused != "" {
		if len(r.absent) >= maxAbsent {
			clear(r.absent)
		}
		r.absent[id] = absent{refused, time.Now().Add(r.unknown)}
		return nil, refused, nil
	}
	r.kept.Schemas[id] = got.Schema
	if err := r.saveLocked(); err != nil {
		return nil, "", err
	}
	return []byte(got.Schema), "", nil
}
