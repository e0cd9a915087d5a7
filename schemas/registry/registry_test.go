package registry

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/sr"
	"github.com/twmb/franz-go/pkg/sr/srfake"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
)

// fake is a registry in this process with a counter of its questions.
type fake struct {
	*srfake.Registry
	asked atomic.Int64
	// down makes it answer that it is not well.
	down atomic.Bool
}

func newFake(t *testing.T, opts ...srfake.Option) *fake {
	t.Helper()
	f := &fake{Registry: srfake.New(opts...)}
	t.Cleanup(f.Close)
	f.Intercept(func(w http.ResponseWriter, _ *http.Request) bool {
		f.asked.Add(1)
		if f.down.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		return f.down.Load()
	})
	return f
}

// open opens a registry with short waits.
func open(t *testing.T, cfg Config) (*Registry, *schemas.Store) {
	t.Helper()
	if cfg.Prefix == "" {
		cfg.Prefix = "tilsyn."
	}
	store := schemas.NewStore()
	r, err := Open(cfg, store)
	if err != nil {
		t.Fatal(err)
	}
	r.first, r.longest = time.Millisecond, 4*time.Millisecond
	return r, store
}

func registered(t *testing.T, f *fake) {
	t.Helper()
	r, _ := open(t, Config{URLs: []string{f.URL()}})
	if _, err := r.Register(t.Context(), schemas.List(), false); err != nil {
		t.Fatal(err)
	}
}

var holds, _ = schemas.Lookup(duty.TopicHolds)

func aHold() *duty.Hold {
	return &duty.Hold{ID: "h-1", Version: 1, ReceivedAt: 1_770_000_000_000, HoldID: "h-1", PersonID: "P-1",
		Kind: duty.HoldKindCustody, ValidFrom: 1_770_000_000_000}
}

// TestWritesAndReads: every schema is registered once; what one store writes in the registry's frame another one
// reads, and neither needs the registry again once the ids are in the file.
func TestWritesAndReads(t *testing.T) {
	f := newFake(t)
	first, _ := open(t, Config{URLs: []string{f.URL()}})
	done, err := first.Register(t.Context(), schemas.List(), false)
	if err != nil || len(done) != len(schemas.List()) || !done[0].New || done[0].Level != "FULL_TRANSITIVE" {
		t.Fatalf("registered %+v, %v", done, err)
	}
	again, err := first.Register(t.Context(), schemas.List(), false)
	if err != nil || again[0].New || again[0].Set || again[0].ID != done[0].ID {
		t.Errorf("a second time: %+v, %v, want nothing new", again[0], err)
	}
	cache := filepath.Join(t.TempDir(), "ids.json")
	writer, out := open(t, Config{URLs: []string{f.URL()}, Cache: cache})
	if err := writer.Write(t.Context(), out, schemas.List()...); err != nil {
		t.Fatal(err)
	}
	value := out.AppendValue(nil, holds, aHold())
	if value[0] != 0 {
		t.Fatalf("the value begins with %x, not with the registry's frame", value[:5])
	}
	_, in := open(t, Config{URLs: []string{f.URL()}})
	read(t, in, value)

	f.Close()
	var told atomic.Int64
	later, store := open(t, Config{URLs: []string{f.URL()}, Cache: cache, OnWait: func(string) { told.Add(1) }})
	if err := later.Write(t.Context(), store, schemas.List()...); err != nil {
		t.Fatalf("a start without the registry: %v", err)
	}
	if told.Load() != 1 {
		t.Errorf("told %d times that the registry does not answer, want once", told.Load())
	}
	if got := store.AppendValue(nil, holds, aHold()); !reflect.DeepEqual(got, value) {
		t.Errorf("wrote %x, before it %x", got, value)
	}
	read(t, store, value)
}

// read reads a value that a hold was written as.
func read(t *testing.T, store *schemas.Store, value []byte) {
	t.Helper()
	if err := store.Learn(t.Context(), value); err != nil {
		t.Fatal(err)
	}
	got, err := store.Decode(holds, value)
	if err != nil || !reflect.DeepEqual(got, aHold()) {
		t.Errorf("read %+v, %v", got, err)
	}
	kept := store.Kept(holds, value)
	if again, err := schemas.NewStore().Decode(holds, kept); err != nil || !reflect.DeepEqual(again, aHold()) {
		t.Errorf("what is kept reads as %+v, %v", again, err)
	}
}

