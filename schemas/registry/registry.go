package registry

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/sr"

	"tilsyn/schemas"
)

var (
	// ErrGaveUp says that the registry did not answer within Config.GiveUpAfter.
	ErrGaveUp = errors.New("gave up waiting for the schema registry")
	// ErrRefused says that the registry, or what it holds, cannot be used as it is: settings have to
	// be changed.
	ErrRefused = errors.New("the schema registry cannot be used")
)

// Config says how to reach a registry.
type Config struct {
	// URLs are the addresses, http or https, tried in this order. Required.
	URLs []string
	// TLS is how to check an https address (default: by the system's authorities).
	TLS *tls.Config
	// User and Password are sent by basic authentication where User is not empty.
	User, Password string
	// Prefix of the topics, which begins every subject.
	Prefix string
	// Cache is the file that keeps ids; empty: none.
	Cache string
	// GiveUpAfter bounds the wait for an answer; then the error is ErrGaveUp. Default 60 s; negative: never.
	GiveUpAfter time.Duration
	// OnWait is told what is waited for (default: nobody is). The text names no person.
	OnWait func(text string)
}

// Registry is a schema registry with what is known of it. It is safe for concurrent use.
type Registry struct {
	cfg    Config
	client *sr.Client
	where  string // the addresses, for messages
	// first and longest are the pauses between questions: the first one and the most; unknown is how
	// long an answer holds that there is no such id.
	first, longest, unknown time.Duration

	mu     sync.Mutex
	kept   kept
	absent map[uint32]absent
	// patient is true once the wait for an answer has no end.
	patient bool
}

const (
	// answerWithin is the longest time for one answer.
	answerWithin = 10 * time.Second
	// maxAnswer bounds an answer, in bytes: no schema of use is as large.
	maxAnswer = 4 << 20
)

// Open reads the cache and makes store ask the registry about ids that it does not know. Nothing is
// asked yet.
func Open(cfg Config, store *schemas.Store) (*Registry, error) {
	if len(cfg.URLs) == 0 {
		return nil, fmt.Errorf("%w: no address is given", ErrRefused)
	}
	for _, u := range cfg.URLs {
		if err := checkURL(u); err != nil {
			return nil, err
		}
	}
	if cfg.GiveUpAfter == 0 {
		cfg.GiveUpAfter = time.Minute
	}
	if cfg.OnWait == nil {
		cfg.OnWait = func(string) {}
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = cfg.TLS
	opts := []sr.ClientOpt{sr.URLs(cfg.URLs...), sr.UserAgent("tilsyn"), sr.PreReq(ownLevelOnly),
		sr.HTTPClient(&http.Client{Timeout: answerWithin, Transport: bounded{transport}})}
	if cfg.User != "" {
		opts = append(opts, sr.BasicAuth(cfg.User, cfg.Password))
	}
	client, err := sr.NewClient(opts...)
	if err != nil {
		return nil, err
	}
	r := &Registry{cfg: cfg, client: client, where: strings.Join(cfg.URLs, ", "), absent: map[uint32]absent{},
		first: 500 * time.Millisecond, longest: 30 * time.Second, unknown: 30 * time.Second}
	if r.kept, err = readCache(cfg.Cache); err != nil {
		return nil, err
	}
	for id, text := range r.kept.Schemas {
		// One that cannot be used any more is asked for again when a value names it.
		_ = store.AddID(id, []byte(text))
	}
	store.ResolveBy(r)
	return r, nil
}

// checkURL refuses what is no address; it quotes none that may hold a password.
func checkURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return fmt.Errorf("%w: an address is not http://HOST:PORT or https://HOST:PORT", ErrRefused)
	case u.User != nil:
		return fmt.Errorf("%w: the address of %s holds a user; give user and password by themselves", ErrRefused, u.Host)
	}
	return nil
}

// ownLevelOnly asks for the compatibility of a subject itself, not for the one of the registry.
func ownLevelOnly(req *http.Request) error {
	if req.Method == http.MethodGet && strings.Contains(req.URL.Path, "/config/") {
		q := req.URL.Query()
		q.Set("defaultToGlobal", "false")
		req.URL.RawQuery = q.Encode()
	}
	return nil
}

