package integration

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

const (
	testIssuer   = "https://issuer.test"
	testAudience = "kafka"
)

// tokenServer is a token endpoint with the keys of its tokens: the client credentials grant for clients
// whose secrets it knows.
type tokenServer struct {
	*httptest.Server
	signer jose.Signer
	keys   jose.JSONWebKeySet

	mu      sync.Mutex
	secrets map[string]string // by client id
	life    time.Duration     // of a token
	given   map[string]int    // how many tokens a client has got
}

func newTokenServer(t *testing.T) *tokenServer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	s := &tokenServer{secrets: map[string]string{}, life: time.Hour, given: map[string]int{},
		keys: jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "1", Algorithm: "ES256", Use: "sig"}}}}
	s.signer, err = jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key},
		(&jose.SignerOptions{}).WithType("JWT").WithHeader("kid", "1"))
	must(t, err)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(s.keys)
	})
	mux.HandleFunc("POST /token", s.give)
	mux.HandleFunc("POST /token/", s.give) // as Apicurio asks
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

// give answers a client that asks for a token.
func (s *tokenServer) give(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	id, secret, ok := r.BasicAuth()
	if !ok {
		id, secret = r.FormValue("client_id"), r.FormValue("client_secret")
	}
	if r.FormValue("grant_type") != "client_credentials" || secret == "" || s.secrets[id] != secret {
		w.WriteHeader(http.StatusUnauthorized)
		_ = json.NewEncoder(w).Encode(map[string]string{"error": "invalid_client"})
		return
	}
	token, err := s.sign(id, s.life)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	s.given[id]++
	_ = json.NewEncoder(w).Encode(map[string]any{"access_token": token, "token_type": "Bearer",
		"expires_in": int(s.life.Seconds())})
}

// sign makes a token for a subject.
func (s *tokenServer) sign(subject string, life time.Duration) (string, error) {
	now := time.Now()
	return jwt.Signed(s.signer).Claims(jwt.Claims{Subject: subject, Issuer: testIssuer,
		Audience: jwt.Audience{testAudience}, IssuedAt: jwt.NewNumericDate(now.Add(-time.Second)),
		Expiry: jwt.NewNumericDate(now.Add(life))}).Serialize()
}

// token is sign for tests.
func (s *tokenServer) token(t *testing.T, subject string, life time.Duration) string {
	t.Helper()
	token, err := s.sign(subject, life)
	must(t, err)
	return token
}

// admit makes a client known, or gives it another secret.
func (s *tokenServer) admit(id, secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.secrets[id] = secret
}

// lives says how long tokens hold from now on.
func (s *tokenServer) lives(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.life = d
}

// count is how many tokens a client has got.
func (s *tokenServer) count(id string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.given[id]
}
