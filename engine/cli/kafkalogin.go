package cli

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"tilsyn/topics"
)

// login sets how the client encrypts and says who it is. Files are read again for each connection, so
// that certificates, passwords and tokens can be replaced while a command runs.
func (k *kafkaFlags) login(cfg *topics.Config) error {
	tokens, err := k.tokens()
	if err != nil {
		return err
	}
	now := func() (*tls.Config, topics.SASL, error) {
		secure, err := k.tls()
		if err != nil {
			return nil, topics.SASL{}, err
		}
		sasl, err := k.sasl()
		sasl.Tokens = tokens
		return secure, sasl, err
	}
	if cfg.TLS, cfg.SASL, err = now(); err != nil {
		return err
	}
	cfg.Renew = now
	return nil
}

func (k *kafkaFlags) tls() (*tls.Config, error) {
	if !k.TLS && k.TLSCA == "" && k.TLSCert == "" && k.TLSKey == "" && k.TLSServerName == "" {
		return nil, nil
	}
	cfg := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: k.TLSServerName}
	var err error
	if cfg.RootCAs, err = authorities("--tls-ca", k.TLSCA); err != nil {
		return nil, err
	}
	if (k.TLSCert == "") != (k.TLSKey == "") {
		return nil, wrong("--tls-cert and --tls-key go together: give both or neither")
	}
	if k.TLSCert != "" {
		cert, err := readFile("--tls-cert", k.TLSCert)
		if err != nil {
			return nil, err
		}
		key, err := readFile("--tls-key", k.TLSKey)
		if err != nil {
			return nil, err
		}
		pair, err := tls.X509KeyPair(bytes.TrimPrefix(cert, byteOrderMark), bytes.TrimPrefix(key, byteOrderMark))
		if err != nil {
			return nil, wrong("--tls-cert %s, --tls-key %s: %w", k.TLSCert, k.TLSKey, err)
		}
		cfg.Certificates = []tls.Certificate{pair}
	}
	return cfg, nil
}

// authorities reads the certificates of a flag; nil, which stands for those of the system, without a file.
func authorities(flag, file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	pem, err := readFile(flag, file)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(bytes.TrimPrefix(pem, byteOrderMark)) {
		return nil, wrong("%s %s: there is no certificate in it; it must be PEM", flag, file)
	}
	return pool, nil
}

// password is the password, or the secret of a client, as it is now.
func (k *kafkaFlags) password() (string, error) {
	if k.SASLPasswordFile == "" {
		return k.SASLPassword, nil
	}
	if k.SASLPassword != "" {
		return "", wrong("--sasl-password and --sasl-password-file: give one of them")
	}
	text, err := readFile("--sasl-password-file", k.SASLPasswordFile)
	return strings.TrimRight(string(bytes.TrimPrefix(text, byteOrderMark)), "\r\n"), err
}

// oneMechanism is what a message says of the mechanisms.
var oneMechanism = strings.Join(topics.SASLMechanisms[:len(topics.SASLMechanisms)-1], ", ") + " or " +
	topics.SASLMechanisms[len(topics.SASLMechanisms)-1]

func (k *kafkaFlags) sasl() (topics.SASL, error) {
	s := topics.SASL{Mechanism: k.SASLMechanism, Username: k.SASLUsername}
	var err error
	if s.Password, err = k.password(); err != nil {
		return s, err
	}
	switch {
	case s.Mechanism != "" && !slices.Contains(topics.SASLMechanisms, s.Mechanism):
		return s, wrong("--sasl-mechanism %s is not known: give %s", s.Mechanism, oneMechanism)
	case s.Mechanism == "" && s.Username != "":
		return s, wrong("--sasl-username is there and --sasl-mechanism is not: give %s, or neither", oneMechanism)
	case s.Mechanism == "" && s.Password != "":
		return s, wrong("--sasl-password or --sasl-password-file is there and --sasl-mechanism is not: "+
			"give %s, or neither", oneMechanism)
	case s.Mechanism == "" || s.Mechanism == topics.SASLOAuthBearer:
	case s.Username == "" || s.Password == "":
		return s, wrong("--sasl-mechanism %s needs --sasl-username and --sasl-password or --sasl-password-file", s.Mechanism)
	}
	return s, nil
}

// tokens are the source of tokens of OAUTHBEARER; nil for another mechanism.
func (k *kafkaFlags) tokens() (topics.Tokens, error) {
	token := k.SASLTokenFile != "" || k.SASLTokenURL != ""
	asked := k.SASLTokenCA != "" || len(k.SASLScope) > 0 || k.SASLAudience != ""
	secret, err := k.password()
	switch {
	case err != nil:
		return nil, err
	case k.SASLMechanism != topics.SASLOAuthBearer && (token || asked):
		return nil, wrong("--sasl-token-file, --sasl-token-url, --sasl-token-ca, --sasl-scope and --sasl-audience need " +
			"--sasl-mechanism OAUTHBEARER")
	case k.SASLMechanism != topics.SASLOAuthBearer:
		return nil, nil
	case k.SASLTokenFile != "" && k.SASLTokenURL != "":
		return nil, wrong("--sasl-token-file and --sasl-token-url: give one of them")
	case !token:
		return nil, wrong("--sasl-mechanism OAUTHBEARER needs --sasl-token-file, or --sasl-token-url with --sasl-username " +
			"(the client id) and --sasl-password-file (its secret)")
	case k.SASLTokenFile != "" && (asked || k.SASLUsername != "" || secret != ""):
		return nil, wrong("--sasl-token-file needs neither user, password, scope, audience nor --sasl-token-ca: they are " +
			"for --sasl-token-url")
	case k.SASLTokenFile != "":
		_, err := readFile("--sasl-token-file", k.SASLTokenFile)
		return topics.TokenFile(k.SASLTokenFile), err
	case k.SASLUsername == "" || secret == "":
		return nil, wrong("--sasl-token-url needs --sasl-username (the client id) and --sasl-password or " +
			"--sasl-password-file (its secret)")
	}
	return k.endpoint()
}

// endpoint is the source of tokens that asks --sasl-token-url.
func (k *kafkaFlags) endpoint() (topics.Tokens, error) {
	at, err := url.Parse(k.SASLTokenURL)
	if err != nil || at.Host == "" || at.Scheme != "https" && at.Scheme != "http" {
		return nil, wrong("--sasl-token-url %s is not a URL that begins with https://", k.SASLTokenURL)
	}
	ip := net.ParseIP(at.Hostname())
	if at.Scheme == "http" && at.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, wrong("--sasl-token-url %s: the client's secret would go there in the clear; give an https:// URL "+
			"(http:// is for this machine only)", k.SASLTokenURL)
	}
	if _, err := authorities("--sasl-token-ca", k.SASLTokenCA); err != nil {
		return nil, err
	}
	ask := &http.Client{Timeout: 10 * time.Second, Transport: freshTrust{k}}
	return topics.ClientCredentials{URL: k.SASLTokenURL, ClientID: k.SASLUsername, Secret: k.password,
		Scopes: k.SASLScope, Audience: k.SASLAudience, HTTP: ask}.Tokens(), nil
}

// freshTrust asks the token endpoint, on a connection of its own each time, with the authorities as they
// are now.
type freshTrust struct{ k *kafkaFlags }

// RoundTrip implements http.RoundTripper.
func (f freshTrust) RoundTrip(r *http.Request) (*http.Response, error) {
	pool, err := authorities("--sasl-token-ca", f.k.SASLTokenCA)
	if err != nil {
		return nil, err
	}
	once := &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true,
		TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
	return once.RoundTrip(r)
}
