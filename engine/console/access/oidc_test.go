package access_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"tilsyn/engine/console/access"
)

// provider is an OpenID provider that signs everybody in at once.
type provider struct {
	server *httptest.Server
	key    *rsa.PrivateKey
	// nonce is that of the last sign-in; challenge what its code must be redeemed with.
	nonce, challenge string
	roles            []string
}

func newProvider(t *testing.T) *provider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{key: key, roles: []string{"tilsyn-sagsbehandler"}}
	mux := http.NewServeMux()
	answer := func(w http.ResponseWriter, v any) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(v)
	}
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"issuer": p.server.URL, "authorization_endpoint": p.server.URL + "/auth",
			"token_endpoint": p.server.URL + "/token", "jwks_uri": p.server.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256"}})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &key.PublicKey, KeyID: "k", Algorithm: "RS256",
			Use: "sig"}}})
	})
	mux.HandleFunc("/auth", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		p.nonce, p.challenge = q.Get("nonce"), q.Get("code_challenge")
		http.Redirect(w, r, q.Get("redirect_uri")+"?"+url.Values{"code": {"c"}, "state": {q.Get("state")}}.Encode(),
			http.StatusSeeOther)
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("code") != "c" || r.FormValue("code_verifier") == "" || p.challenge == "" {
			http.Error(w, "no", http.StatusBadRequest)
			return
		}
		answer(w, map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": p.token(t, "tilsyn", p.nonce,
			time.Hour)})
	})
	p.server = httptest.NewServer(mux)
	t.Cleanup(p.server.Close)
	return p
}

// token is an id token for an audience.
func (p *provider) token(t *testing.T, audience, nonce string, lasts time.Duration) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: p.key, KeyID: "k"}},
		nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := jwt.Signed(signer).Claims(map[string]any{"iss": p.server.URL, "sub": "anna", "aud": audience,
		"nonce": nonce,
		"iat":   time.Now().Unix(), "exp": time.Now().Add(lasts).Unix(), "roles": p.roles}).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestSignIn: somebody is sent to the provider, comes back with a session, and signs out; who did not begin here does
// not come in.
func TestSignIn(t *testing.T) {
	p := newProvider(t)
	var g access.Guard
	mux := http.NewServeMux()
	pages := httptest.NewTLSServer(mux)
	defer pages.Close()
	claims := access.Claims{Claim: "roles", Roles: map[access.Role][]string{access.Officer: {"tilsyn-sagsbehandler"}}}
	o, err := access.NewOIDC(context.Background(), access.OIDCConfig{Issuer: p.server.URL, ClientID: "tilsyn",
		Address: pages.URL, Claims: claims})
	if err != nil {
		t.Fatal(err)
	}
	g.OIDC = o
	mux.HandleFunc("/signed-in", func(w http.ResponseWriter, r *http.Request) {
		back, err := o.SignedIn(w, r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusForbidden)
			return
		}
		http.Redirect(w, r, back, http.StatusSeeOther)
	})
	mux.HandleFunc("/out", func(w http.ResponseWriter, r *http.Request) { o.SignOut(w, r) })
	var last *access.Actor
	mux.HandleFunc("/worklist", func(w http.ResponseWriter, r *http.Request) {
		if last = g.Who(r); last == nil && r.Header.Get("Authorization") == "" {
			o.SignIn(w, r, "/worklist")
		}
	})
	client := pages.Client()
	client.Jar, _ = cookiejar.New(nil)
	get := func(path string) *http.Response {
		resp, err := client.Get(pages.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp
	}
	if resp := get("/worklist"); resp.Request.URL.Path != "/worklist" || last == nil || last.Name != "oidc:anna" ||
		len(last.Roles) != 1 || last.Roles[0] != access.Officer {
		t.Fatalf("after the sign-in at %s: %+v", resp.Request.URL.Path, last)
	}
	if resp := get("/signed-in?state=x&code=c"); resp.StatusCode != http.StatusForbidden {
		t.Errorf("a sign-in that was not begun here: %d", resp.StatusCode)
	}
	get("/out")
	p.roles = nil
	if get("/worklist"); last == nil || len(last.Roles) != 0 {
		t.Errorf("without a value of the claim: %+v", last)
	}
	for name, token := range map[string]string{"of another audience": p.token(t, "other", "", time.Hour),
		"that is over": p.token(t, "tilsyn", "", -time.Hour), "that is none": "x.y.z"} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Authorization", "Bearer "+token)
		if a := g.Who(r); a != nil {
			t.Errorf("a token %s lets %q in", name, a.Name)
		}
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Authorization", "Bearer "+p.token(t, "tilsyn", "", time.Hour))
	if a := g.Who(r); a == nil || !a.Program {
		t.Errorf("a program's token: %+v", a)
	}
}
