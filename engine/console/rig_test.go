package console_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tilsyn/engine/casefile"
	"tilsyn/engine/console"
	"tilsyn/engine/console/access"
	"tilsyn/engine/duty"
	"tilsyn/engine/internal/notation"
	"tilsyn/engine/policy"
	"tilsyn/engine/stream"
	"tilsyn/engine/stream/task"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// within bounds every wait of these tests.
const within = 3 * time.Minute

// rig is an engine on an embedded broker with its pages, on a clock that the test moves.
type rig struct {
	t        *testing.T
	client   *topics.Client
	producer *topics.Producer
	clock    atomic.Int64
	pages    *console.Console
	base     string
	log      safeLog
}

// beside passes what the engine shows on to the pages, as the command line does.
type beside struct{ *console.Console }

func (b beside) Follow(ctx context.Context, s stream.Sight) error {
	return b.Console.Follow(ctx, console.Engine{Kafka: s.Kafka, Schemas: s.Schemas, Dir: s.DataDir, Now: s.Now,
		Trust: s.Trust,
		World: func() (console.World, bool) {
			p, ok := s.World()
			return console.World{Centres: p.Centres, Policies: p.Policies, Feeds: p.Feeds}, ok
		},
		Health: func() any { return s.Health() }, Log: s.Log})
}

// safeLog is written by several goroutines.
type safeLog struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeLog) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeLog) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// start starts an engine at a local time; cases are persons with their facts in the notation.
func start(t *testing.T, guard *access.Guard, at string, cases map[string]string) *rig {
	t.Helper()
	r := startOn(t, guard, at, cases, "", nil)
	server := httptest.NewServer(r.pages)
	t.Cleanup(server.Close)
	r.base = server.URL
	r.until("the pages are open", func() bool {
		s, _ := r.browser().get("/desk")
		return s != http.StatusServiceUnavailable
	})
	return r
}

// startOn is start with a listener of the engine's own, which address finds, in place of one for the pages alone.
func startOn(t *testing.T, guard *access.Guard, at string, cases map[string]string, listen string,
	encrypted *tls.Config) *rig {
	t.Helper()
	broker, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	cfg := topics.Config{Brokers: broker.Brokers(), Prefix: topics.DefaultPrefix}
	client, err := topics.Connect(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	if _, err := client.Create(t.Context(), topics.CreateOptions{Partitions: 2, CreateTime: true}); err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, client: client, producer: client.NewProducer(topics.ProducerConfig{})}
	r.set(at)
	for id, text := range cases {
		r.load(id, text)
	}
	if r.pages, err = console.New(console.Config{Guard: guard, Demo: true}); err != nil {
		t.Fatal(err)
	}
	ready, dir := make(chan struct{}), t.TempDir()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- stream.Run(ctx, stream.Config{Kafka: cfg, DataDir: dir, TrustTimestamps: true, Policy: policy.Builtin(),
			Listen: listen, ListenTLS: encrypted,
			Now:    func() time.Time { return time.UnixMilli(r.clock.Load()) },
			Limits: task.Limits{Poll: 25 * time.Millisecond, MarkEvery: 30 * time.Millisecond},
			Pages:  beside{r.pages}, Log: zerolog.New(&r.log), Ready: func([]string) { close(ready) }})
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("the engine: %v", err)
		}
	})
	select {
	case <-ready:
	case err := <-ended:
		ended <- err
		t.Fatalf("the engine ended: %v", err)
	case <-time.After(within):
		t.Fatal("the engine is not ready")
	}
	if listen != "" && encrypted == nil {
		r.base = "http://" + r.address()
	}
	return r
}

// listening is the line of the log that says where the engine listens.
var listening = regexp.MustCompile(`"address":"([^"]+)","message":"listening"`)

// address is where the engine listens.
func (r *rig) address() string {
	r.t.Helper()
	m := listening.FindStringSubmatch(r.log.String())
	if m == nil {
		r.t.Fatal("the engine does not say where it listens")
	}
	return m[1]
}

// set moves the clock.
func (r *rig) set(at string) {
	i, err := notation.Time(at)
	if err != nil {
		r.t.Fatal(err)
	}
	r.clock.Store(int64(i))
}

// load writes the facts of a person, and the proofs of all logs around its nights.
func (r *rig) load(id, text string) {
	r.t.Helper()
	p := notation.New(id)
	if err := p.Read(text); err != nil {
		r.t.Fatal(err)
	}
	for _, f := range p.Added {
		r.put(f.Record, f.At)
	}
	proofs, err := p.Prove([]string{"N2026-02-03..2026-02-06", "D2026-02-03"})
	if err != nil {
		r.t.Fatal(err)
	}
	for i := range proofs {
		r.put(&proofs[i].Fact, proofs[i].At)
	}
}

