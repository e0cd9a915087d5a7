package access_test

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/console/access"
)

// TestWho: who is let in, and with which roles.
func TestWho(t *testing.T) {
	sum := sha256.Sum256([]byte("secret"))
	list, err := access.ParseList([]byte("certificates:\n- {name: gate-kh, roles: [entry]}\n" +
		"tokens:\n- {name: journal, sha256: " + hex.EncodeToString(sum[:]) + ", roles: [reader, operator]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	checked := func(name string) *tls.ConnectionState {
		return &tls.ConnectionState{VerifiedChains: [][]*x509.Certificate{{{Subject: pkix.Name{CommonName: name}}}}}
	}
	unchecked := &tls.ConnectionState{PeerCertificates: []*x509.Certificate{{Subject: pkix.Name{CommonName: "gate-kh"}}}}
	for _, x := range []struct {
		name, host, bearer string
		guard              access.Guard
		tls                *tls.ConnectionState
		want               string
		roles              []access.Role
	}{
		{name: "nobody is let in by default", host: "tilsyn.example"},
		{name: "local", host: "127.0.0.1:8080", guard: access.Guard{Local: true}, want: "local", roles: access.Roles()},
		{name: "localhost", host: "localhost:8080", guard: access.Guard{Local: true}, want: "local",
			roles: access.Roles()},
		{name: "IPv6", host: "[::1]:8080", guard: access.Guard{Local: true}, want: "local", roles: access.Roles()},
		{name: "a name of another site", host: "evil.example:8080", guard: access.Guard{Local: true}},
		{name: "an address of the network", host: "192.0.2.7:8080", guard: access.Guard{Local: true}},
		{name: "a token", bearer: "secret", guard: access.Guard{List: list}, want: "token:journal",
			roles: []access.Role{access.Reader, access.Operator}},
		{name: "a wrong token", bearer: "secret2", guard: access.Guard{List: list}},
		{name: "a certificate", guard: access.Guard{List: list}, tls: checked("gate-kh"), want: "certificate:gate-kh",
			roles: []access.Role{access.Entry}},
		{name: "a certificate of nobody", guard: access.Guard{List: list}, tls: checked("gate-sj")},
		{name: "a certificate that nobody checked", guard: access.Guard{List: list}, tls: unchecked},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Host, r.TLS = x.host, x.tls
		if x.bearer != "" {
			r.Header.Set("Authorization", "Bearer "+x.bearer)
		}
		a := x.guard.Who(r)
		switch {
		case x.want == "" && a != nil:
			t.Errorf("%s: %q is let in", x.name, a.Name)
		case x.want != "" && (a == nil || a.Name != x.want || !slices.Equal(a.Roles, x.roles)):
			t.Errorf("%s: %+v", x.name, a)
		}
	}
}

// TestLists: what cannot be meant is refused, with what to do.
func TestLists(t *testing.T) {
	for text, want := range map[string]string{
		"certificates:\n- {roles: [entry]}":                         "has no name",
		"certificates:\n- {name: x}":                                "has no roles",
		"certificates:\n- {name: x, roles: [boss]}":                 `a role "boss"`,
		"tokens:\n- {name: x, sha256: secret, roles: [entry]}":      "64 hexadecimal digits",
		"oidc: {roles: {boss: [x]}}":                                `no role "boss"`,
		"certificate:\n- {name: x, roles: [entry]}":                 "cannot be read",
		"oidc: {roles: {reader: []}}":                               "has no value",
		"tokens:\n- {name: x, token: in-the-clear, roles: [entry]}": "cannot be read",
	} {
		if _, err := access.ParseList([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, without %q", text, err, want)
		}
	}
}

// TestNoRoleOpensEverything: what a role may not do.
func TestNoRoleOpensEverything(t *testing.T) {
	for role, never := range map[access.Role][]access.Right{
		access.Reader:   {access.Handle, access.Enter, access.Attest, access.Exclude},
		access.Operator: {access.SeePersons, access.Handle, access.Enter, access.Exclude},
		access.Entry:    {access.SeePersons, access.Handle, access.Exclude},
	} {
		for _, right := range never {
			if (&access.Actor{Roles: []access.Role{role}}).May(right) {
				t.Errorf("%s may %s", role, right)
			}
		}
	}
	var nobody *access.Actor
	if nobody.May(access.SeeCentres) {
		t.Error("nobody may see something")
	}
}
