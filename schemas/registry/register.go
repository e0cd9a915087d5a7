package registry

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/twmb/franz-go/pkg/sr"

	"tilsyn/schemas"
)

// Registered says what Register found or did.
type Registered struct {
	Subject string
	// ID is 0 where nothing was registered because DryRun was set.
	ID uint32
	// New is true if the registry did not have the schema; Level is the compatibility of the subject, and
	// Set true if it had none of its own.
	New, Set bool
	Level    string
}

// Register registers the schemas of list under their subjects, and gives a subject without a compatibility of
// its own FULL_TRANSITIVE, since all records are kept for ever. All subjects are looked at before anything is
// written: what is against the contract (contract §1, Evolution) is ErrRefused, with every reason. With dry
// nothing is written.
func (r *Registry) Register(ctx context.Context, list []*schemas.Schema, dry bool) ([]Registered, error) {
	out := make([]Registered, len(list))
	var reasons []string
	for i, s := range list {
		got, bad, err := r.look(ctx, s)
		if err != nil {
			return nil, err
		}
		out[i] = got
		reasons = append(reasons, bad...)
	}
	if len(reasons) > 0 {
		return nil, fmt.Errorf("%w as it is; nothing was registered:\n%s", ErrRefused, strings.Join(reasons, "\n"))
	}
	if dry {
		return out, nil
	}
	for i, s := range list {
		if err := r.register(ctx, s, &out[i]); err != nil {
			return nil, err
		}
	}
	return out, r.save()
}

// look finds out about one subject; bad are the reasons against registering there.
func (r *Registry) look(ctx context.Context, s *schemas.Schema) (got Registered, bad []string, err error) {
	got.Subject = r.Subject(s)
	level, err := r.level(ctx, got.Subject)
	if err != nil {
		return got, nil, err
	}
	got.Set = level == ""
	if got.Level = level; got.Set {
		got.Level = sr.CompatFullTransitive.String()
	}
	if !got.Set && level != sr.CompatFull.String() && level != sr.CompatFullTransitive.String() {
		bad = append(bad, fmt.Sprintf("%s: its compatibility is %s, under which others could register schemas that our "+
			"readers cannot read; set it to FULL_TRANSITIVE or FULL", got.Subject, level))
	}
	id, err := r.lookUp(ctx, s)
	switch {
	case notFound(err):
		got.New = true
		broken, err := r.judge(ctx, s, got.Subject)
		return got, append(bad, broken...), err
	case err != nil:
		return got, nil, err
	}
	got.ID = id
	return got, bad, nil
}

// level is the compatibility that a subject itself has; empty for none.
func (r *Registry) level(ctx context.Context, subject string) (string, error) {
	level := ""
	err := r.ask(ctx, "the compatibility of "+subject, func(ctx context.Context) error {
		got := r.client.Compatibility(ctx, subject)[0]
		if got.Err == nil {
			level = got.Level.String()
		}
		return got.Err
	})
	if notFound(err) {
		return "", nil
	}
	return level, err
}

// judge compares our schema with every version that the subject has, in both directions.
func (r *Registry) judge(ctx context.Context, s *schemas.Schema, subject string) (bad []string, err error) {
	var versions []sr.SubjectSchema
	err = r.ask(ctx, "the versions of "+subject, func(ctx context.Context) (err error) {
		versions, err = r.client.Schemas(ctx, subject)
		return err
	})
	if err != nil && !notFound(err) {
		return nil, err
	}
	for _, v := range versions {
		at := fmt.Sprintf("%s version %d", subject, v.Version)
		judged, err := schemas.CheckCompatibility([]byte(v.Schema.Schema))
		switch {
		case v.Type != sr.TypeAvro:
			bad = append(bad, fmt.Sprintf("%s is %s and not Avro", at, v.Type))
			continue
		case err != nil:
			bad = append(bad, at+": "+err.Error())
			continue
		case judged.Schema != s:
			bad = append(bad, fmt.Sprintf("%s is a schema of %s, the topic has %s", at, judged.Schema.Name(), s.Name()))
			continue
		}
		for _, b := range judged.Backward {
			bad = append(bad, at+" cannot read what our schema writes: "+b)
		}
		for _, f := range judged.Forward {
			bad = append(bad, "our schema cannot read what "+at+" writes: "+f)
		}
	}
	return bad, nil
}

// register writes what look found missing.
func (r *Registry) register(ctx context.Context, s *schemas.Schema, got *Registered) error {
	if got.New {
		err := r.ask(ctx, "registering "+got.Subject, func(ctx context.Context) error {
			id, err := r.client.RegisterSchema(ctx, got.Subject, ours(s), -1, -1)
			if err == nil {
				got.ID, err = asID(id)
			}
			if e := answered(err); e != nil && e.StatusCode == http.StatusConflict {
				err = fmt.Errorf("%w: it says that our schema is not compatible with %s: %s", ErrRefused, got.Subject, e.Message)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	if got.Set {
		err := r.ask(ctx, "setting the compatibility of "+got.Subject, func(ctx context.Context) error {
			return r.client.SetCompatibility(ctx, sr.SetCompatibility{Level: sr.CompatFullTransitive}, got.Subject)[0].Err
		})
		if err != nil {
			return fmt.Errorf("%s is registered with the id %d, its compatibility is not set: %w", got.Subject, got.ID, err)
		}
	}
	r.keep(s, got.ID)
	return nil
}
