package access

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// OIDCConfig says how people sign in (OpenID Connect, authorization code with PKCE).
type OIDCConfig struct {
	// Issuer is the provider, ClientID and ClientSecret what it knows the pages by.
	Issuer, ClientID, ClientSecret string
	// Address is how people reach the pages, such as https://tilsyn.example; the provider sends them back
	// to its path /signed-in.
	Address string
	// Claims says which claim gives which role.
	Claims Claims
	// Now is the clock (default time.Now).
	Now func() time.Time
}

// OIDC signs people in and remembers their sessions, in memory alone: after a restart they sign in again,
// which they notice only where the provider has forgotten them too.
type OIDC struct {
	cfg      OIDCConfig
	verifier *oidc.IDTokenVerifier
	oauth    oauth2.Config

	mu       sync.Mutex
	sessions map[string]session
	pending  map[string]pending
}

// session is somebody who has signed in.
type session struct {
	actor Actor
	ends  time.Time
}

// pending is somebody who was sent to the provider.
type pending struct {
	nonce, verifier, back string
	ends                  time.Time
}

// Bounds of sessions.
const (
	sessionLength = 8 * time.Hour
	signInLength  = 10 * time.Minute
	mostSessions  = 10_000
)

// Names of cookies. The prefix makes browsers refuse them from anything but this host, encrypted.
const (
	sessionCookie = "__Host-tilsyn"
	stateCookie   = "__Host-tilsyn-state"
)

// NewOIDC asks the provider where it is to be found; the error is one of reaching it.
func NewOIDC(ctx context.Context, cfg OIDCConfig) (*OIDC, error) {
	p, err := oidc.NewProvider(ctx, cfg.Issuer)
	if err != nil {
		return nil, fmt.Errorf("the provider of --oidc-issuer does not answer as one: %w", err)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &OIDC{cfg: cfg, verifier: p.Verifier(&oidc.Config{ClientID: cfg.ClientID, Now: cfg.Now}),
		oauth: oauth2.Config{ClientID: cfg.ClientID, ClientSecret: cfg.ClientSecret, Endpoint: p.Endpoint(),
			RedirectURL: cfg.Address + "/signed-in", Scopes: []string{oidc.ScopeOpenID, "profile"}},
		sessions: map[string]session{}, pending: map[string]pending{}}, nil
}

// SignIn sends somebody to the provider; back is the path that they asked for.
func (o *OIDC) SignIn(w http.ResponseWriter, r *http.Request, back string) {
	state := rand.Text()
	p := pending{nonce: rand.Text(), verifier: oauth2.GenerateVerifier(), back: back, ends: o.cfg.Now().Add(signInLength)}
	o.mu.Lock()
	o.tidy()
	if len(o.pending) < mostSessions {
		o.pending[state] = p
	}
	o.mu.Unlock()
	http.SetCookie(w, cookie(stateCookie, state))
	http.Redirect(w, r, o.oauth.AuthCodeURL(state, oidc.Nonce(p.nonce), oauth2.S256ChallengeOption(p.verifier)),
		http.StatusSeeOther)
}

// errSignIn says that a sign-in did not come from here, or took too long.
var errSignIn = errors.New("this sign-in was not begun here, or it took more than ten minutes; begin again")

// SignedIn takes somebody back from the provider and returns the path that they asked for.
func (o *OIDC) SignedIn(w http.ResponseWriter, r *http.Request) (back string, err error) {
	state := r.URL.Query().Get("state")
	c, err := r.Cookie(stateCookie)
	if err != nil || state == "" || subtle.ConstantTimeCompare([]byte(c.Value), []byte(state)) != 1 {
		return "", errSignIn
	}
	o.mu.Lock()
	p, ok := o.pending[state]
	delete(o.pending, state)
	o.mu.Unlock()
	if !ok || o.cfg.Now().After(p.ends) {
		return "", errSignIn
	}
	token, err := o.oauth.Exchange(r.Context(), r.URL.Query().Get("code"), oauth2.VerifierOption(p.verifier))
	if err != nil {
		return "", errors.New("the provider did not confirm the sign-in; begin again")
	}
	raw, _ := token.Extra("id_token").(string)
	a, err := o.check(r.Context(), raw, p.nonce)
	if err != nil {
		return "", err
	}
	id := rand.Text() + rand.Text()
	o.mu.Lock()
	o.tidy()
	if len(o.sessions) < mostSessions {
		o.sessions[id] = session{*a, o.cfg.Now().Add(sessionLength)}
	}
	o.mu.Unlock()
	http.SetCookie(w, cookie(sessionCookie, id))
	http.SetCookie(w, gone(stateCookie))
	return p.back, nil
}

// SignOut ends the session of a request.
func (o *OIDC) SignOut(w http.ResponseWriter, r *http.Request) {
	if c, err := r.Cookie(sessionCookie); err == nil {
		o.mu.Lock()
		delete(o.sessions, c.Value)
		o.mu.Unlock()
	}
	http.SetCookie(w, gone(sessionCookie))
}

// check reads an id token; with a nonce it must be the answer to that sign-in.
func (o *OIDC) check(ctx context.Context, raw, nonce string) (*Actor, error) {
	t, err := o.verifier.Verify(ctx, raw)
	if err != nil || nonce != "" && subtle.ConstantTimeCompare([]byte(t.Nonce), []byte(nonce)) != 1 {
		return nil, errors.New("the provider's token is none for these pages, or its time is over; sign in again")
	}
	var claims map[string]any
	if err := t.Claims(&claims); err != nil {
		return nil, errors.New("the provider's token has no claims that can be read; ask who runs the provider")
	}
	var values []string
	switch v := claims[o.cfg.Claims.Claim].(type) {
	case string:
		values = []string{v}
	case []any:
		for _, x := range v {
			if s, ok := x.(string); ok {
				values = append(values, s)
			}
		}
	}
	return &Actor{Name: "oidc:" + t.Subject, Roles: o.cfg.Claims.rolesOf(values)}, nil
}

// session is who has signed in.
func (o *OIDC) session(r *http.Request) *Actor {
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	s, ok := o.sessions[c.Value]
	if !ok || o.cfg.Now().After(s.ends) {
		delete(o.sessions, c.Value)
		return nil
	}
	a := s.actor
	return &a
}

// tidy forgets what is over; the lock is held.
func (o *OIDC) tidy() {
	now := o.cfg.Now()
	for id, s := range o.sessions {
		if now.After(s.ends) {
			delete(o.sessions, id)
		}
	}
	for id, p := range o.pending {
		if now.After(p.ends) {
			delete(o.pending, id)
		}
	}
}

// cookie is one of this host alone, out of reach of scripts. Lax, since the provider sends people here from its
// own site.
func cookie(name, value string) *http.Cookie {
	return &http.Cookie{Name: name, Value: value, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode}
}

// gone takes a cookie away.
func gone(name string) *http.Cookie {
	return &http.Cookie{Name: name, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: -1}
}
