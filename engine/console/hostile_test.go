package console_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"tilsyn/engine/console/access"
)

// mostUnderWay is the limit of the package: how much one reader may have under way.
const mostUnderWay = 16

// stuck is an answer that nobody reads, and a form that never arrives.
type stuck struct {
	header http.Header
	reach  func()
	free   <-chan struct{}
}

// Header implements http.ResponseWriter.
func (s *stuck) Header() http.Header { return s.header }

// WriteHeader implements http.ResponseWriter.
func (s *stuck) WriteHeader(int) {}

// Write implements http.ResponseWriter; it waits until the test is over.
func (s *stuck) Write(b []byte) (int, error) {
	s.reach()
	<-s.free
	return len(b), nil
}

// Read implements io.Reader; it waits until the test is over.
func (s *stuck) Read([]byte) (int, error) {
	s.reach()
	<-s.free
	return 0, io.EOF
}

// TestSlowReadersStopNothing: readers that do not read their answers, senders whose forms never arrive and
// connections over which nothing is asked leave room: the next request of the same reader is refused, others are
// answered, the engine is well, and it goes on judging.
func TestSlowReadersStopNothing(t *testing.T) {
	sum := func(s string) string { x := sha256.Sum256([]byte(s)); return hex.EncodeToString(x[:]) }
	text := "tokens:\n"
	for _, name := range []string{"slow", "mute", "good"} {
		text += "- {name: " + name + ", sha256: " + sum(name+"-token") + ", roles: [officer]}\n"
	}
	list, err := access.ParseList([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	r := startOn(t, &access.Guard{List: list}, "2026-02-05T12:00", map[string]string{"P-1": away}, "127.0.0.1:0", nil)
	good := r.browser()
	good.bearer = "good-token"
	r.until("the night is on the list", func() bool {
		s, text := good.get("/api/worklist?duty=STAY")
		return s == http.StatusOK && strings.Contains(text, `"P-1"`)
	})
	free, reached := make(chan struct{}), make(chan struct{}, 3*mostUnderWay)
	var held sync.WaitGroup
	t.Cleanup(func() { close(free); held.Wait() })
	ask := func(token, method, path string, body io.Reader, w http.ResponseWriter) {
		req := httptest.NewRequest(method, path, body)
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.pages.ServeHTTP(w, req)
	}
	for range mostUnderWay {
		reach := sync.OnceFunc(func() { reached <- struct{}{} })
		held.Go(func() {
			ask("slow-token", http.MethodGet, "/persons/P-1", nil, &stuck{http.Header{}, reach, free})
		})
		held.Go(func() {
			once := sync.OnceFunc(func() { reached <- struct{}{} })
			ask("mute-token", http.MethodPost, "/desk/notice", &stuck{nil, once, free}, httptest.NewRecorder())
		})
	}
	for range 2 * mostUnderWay {
		<-reached
	}
	for _, token := range []string{"slow-token", "mute-token"} {
		w := httptest.NewRecorder()
		ask(token, http.MethodGet, "/desk", nil, w)
		if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" {
			t.Errorf("%s has all that one may have under way and gets %d", token, w.Code)
		}
	}
	if s, _ := good.get("/worklist"); s != http.StatusOK {
		t.Errorf("another reader gets %d", s)
	}
	r.crowded(good)
	r.load("P-2", away)
	r.until("the engine goes on judging", func() bool {
		_, text := good.get("/api/worklist?duty=STAY")
		return strings.Contains(text, `"P-2"`)
	})
}

// crowded opens more connections from one address than it may have; from another one all is as before.
func (r *rig) crowded(b *browser) {
	r.t.Helper()
	for range 300 {
		conn, err := (&net.Dialer{}).DialContext(r.t.Context(), "tcp", r.address())
		if err != nil {
			continue // it is refused
		}
		r.t.Cleanup(func() { _ = conn.Close() })
		_, _ = io.WriteString(conn, "GET /worklist HTTP/1.1\r\n") // where it is closed already, the better
	}
	from := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}
	b.client.Transport = &http.Transport{DialContext: from.DialContext}
	for _, path := range []string{"/healthz", "/readyz", "/metrics", "/worklist"} {
		r.until(path+" answers while another address holds as many connections as it may", func() bool {
			s, _ := b.get(path)
			return s == http.StatusOK
		})
	}
}
