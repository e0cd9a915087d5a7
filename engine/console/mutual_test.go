package console_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"tilsyn/engine/console/access"
	"tilsyn/engine/duty"
)

// authority signs certificates for a test.
type authority struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  []byte
}

func newAuthority(t *testing.T, name string) *authority {
	t.Helper()
	a := &authority{t: t}
	made := a.sign(&x509.Certificate{Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotAfter: time.Now().Add(time.Hour)})
	a.cert, a.key = made.Leaf, made.PrivateKey.(*ecdsa.PrivateKey)
	a.pem = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: made.Certificate[0]})
	return a
}

// sign makes a certificate; the authority's own signs itself.
func (a *authority) sign(c *x509.Certificate) tls.Certificate {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	c.SerialNumber, c.NotBefore = big.NewInt(time.Now().UnixNano()), time.Now().Add(-2*time.Hour)
	parent, by := c, key
	if a.cert != nil {
		parent, by = a.cert, a.key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, key.Public(), by)
	if err != nil {
		a.t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

// client is the certificate of somebody until a time.
func (a *authority) client(name string, until time.Time) *tls.Certificate {
	c := a.sign(&x509.Certificate{Subject: pkix.Name{CommonName: name}, NotAfter: until,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	return &c
}

// TestMutualTLS: over the engine's own listener a certificate gives the roles that the access file gives its name;
// one of another authority, or one that is over, does not get in, and without one only what names nobody is shown.
func TestMutualTLS(t *testing.T) {
	t.Parallel()
	ca, other := newAuthority(t, "centre"), newAuthority(t, "elsewhere")
	list, err := access.ParseList([]byte("certificates:\n- {name: gate-kh, roles: [entry]}\n" +
		"- {name: anna, roles: [officer]}\n- {name: drift, roles: [operator]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	server := ca.sign(&x509.Certificate{Subject: pkix.Name{CommonName: "tilsyn"}, NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}})
	encrypted, err := access.ServerTLS(server, ca.pem)
	if err != nil {
		t.Fatal(err)
	}
	r := startOn(t, &access.Guard{List: list}, "2026-02-05T12:00", map[string]string{"P-1": away}, "127.0.0.1:0",
		encrypted)
	hour := time.Now().Add(time.Hour)
	anna, gate := r.with(ca, ca.client("anna", hour), 0), r.with(ca, ca.client("gate-kh", hour), 0)
	r.until("the pages are open", func() bool {
		s, _, err := anna("/persons/P-1")
		return err == nil && s == http.StatusOK
	})
	for _, x := range []struct {
		name   string
		ask    ask
		path   string
		status int // 0: the connection fails
	}{
		{"an officer", anna, "/worklist", 200},
		{"the gate", gate, "/desk/notice", 200},
		{"the gate", gate, "/worklist", 403},
		{"the gate", gate, "/persons/P-1", 403},
		{"an operator", r.with(ca, ca.client("drift", hour), 0), "/centres/KH", 200},
		{"an operator", r.with(ca, ca.client("drift", hour), 0), "/desk/notice", 403},
		{"somebody who is not on the list", r.with(ca, ca.client("bo", hour), 0), "/worklist", 401},
		{"nobody", r.with(ca, nil, 0), "/worklist", 401},
		{"nobody", r.with(ca, nil, 0), "/api/persons/P-1", 401},
		{"nobody", r.with(ca, nil, 0), "/healthz", 200},
		{"a name of the list by another authority", r.with(ca, other.client("anna", hour), 0), "/worklist", 0},
		{"a certificate that is over", r.with(ca, ca.client("anna", time.Now().Add(-time.Hour)), 0), "/worklist", 0},
		{"a certificate that signed itself", r.with(ca, selfSigned(t, "anna"), 0), "/worklist", 0},
		{"an old protocol", r.with(ca, ca.client("anna", hour), tls.VersionTLS11), "/worklist", 0},
	} {
		status, text, err := x.ask(x.path)
		switch {
		case x.status == 0 && err == nil:
			t.Errorf("%s: %s answers %d", x.name, x.path, status)
		case x.status != 0 && (err != nil || status != x.status):
			t.Errorf("%s: %s: %d (%v), not %d", x.name, x.path, status, err, x.status)
		case status != http.StatusOK && strings.Contains(text, "3. feb."):
			t.Errorf("%s: %s shows a night", x.name, x.path)
		}
	}
	resp, err := http.Get("http://" + r.address() + "/worklist")
	if err == nil {
		resp.Body.Close()
		if resp.StatusCode != http.StatusBadRequest {
			t.Errorf("without encryption: %d", resp.StatusCode)
		}
	}
	for _, l := range r.lines(duty.TopicAudit) {
		if l.fact["by"] != "certificate:anna" {
			t.Errorf("a line of the audit topic is by %v, who saw nobody", l.fact["by"])
		}
	}
}

// TestAuthoritiesAreRead: a file without a certificate is no list of authorities.
func TestAuthoritiesAreRead(t *testing.T) {
	if _, err := access.ServerTLS(tls.Certificate{}, bytes.Repeat([]byte("x"), 10)); err == nil {
		t.Error("ten letters are an authority")
	}
	cfg, err := access.ServerTLS(tls.Certificate{}, nil)
	if err != nil || cfg.ClientAuth != tls.NoClientCert || cfg.MinVersion < tls.VersionTLS12 {
		t.Errorf("without authorities: %+v, %v", cfg, err)
	}
}

// selfSigned is a certificate that no authority signed.
func selfSigned(t *testing.T, name string) *tls.Certificate {
	t.Helper()
	return (&authority{t: t}).client(name, time.Now().Add(time.Hour))
}

// ask asks for a path over a connection of its own.
type ask func(path string) (status int, text string, err error)

// with asks with a certificate, and with nothing newer than a version of the protocol unless that is 0. The
// certificate is sent whether or not the server names its authority.
func (r *rig) with(ca *authority, c *tls.Certificate, most uint16) ask {
	roots := x509.NewCertPool()
	roots.AddCert(ca.cert)
	cfg := &tls.Config{RootCAs: roots, MaxVersion: most, MinVersion: tls.VersionTLS10}
	if c != nil {
		cfg.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return c, nil }
	}
	client := &http.Client{Timeout: within, Transport: &http.Transport{TLSClientConfig: cfg, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	base := url.URL{Scheme: "https", Host: r.address()}
	return func(path string) (int, string, error) {
		resp, err := client.Get(base.JoinPath(path).String())
		if err != nil {
			return 0, "", err
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		return resp.StatusCode, string(text), err
	}
}