func (r *rig) put(record any, at duty.Instant) {
	r.t.Helper()
	schema, ok := schemas.Of(record)
	if !ok {
		return
	}
	key, _ := casefile.Key(record)
	_, err := r.producer.Produce(r.t.Context(), []topics.Out{{Topic: schema.Topic(), Partition: topics.ByKey,
		Key:   []byte(key),
		Value: schema.AppendValue(nil, record), Timestamp: int64(at)}})
	if err != nil {
		r.t.Fatal(err)
	}
}

// browser is somebody who looks at pages and fills in forms.
type browser struct {
	r      *rig
	client *http.Client
	bearer string
}

func (r *rig) browser() *browser {
	jar, _ := cookiejar.New(nil)
	return &browser{r: r, client: &http.Client{Jar: jar, Timeout: within}}
}

// do asks and returns the status and the body; who is asked to come again does.
func (b *browser) do(method, path string, body io.Reader, kind string) (int, string) {
	b.r.t.Helper()
	var sent []byte
	if body != nil {
		sent, _ = io.ReadAll(body)
	}
	for begin := time.Now(); ; time.Sleep(200 * time.Millisecond) {
		status, text := b.once(method, path, bytes.NewReader(sent), kind)
		if status != http.StatusTooManyRequests || time.Since(begin) > within {
			return status, text
		}
	}
}

func (b *browser) once(method, path string, body io.Reader, kind string) (int, string) {
	b.r.t.Helper()
	req, err := http.NewRequest(method, b.r.base+path, body)
	if err != nil {
		b.r.t.Fatal(err)
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	if b.bearer != "" {
		req.Header.Set("Authorization", "Bearer "+b.bearer)
	}
	resp, err := b.client.Do(req)
	if err != nil {
		b.r.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.r.t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func (b *browser) get(path string) (int, string) {
	b.r.t.Helper()
	return b.do("GET", path, nil, "")
}

func (b *browser) post(path string, values url.Values) (int, string) {
	b.r.t.Helper()
	return b.do("POST", path, strings.NewReader(values.Encode()), "application/x-www-form-urlencoded")
}

// json reads a twin.
func (b *browser) json(path string, v any) {
	b.r.t.Helper()
	status, text := b.get("/api" + path)
	if status != http.StatusOK {
		b.r.t.Fatalf("/api%s: %d %s", path, status, text)
	}
	if err := json.Unmarshal([]byte(text), v); err != nil {
		b.r.t.Fatal(err)
	}
}

// until asks again and again until something holds.
func (r *rig) until(what string, holds func() bool) {
	r.t.Helper()
	for begin := time.Now(); time.Since(begin) < within; time.Sleep(100 * time.Millisecond) {
		if holds() {
			return
		}
	}
	r.t.Fatalf("not within %s: %s", within, what)
}

// list reads the work list.
func (b *browser) list(query string) console.WorkList {
	b.r.t.Helper()
	var out console.WorkList
	b.json("/worklist?"+query, &out)
	return out
}

// sealIn is the hidden field that holds what will be sent.
var sealIn = regexp.MustCompile(`name="seal" value="([^"]+)"`)

// enter fills a form in, looks at what it shows, and sends it.
func (b *browser) enter(form string, values url.Values) string {
	b.r.t.Helper()
	status, text := b.post("/desk/"+form, values)
	m := sealIn.FindStringSubmatch(text)
	if status != http.StatusOK || m == nil {
		b.r.t.Fatalf("%s: %d\n%s", form, status, text)
	}
	seal := url.Values{"seal": {m[1]}}
	if status, text = b.post("/desk/"+form+"/send", seal); status != http.StatusOK {
		b.r.t.Fatalf("%s is not sent: %d\n%s", form, status, text)
	}
	return m[1]
}

// count is how many records a topic has.
func (r *rig) count(topic string) int64 {
	r.t.Helper()
	parts, err := r.client.AllPartitions(r.t.Context(), topic)
	if err != nil {
		r.t.Fatal(err)
	}
	ends, err := r.client.Offsets(r.t.Context(), parts, topics.LastStable)
	if err != nil {
		r.t.Fatal(err)
	}
	var n int64
	for _, e := range ends {
		n += e
	}
	return n
}
