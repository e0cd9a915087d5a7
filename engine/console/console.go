package console

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"html/template"
	"net/http"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"tilsyn/engine/console/access"
	"tilsyn/engine/console/projection"
	"tilsyn/engine/duty"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// Config configures [New].
type Config struct {
	// Guard says who may come in.
	Guard *access.Guard
	// Demo marks pages of simulated people.
	Demo bool
}

// World is what the engine knows of the centres.
type World struct {
	Centres  *duty.Centres
	Policies []duty.ActivePolicy
	// Feeds are the supervised feeds, and how far each has told everything (REL-06).
	Feeds []duty.FeedBeat
}

// Engine is the engine beside the pages, as far as they look at it. Its functions may be called from any
// goroutine and return at once.
type Engine struct {
	// Kafka says how to reach the topics, Schemas knows the writers' schemas.
	Kafka   topics.Config
	Schemas *schemas.Store
	// Dir is where the projection may lie; empty: in memory.
	Dir string
	// Key encrypts it there, 32 bytes; nil: it is not encrypted.
	Key []byte
	// Now is the clock of the engine, Trust whether facts carry their producers' times.
	Now   func() time.Time
	Trust bool
	// World is what is known of the centres; false before the engine has read it.
	World func() (World, bool)
	// Health is what /readyz says.
	Health func() any
	Log    zerolog.Logger
}

// DirProjection is the directory of the projection inside a data directory.
const DirProjection = "pages"

// Console are the pages; it is an http.Handler.
type Console struct {
	cfg       Config
	templates *template.Template
	handler   http.Handler
	views     []*view
	// patterns are the routes that answer somebody, as http.ServeMux has them.
	patterns []string
	limits   *limits
	// seal signs what a form shows before it is sent.
	seal [32]byte
	// live is what pages need of the engine; nil until Follow has it.
	live atomic.Pointer[live]
	// sent remembers what was sent lately, so that a second click is not sent at all.
	sent sent
	// accounts are the newest ones.
	accounts atomic.Pointer[Accounts]
	// crossOrigin refuses forms that another site sends.
	crossOrigin *http.CrossOriginProtection
}

// live is what the pages have while the engine runs.
type live struct {
	engine Engine
	store  *projection.Store
	client *topics.Client
	// writer serves one goroutine at a time.
	writing sync.Mutex
	writer  *topics.Producer
	// paper is the centres with the paper that lies under them.
	paper paperWorld
}

//go:embed templates/*.html static
var files embed.FS

// New makes the pages. Until [Console.Follow] runs they say that the engine is starting.
func New(cfg Config) (*Console, error) {
	c := &Console{cfg: cfg, limits: newLimits(), crossOrigin: http.NewCrossOriginProtection()}
	if _, err := rand.Read(c.seal[:]); err != nil {
		return nil, err
	}
	var err error
	if c.templates, err = template.New("").Funcs(c.functions()).ParseFS(files, "templates/*.html"); err != nil {
		return nil, err
	}
	c.views = c.allViews()
	c.handler = c.routes()
	return c, nil
}

// ServeHTTP answers a request.
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) { c.handler.ServeHTTP(w, r) }

// Follow keeps what the pages read up to date until ctx ends. The error is one of the brokers or the disk;
// the caller may call it again.
func (c *Console) Follow(ctx context.Context, e Engine) error {
	if c.cfg.Guard.Closed() {
		<-ctx.Done() // nobody could read it
		return ctx.Err()
	}
	dir := ""
	if e.Dir != "" {
		dir = filepath.Join(e.Dir, DirProjection)
	}
	store, err := projection.Open(dir, e.Key)
	if err != nil {
		return err
	}
	client, err := topics.Connect(ctx, e.Kafka)
	if err != nil {
		return errors.Join(err, store.Close())
	}
	client.NeverGiveUp()
	l := &live{engine: e, store: store, client: client, writer: client.NewProducer(topics.ProducerConfig{})}
	inner, cancel := context.WithCancel(ctx)
	var working sync.WaitGroup
	working.Go(func() { c.keepAccounts(inner, l) })
	c.live.Store(l)
	err = store.Follow(inner, client, e.Schemas)
	c.live.Store(nil)
	cancel()
	working.Wait()
	c.limits.drain() // whoever reads the store still
	client.Close()
	return errors.Join(err, store.Close())
}

// now is the clock of the engine.
func (l *live) now() duty.Instant { return duty.Instant(l.engine.Now().UnixMilli()) }

// world is what the core judges by, with the paper that lies under centres (RD-47).
func (l *live) world() (World, bool) {
	w, ok := l.engine.World()
	if !ok {
		return w, false
	}
	w.Centres = l.paper.of(l.store, w.Centres)
	return w, true
}

// paperWorld keeps the last centres with their paper.
type paperWorld struct {
	mu         sync.Mutex
	from, with *duty.Centres
	changes    int64
}

func (p *paperWorld) of(s *projection.Store, c *duty.Centres) *duty.Centres {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.from == c && p.changes == s.PapersChanged() {
		return p.with
	}
	list, n, err := s.Paper()
	if err != nil {
		return c
	}
	p.from, p.with, p.changes = c, c, n
	if len(list) > 0 {
		p.with = c.WithPaper(list)
	}
	return p.with
}