// TestOthersSchemas: a value is read by the schema that the registry has for its id; an id that it does not
// have, or whose schema is of no use, makes the value unreadable with the reason, and is asked for once.
func TestOthersSchemas(t *testing.T) {
	f := newFake(t)
	wider := strings.Replace(string(holds.Text()), `"fields": [`,
		`"fields": [{"name": "note", "type": "string", "default": "", "doc": "Theirs."},`, 1)
	f.SeedSchema("theirs", 1, 40, sr.Schema{Schema: wider})
	f.SeedSchema("proto", 1, 41, sr.Schema{Schema: "message X {}", Type: sr.TypeProtobuf})
	f.SeedSchema("other", 1, 42, sr.Schema{Schema: `{"type":"record","name":"Other","fields":[]}`})
	_, store := open(t, Config{URLs: []string{f.URL()}})
	value := holds.Append(append(schemas.AppendConfluentFrame(nil, 40), 4, 'h', 'i'), aHold())
	read(t, store, value)
	for id, want := range map[uint32]string{41: "PROTOBUF and not Avro", 42: "Other", 99: "it has no such schema"} {
		value := schemas.AppendConfluentFrame(nil, id)
		if err := store.Learn(t.Context(), value); err != nil {
			t.Errorf("id %d: %v", id, err)
		}
		if _, err := store.Decode(holds, value); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("id %d: %v, want something about %q", id, err, want)
		}
	}
	before := f.asked.Load()
	for range 5 {
		if err := store.Learn(t.Context(), schemas.AppendConfluentFrame(nil, 99)); err != nil {
			t.Fatal(err)
		}
	}
	if n := f.asked.Load() - before; n != 0 {
		t.Errorf("an id that is not there was asked for %d times more", n)
	}
	// Nothing is asked about a value in another frame, however it goes on.
	if err := store.Learn(t.Context(), holds.AppendValue(nil, aHold())); err != nil || f.asked.Load() != before {
		t.Errorf("a single-object frame was asked about: %v", err)
	}
}

// TestWithoutRegistry: a frame of a registry is not guessed at where none is named.
func TestWithoutRegistry(t *testing.T) {
	store := schemas.NewStore()
	value := holds.Append(schemas.AppendConfluentFrame(nil, 1), aHold())
	if err := store.Learn(t.Context(), value); err != nil {
		t.Fatal(err)
	}
	_, err := store.Decode(holds, value)
	if !errors.Is(err, schemas.ErrUnknownWriter) || !strings.Contains(err.Error(), "--schema-registry") {
		t.Errorf("got %v", err)
	}
}

// TestWaits: a registry that is not well makes nobody's value unreadable. It is waited for, with a word each time,
// until the time is over or the caller goes.
func TestWaits(t *testing.T) {
	f := newFake(t)
	registered(t, f)
	value := holds.Append(schemas.AppendConfluentFrame(nil, 1), aHold())
	f.down.Store(true)
	var told atomic.Int64
	r, store := open(t, Config{URLs: []string{f.URL()}, GiveUpAfter: 20 * time.Millisecond,
		OnWait: func(string) { told.Add(1) }})
	if err := store.Learn(t.Context(), value); !errors.Is(err, ErrGaveUp) || told.Load() == 0 {
		t.Errorf("got %v after %d words", err, told.Load())
	}
	if err := r.Write(t.Context(), store, holds); !errors.Is(err, ErrGaveUp) {
		t.Errorf("a start gave %v", err)
	}
	r.Patient()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Millisecond)
	defer cancel()
	if err := store.Learn(ctx, value); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a patient wait gave %v", err)
	}
	go func() {
		time.Sleep(30 * time.Millisecond)
		f.down.Store(false)
	}()
	if err := store.Learn(t.Context(), value); err != nil {
		t.Errorf("after it was well again: %v", err)
	}
}

