package topics

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestBearerMessages: the messages of RFC 7628, section 4.1 and 4.3, without the optional parts.
func TestBearerMessages(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	for _, c := range []struct{ token, want string }{
		{"vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\n", "n,,\x01auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\x01\x01"},
		{"", ""},
		{"a\x01b", ""},
	} {
		if err := os.WriteFile(file, []byte(c.token), 0o600); err != nil {
			t.Fatal(err)
		}
		s, first, err := oauthBearer{TokenFile(file)}.Start(t.Context())
		if c.want == "" {
			if !errors.Is(err, ErrRefused) {
				t.Errorf("token %q: %v", c.token, err)
			}
			continue
		}
		if err != nil || string(first) != c.want {
			t.Fatalf("%q, %v", first, err)
		}
		if done, answer, err := s.Next(t.Context(), nil); !done || answer != nil || err != nil {
			t.Errorf("an accepted token: %v %q %v", done, answer, err)
		}
		refused := []byte(`{"status":"invalid_token"}`)
		if done, answer, err := s.Next(t.Context(), refused); done || string(answer) != "\x01" || err != nil {
			t.Errorf("a refused token: %v %q %v", done, answer, err)
		}
		if done, _, err := s.Next(t.Context(), nil); done || err == nil {
			t.Error("a refused token was taken for an accepted one")
		}
	}
}

// TestClaims: who a token speaks of, and that one that is over is not tried.
func TestClaims(t *testing.T) {
	jwt := func(claims string) string { return "h." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".s" }
	for token, want := range map[string]string{jwt(`{"sub":"engine"}`): "engine", "opaque": "(the subject of the token)",
		"a.b.c": "(the subject of the token)"} {
		if got := claimsOf(token); got.Subject != want || got.Expires != 0 {
			t.Errorf("%s: %v, want %s", token, got, want)
		}
	}
	file := filepath.Join(t.TempDir(), "token")
	for ago, over := range map[time.Duration]bool{time.Minute: true, time.Second: false, -time.Hour: false} {
		text := jwt(fmt.Sprintf(`{"sub":"engine","exp":%d}`, time.Now().Add(-ago).Unix()))
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, _, err := oauthBearer{TokenFile(file)}.Start(t.Context())
		if over != errors.Is(err, ErrRefused) || over && !strings.Contains(err.Error(), "the token expired at 20") {
			t.Errorf("a token that ended %s ago: %v", ago, err)
		}
	}
}

// TestClientCredentials: a token is kept while it holds, and asked for anew after a refusal, with
// another secret, and when most of its life is over.
func TestClientCredentials(t *testing.T) {
	asked, life, known := 0, 3600, "one"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		id, secret, _ := r.BasicAuth()
		switch {
		case known == "":
			w.WriteHeader(http.StatusBadGateway)
		case id != "engine" || secret != known || r.FormValue("scope") != "a b" || r.FormValue("audience") != "kafka":
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, `{"error":"invalid_client","error_description":"secret one is wrong"}`)
		default:
			asked++
			fmt.Fprintf(w, `{"access_token":"t%d","token_type":"Bearer","expires_in":%d}`, asked, life)
		}
	}))
	defer server.Close()
	secret := "one"
	from := ClientCredentials{URL: server.URL, ClientID: "engine", Secret: func() (string, error) { return secret, nil },
		Scopes: []string{"a", "b"}, Audience: "kafka"}.Tokens()
	next := func(want string) {
		t.Helper()
		if got, err := from.Token(context.Background()); err != nil || got != want {
			t.Errorf("%q, %v; want %s", got, err, want)
		}
	}
	next("t1")
	next("t1")
	from.Refused("t1")
	next("t2")
	from.Refused("t1") // one that is not kept any more
	next("t2")
	secret = "two"
	_, err := from.Token(t.Context())
	if !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "status 401 (invalid_client)") ||
		strings.Contains(err.Error(), "one") {
		t.Errorf("a wrong secret: %v", err)
	}
	known, life = "two", 0
	next("t3")
	known = ""
	from.Refused("t3")
	if _, err := from.Token(t.Context()); err == nil || errors.Is(err, ErrFatal) || !strings.Contains(err.Error(), "502") {
		t.Errorf("an endpoint that is down: %v", err)
	}
}