// bounded is a transport whose answers end after maxAnswer bytes.
type bounded struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := b.next.RoundTrip(req)
	if err == nil {
		res.Body = limited{io.LimitReader(res.Body, maxAnswer), res.Body}
	}
	return res, err
}

// limited is a body that ends early.
type limited struct {
	io.Reader
	io.Closer
}

// Patient makes every later wait endless, as for an engine that has started.
func (r *Registry) Patient() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.patient = true
}

// Subject is where the registry has the schema of a topic's values.
func (r *Registry) Subject(s *schemas.Schema) string { return r.cfg.Prefix + s.Topic() + "-value" }

// Write makes store write the schemas of list in the registry's frame. Their ids are those of the cache; where
// one is missing, the registry is asked and waited for. A schema that is not registered is ErrRefused, and so is
// an id of the cache that a registry that answers contradicts.
func (r *Registry) Write(ctx context.Context, store *schemas.Store, list ...*schemas.Schema) error {
	var missing []*schemas.Schema
	for _, s := range list {
		if _, ok := r.own(s); !ok {
			missing = append(missing, s)
		}
	}
	var absent []string
	for _, s := range missing {
		id, err := r.lookUp(ctx, s)
		switch {
		case notFound(err):
			absent = append(absent, r.Subject(s))
		case err != nil:
			return err
		default:
			r.keep(s, id)
		}
	}
	if len(absent) > 0 {
		return fmt.Errorf("%w: %s does not have our schemas under %s; register them with `tilsyn schemas register`",
			ErrRefused, r.where, strings.Join(absent, ", "))
	}
	if len(missing) > 0 {
		if err := r.save(); err != nil {
			return err
		}
	}
	if err := r.confirm(ctx, list, missing); err != nil {
		return err
	}
	for _, s := range list {
		id, _ := r.own(s)
		if err := store.WriteAs(s, id); err != nil {
			return fmt.Errorf("%w: %s: %w: the ids are those of another registry%s", ErrRefused, r.Subject(s), err, r.remove())
		}
	}
	return nil
}

// confirm compares the ids that came from the cache with what the registry says, if it answers at once.
func (r *Registry) confirm(ctx context.Context, list, asked []*schemas.Schema) error {
	for _, s := range list {
		if slices.Contains(asked, s) {
			continue
		}
		id, err := r.lookUpOnce(ctx, s)
		had, _ := r.own(s)
		switch {
		case err == nil && id != had:
			return fmt.Errorf("%w: %s says that the schema of %s has the id %d, and the cache has %d: the ids in it are "+
				"those of another registry%s", ErrRefused, r.where, r.Subject(s), id, had, r.remove())
		case notFound(err):
			return fmt.Errorf("%w: %s does not have our schema under %s, and the cache has its id: the ids in it are "+
				"those of another registry, or the schema was deleted%s", ErrRefused, r.where, r.Subject(s), r.remove())
		case err != nil:
			r.cfg.OnWait(fmt.Sprintf("the schema registry does not answer; the ids of the cache are used: %v", err))
			return nil
		}
	}
	return nil
}

// remove says what to do about a cache of another registry.
func (r *Registry) remove() string {
	return "; name the registry that the topics were written with, or remove " + r.cfg.Cache +
		" if no value in the topics has an id of the old one"
}

// lookUp waits for the id of one of our schemas.
func (r *Registry) lookUp(ctx context.Context, s *schemas.Schema) (id uint32, err error) {
	err = r.ask(ctx, "the id of "+r.Subject(s), func(ctx context.Context) (err error) {
		id, err = r.lookUpOnce(ctx, s)
		return err
	})
	return id, err
}

func (r *Registry) lookUpOnce(ctx context.Context, s *schemas.Schema) (uint32, error) {
	got, err := r.client.LookupSchema(ctx, r.Subject(s), ours(s))
	if err != nil {
		return 0, err
	}
	return asID(got.ID)
}

// ours is a schema of ours as the registry takes it.
func ours(s *schemas.Schema) sr.Schema { return sr.Schema{Schema: string(s.Text()), Type: sr.TypeAvro} }

// asID returns an id as a frame holds it.
func asID(id int) (uint32, error) {
	if id < 0 || int64(id) > 1<<32-1 {
		return 0, fmt.Errorf("%w: it gave the id %d, which does not fit into a frame", ErrRefused, id)
	}
	return uint32(id), nil
}