// TestUserAndCertificate: a wrong password and an unknown authority are refused with what to do, and without the
// password.
func TestUserAndCertificate(t *testing.T) {
	f := newFake(t, srfake.WithAuth("Basic dGlsc3luOmhlbWxpZ3Q=")) // tilsyn:hemligt
	registered := func(cfg Config) error {
		r, _ := open(t, cfg)
		_, err := r.Register(t.Context(), []*schemas.Schema{holds}, false)
		return err
	}
	if err := registered(Config{URLs: []string{f.URL()}, User: "tilsyn", Password: "hemligt"}); err != nil {
		t.Errorf("with the right password: %v", err)
	}
	err := registered(Config{URLs: []string{f.URL()}, User: "tilsyn", Password: "forkert"})
	if !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "check the user") ||
		strings.Contains(err.Error(), "forkert") {
		t.Errorf("with a wrong password: %v", err)
	}
	if err := registered(Config{URLs: []string{f.URL()}}); !errors.Is(err, ErrRefused) {
		t.Errorf("without a user: %v", err)
	}
	secure := httptest.NewTLSServer(srfake.NewRegistry().Handler())
	defer secure.Close()
	if err := registered(Config{URLs: []string{secure.URL}}); !errors.Is(err, ErrRefused) ||
		!strings.Contains(err.Error(), "--schema-registry-ca") {
		t.Errorf("an unknown authority: %v", err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw}))
	if err := registered(Config{URLs: []string{secure.URL}, TLS: &tls.Config{RootCAs: pool}}); err != nil {
		t.Errorf("a known authority: %v", err)
	}
}

// TestRefused: what is against the contract is refused with every reason, and then nothing is registered.
func TestRefused(t *testing.T) {
	f := newFake(t)
	without := strings.Replace(string(holds.Text()), `"name": "hold_id",`, `"name": "case_id",`, 1)
	if without == string(holds.Text()) {
		t.Fatal("the schema of holds has no hold_id as it was")
	}
	f.SeedSchema("tilsyn.holds-value", 1, 7, sr.Schema{Schema: without})
	f.SeedSchema("tilsyn.notices-value", 1, 8, sr.Schema{Schema: string(holds.Text())})
	if err := f.SetCompat("tilsyn.notices-value", sr.CompatBackward); err != nil {
		t.Fatal(err)
	}
	r, _ := open(t, Config{URLs: []string{f.URL()}})
	_, err := r.Register(t.Context(), schemas.List(), false)
	if !errors.Is(err, ErrRefused) {
		t.Fatalf("got %v", err)
	}
	for _, want := range []string{
		"our schema cannot read what tilsyn.holds-value version 1 writes",
		"tilsyn.holds-value version 1 cannot read what our schema writes",
		"hold_id",
		"tilsyn.notices-value: its compatibility is BACKWARD",
		"tilsyn.notices-value version 1 is a schema of Hold, the topic has Notice",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the refusal does not say %q:\n%v", want, err)
		}
	}
	if f.SubjectExists("tilsyn.card-events-value") {
		t.Error("another subject was registered all the same")
	}
	clean := newFake(t)
	r, _ = open(t, Config{URLs: []string{clean.URL()}})
	if done, err := r.Register(t.Context(), schemas.List(), true); err != nil || !done[0].New || done[0].ID != 0 ||
		clean.SubjectExists("tilsyn.card-events-value") {
		t.Errorf("without writing: %+v, %v", done, err)
	}
}

// TestWrongRegistry: a registry that lacks our schemas, ids that are those of another one, a damaged file and an
// address with a password are refused with what to do.
func TestWrongRegistry(t *testing.T) {
	f, cache := newFake(t), filepath.Join(t.TempDir(), "ids.json")
	r, store := open(t, Config{URLs: []string{f.URL()}, Cache: cache})
	if err := r.Write(t.Context(), store, holds); !errors.Is(err, ErrRefused) ||
		!strings.Contains(err.Error(), "tilsyn.holds-value; register them with `tilsyn schemas register`") {
		t.Errorf("not registered: %v", err)
	}
	registered(t, f)
	if err := r.Write(t.Context(), store, holds); err != nil {
		t.Fatal(err)
	}
	other := newFake(t)
	other.SeedSchema("x", 1, 900, sr.Schema{Schema: `"string"`})
	registered(t, other)
	r, store = open(t, Config{URLs: []string{other.URL()}, Cache: cache})
	if err := r.Write(t.Context(), store, holds); !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), cache) {
		t.Errorf("another registry: %v", err)
	}
	if err := os.WriteFile(cache, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, cfg := range []Config{{URLs: []string{f.URL()}, Cache: cache}, {}, {URLs: []string{"localhost:8081"}},
		{URLs: []string{"http://u:hemligt@registry.example"}}} {
		_, err := Open(cfg, schemas.NewStore())
		if !errors.Is(err, ErrRefused) || strings.Contains(err.Error(), "hemligt") {
			t.Errorf("%v: %v", cfg.URLs, err)
		}
	}
}
