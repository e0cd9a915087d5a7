package integration

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"tilsyn/integration/kafkaproc"
)

// authority makes certificates for a test.
type authority struct {
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
	// file holds the authority's own certificate, PEM.
	file string
}

func newAuthority(t *testing.T, dir, name string) *authority {
	t.Helper()
	a := &authority{file: filepath.Join(dir, name+".pem")}
	a.key, a.cert = certificate(t, name, nil, a.file, "")
	return a
}

// certificate makes a key and a certificate, signed by the authority or, without
// one, by itself, and writes them down: the certificate to one file and the key,
// if it is wanted, to another.
func certificate(t *testing.T, name string, by *authority,
	certFile, keyFile string) (*ecdsa.PrivateKey, *x509.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	parent, signer := template, key
	if by == nil {
		template.IsCA, template.BasicConstraintsValid, template.KeyUsage = true, true, x509.KeyUsageCertSign
		template.IPAddresses, template.ExtKeyUsage = nil, nil
	} else {
		parent, signer = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	must(t, err)
	cert, err := x509.ParseCertificate(der)
	must(t, err)
	must(t, os.WriteFile(certFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	if keyFile != "" {
		bytes, err := x509.MarshalPKCS8PrivateKey(key)
		must(t, err)
		must(t, os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: bytes}), 0o600))
	}
	return key, cert
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// reauthenticate is how long an authentication holds.
const reauthenticate = 3 * time.Second

const (
	testUser     = "clerk"
	testPassword = "9-not-in-any-message-7"
)

// guarded is a broker that wants TLS and SASL, and what a client needs for that.
type guarded struct {
	program, dir          string
	at                    kafkaproc.SecureAddresses
	plain                 string
	ca, otherCA           string
	cert, key, password   string
	strangeCert, strangeK string

	ours   *authority
	tokens *tokenServer
	broker *kafkaproc.Broker
}

func newGuarded(t *testing.T, settings ...string) *guarded {
	t.Helper()
	dir, tokens := t.TempDir(), newTokenServer(t)
	file := func(name string) string { return filepath.Join(dir, name) }
	ours, others := newAuthority(t, dir, "ca"), newAuthority(t, dir, "other-ca")
	certificate(t, "broker", ours, file("broker.pem"), file("broker.key"))
	certificate(t, "client", ours, file("client.pem"), file("client.key"))
	certificate(t, "stranger", others, file("stranger.pem"), file("stranger.key"))
	var store []byte
	for _, part := range []string{"broker.key", "broker.pem"} {
		text, err := os.ReadFile(file(part))
		must(t, err)
		store = append(store, text...)
	}
	must(t, os.WriteFile(file("keystore.pem"), store, 0o600))
	must(t, os.WriteFile(file("password"), []byte(testPassword+"\n"), 0o600))
	// Who authenticated is asked to do so again, or hung up on (KIP-368).
	again := "connections.max.reauth.ms=" + strconv.Itoa(int(reauthenticate.Milliseconds()))
	b := kafkaproc.ForTest(t, kafkaproc.Config{Settings: append(settings, again), Security: &kafkaproc.Security{
		Keystore: file("keystore.pem"), Truststore: ours.file, User: testUser, Password: testPassword,
		OAuth: &kafkaproc.OAuth{JWKS: tokens.URL + "/keys", Issuer: testIssuer, Audience: testAudience}}})
	return &guarded{program: build(t), dir: dir, at: b.Secure(), plain: b.Address(), ca: ours.file, otherCA: others.file,
		cert: file("client.pem"), key: file("client.key"), password: file("password"),
		strangeCert: file("stranger.pem"), strangeK: file("stranger.key"), ours: ours, tokens: tokens, broker: b}
}

// client is how somebody comes with a token that the token endpoint gives; its secret is in a file of
// that name.
func (g *guarded) client(t *testing.T, id string) []string {
	t.Helper()
	secret := filepath.Join(g.dir, id+".secret")
	must(t, os.WriteFile(secret, []byte("secret of "+id), 0o600))
	g.tokens.admit(id, "secret of "+id)
	return []string{"--brokers", g.at.SASL, "--tls-ca", g.ca, "--sasl-mechanism", "OAUTHBEARER",
		"--sasl-token-url", g.tokens.URL + "/token", "--sasl-username", id, "--sasl-password-file", secret}
}

// bearer is how somebody comes with a token from a file.
func (g *guarded) bearer(t *testing.T, file, token string) []string {
	t.Helper()
	file = filepath.Join(g.dir, file)
	must(t, os.WriteFile(file, []byte(token+"\n"), 0o600))
	return []string{"--brokers", g.at.SASL, "--tls-ca", g.ca, "--sasl-mechanism", "OAUTHBEARER", "--sasl-token-file", file}
}

func (g *guarded) sasl(mechanism string) []string {
	return []string{"--brokers", g.at.SASL, "--tls-ca", g.ca, "--sasl-mechanism", mechanism, "--sasl-username",
		testUser, "--sasl-password-file", g.password}
}

// TestGuardedBroker brings facts to a broker, judges them and reads what was
// written by each way of encryption and authentication that Kafka has by itself.
func TestGuardedBroker(t *testing.T) {
	g := newGuarded(t)
	facts := filepath.Join("..", "engine", "cli", "testdata", "one-night.jsonl")
	for name, way := range map[string][]string{
		"TLS":           {"--brokers", g.at.TLS, "--tls-ca", g.ca},
		"certificates":  {"--brokers", g.at.Mutual, "--tls-ca", g.ca, "--tls-cert", g.cert, "--tls-key", g.key},
		"PLAIN":         g.sasl("PLAIN"),
		"SCRAM-SHA-256": g.sasl("SCRAM-SHA-256"),
		"SCRAM-SHA-512": g.sasl("SCRAM-SHA-512"),
		"client":        g.client(t, testUser),
		"token":         g.bearer(t, "token", g.tokens.token(t, testUser, time.Hour)),
	} {
		t.Run(name, func(t *testing.T) {
			way := append(way, "--topic-prefix", strings.ToLower(name)+".")
			output(t, nil, g.program,
				append([]string{"topics", "create", "--partitions", "2", "--timestamps", "create"}, way...)...)
			output(t, nil, g.program, append([]string{"load", facts}, way...)...)
			engine := serve(t, g.program,
				append([]string{"run", "--data-dir", filepath.Join(t.TempDir(), "data"), "--listen", "127.0.0.1:0",
					"--trust-timestamps", "--group", name}, way...)...)
			address := engine.address(t)
			for began := time.Now(); ; time.Sleep(100 * time.Millisecond) {
				engine.running(t)
				if status, _ := get(t, address, "/readyz"); status == http.StatusOK &&
					metric(t, address, "tilsyn_input_records_total") > 0 {
					break
				}
				if time.Since(began) > 2*time.Minute {
					t.Fatalf("the engine has read nothing after 30 s\n%s", last(engine.text()))
				}
			}
			ledger := 0
			for began := time.Now(); ledger == 0 && time.Since(began) < 30*time.Second; time.Sleep(200 * time.Millisecond) {
				ledger = len(lines(t, output(t, nil, g.program,
					append([]string{"tail", "outcomes", "--from-beginning", "--exit-at-end"}, way...)...)))
			}
			if ledger == 0 {
				t.Error("there is no ledger after 30 s")
			}
			if name == "SCRAM-SHA-512" {
				before := metric(t, address, "tilsyn_commits_total")
				time.Sleep(3 * reauthenticate)
				output(t, nil, g.program, append([]string{"load", facts}, way...)...)
				for began := time.Now(); metric(t, address, "tilsyn_commits_total") <= before; time.Sleep(100 * time.Millisecond) {
					if engine.running(t); time.Since(began) > 2*time.Minute {
						t.Fatalf("no commit since connections ended\n%s", last(engine.text()))
					}
				}
				if n := metric(t, address, "tilsyn_recoveries_total"); n != 2 {
					t.Errorf("%.0f recoveries of two tasks: "+
						"connections that end must be made anew and nothing else\n%s", n, last(engine.text()))
				}
			}
			engine.stop(t)
			if strings.Contains(engine.text(), testPassword) {
				t.Error("the engine's log has the password")
			}
		})
	}
}

// TestGuardedBrokerRefuses: where the broker refuses us, or we refuse the broker, the program says
// so at once and exits with the status of a wrong setting. Where all it sees is a connection that
// ends, it exits with the status of a broker that was waited for.
func TestGuardedBrokerRefuses(t *testing.T) {
	g := newGuarded(t)
	wrongPassword := func(mechanism string) []string {
		return []string{"--brokers", g.at.SASL, "--tls-ca", g.ca, "--sasl-mechanism", mechanism, "--sasl-username",
			testUser, "--sasl-password", testPassword + "x"}
	}
	for _, c := range []struct {
		name   string
		way    []string
		status int
		says   string
	}{
		{"wrong password, PLAIN", wrongPassword("PLAIN"), 2, "refused the user name or password"},
		{"wrong password, SCRAM-SHA-256", wrongPassword("SCRAM-SHA-256"), 2, "refused the user name or password"},
		{"wrong password, SCRAM-SHA-512", wrongPassword("SCRAM-SHA-512"), 2, "refused the user name or password"},
		{"unknown user", append(g.sasl("SCRAM-SHA-512"), "--sasl-username", "nobody"), 2, "refused the user name or password"},
		{"authority of somebody else", []string{"--brokers", g.at.TLS, "--tls-ca", g.otherCA}, 2, "certificate is not trusted"},
		{"authorities of the system", []string{"--brokers", g.at.TLS, "--tls"}, 2, "certificate is not trusted"},
		{"another server name", []string{"--brokers", g.at.TLS, "--tls-ca", g.ca, "--tls-server-name", "elsewhere"}, 2, "certificate is not trusted"},
		{"no certificate", []string{"--brokers", g.at.Mutual, "--tls-ca", g.ca}, 2, "refuses our certificate, or wants one"},
		{"certificate of a stranger", []string{"--brokers", g.at.Mutual, "--tls-ca", g.ca, "--tls-cert", g.strangeCert, "--tls-key", g.strangeK}, 2, "refuses our certificate"},
		{"TLS without SASL", []string{"--brokers", g.at.SASL, "--tls-ca", g.ca}, 3, "as one does that wants SASL"},
		{"nothing on a TLS listener", []string{"--brokers", g.at.TLS}, 3, "TLS"},
		{"TLS on a listener without", []string{"--brokers", g.plain, "--tls-ca", g.ca}, 3, "TLS"},
		{"client with a wrong secret", append(g.client(t, "other"), "--sasl-username", "nobody"), 2, "refused the client with status 401 (invalid_client)"},
		{"token that has expired", g.bearer(t, "old", g.tokens.token(t, testUser, -time.Hour)), 2, "the token expired at "},
		{"token that nobody signed", g.bearer(t, "forged", "a.b.c"), 2, "the broker refused the token"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, command := range [][]string{{"run", "--data-dir", filepath.Join(t.TempDir(), "data")},
				{"tail", "violations", "--exit-at-end"}} {
				began := time.Now()
				args := append(append(command, c.way...), "--give-up-after", "3s")
				out, err := exec.CommandContext(t.Context(), g.program, args...).CombinedOutput()
				var exit *exec.ExitError
				if !errors.As(err, &exit) || exit.ExitCode() != c.status {
					t.Errorf("%s: %v, want exit status %d", command[0], err, c.status)
				}
				if took := time.Since(began); took > 10*time.Second {
					t.Errorf("%s: it took %s", command[0], took)
				}
				text := strings.TrimSpace(string(out))
				if line := text[strings.LastIndexByte(text, '\n')+1:]; !strings.Contains(line, c.says) {
					t.Errorf("%s: %q is not in: %s", command[0], c.says, line)
				}
				if strings.Contains(text, testPassword) {
					t.Errorf("%s: the password is in: %s", command[0], text)
				}
			}
		})
	}
}
