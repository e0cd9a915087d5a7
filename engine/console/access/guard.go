package access

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"slices"
	"strings"
)

// Guard says who a request is from.
type Guard struct {
	// Local lets everybody in who asks under a name of the loopback, with all roles (--insecure-local).
	Local bool
	// List says who has which role; nil: nobody.
	List *List
	// OIDC signs people in; nil: it does not.
	OIDC *OIDC
}

// Closed reports whether nobody can get in at all.
func (g *Guard) Closed() bool { return !g.Local && g.List == nil && g.OIDC == nil }

// Who returns the actor of a request; nil if nobody is known to ask.
func (g *Guard) Who(r *http.Request) *Actor {
	if g.Local {
		return g.local(r)
	}
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return g.bearer(r.Context(), token)
	}
	if a := g.certificate(r); a != nil {
		return a
	}
	if g.OIDC != nil {
		return g.OIDC.session(r)
	}
	return nil
}

// personCookie holds the name under which somebody works with --insecure-local.
const personCookie = "tilsyn_person"

// local is everybody who asks under a name of the loopback.
func (g *Guard) local(r *http.Request) *Actor {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	if host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil
	}
	a := &Actor{Name: "local", Roles: Roles(), Local: true}
	if c, err := r.Cookie(personCookie); err == nil && LocalName(c.Value) {
		a.Name = "local:" + c.Value
	}
	return a
}

// LocalName reports whether somebody may call themselves that with --insecure-local: 1 to 20 letters and digits.
func LocalName(s string) bool {
	return s != "" && len(s) <= 20 && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	})
}

// SetLocalName lets who asks work under a name from now on.
func SetLocalName(w http.ResponseWriter, name string) {
	//nolint:gosec // it is for the loopback alone, which is not encrypted
	http.SetCookie(w, &http.Cookie{Name: personCookie, Value: name, Path: "/", HttpOnly: true,
		SameSite: http.SameSiteStrictMode})
}

// bearer is the program of a token: one of the list, or an id token of the provider.
func (g *Guard) bearer(ctx context.Context, token string) *Actor {
	sum := sha256.Sum256([]byte(token))
	if g.List != nil {
		for i := range g.List.Tokens {
			if t := &g.List.Tokens[i]; subtle.ConstantTimeCompare(sum[:], t.sum) == 1 {
				return &Actor{Name: "token:" + t.Name, Roles: t.Roles, Program: true}
			}
		}
	}
	if g.OIDC == nil {
		return nil
	}
	a, err := g.OIDC.check(ctx, token, "")
	if err != nil {
		return nil
	}
	a.Program = true
	return a
}

// certificate is the subject of a client certificate that the listener has checked against its authorities.
func (g *Guard) certificate(r *http.Request) *Actor {
	if g.List == nil || r.TLS == nil || len(r.TLS.VerifiedChains) == 0 {
		return nil
	}
	name := r.TLS.VerifiedChains[0][0].Subject.CommonName
	i := slices.IndexFunc(g.List.Certificates, func(e Entrant) bool { return e.Name == name })
	if i < 0 {
		return nil
	}
	return &Actor{Name: "certificate:" + name, Roles: g.List.Certificates[i].Roles}
}
