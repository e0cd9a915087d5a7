package cli

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"tilsyn/engine/policy"
	"tilsyn/topics"
)

// kafkaFlags are the flags of every command that talks to Kafka (contract §4).
type kafkaFlags struct {
	Brokers     []string      `placeholder:"HOST:PORT,…" help:"Brokers to begin with."`
	TopicPrefix string        `default:"tilsyn." help:"Prefix of every topic name."`
	GiveUpAfter time.Duration `default:"60s" help:"How long to wait for a broker; then the exit status is 3 (run, and tail without --exit-at-end: at the start only; then they wait for ever). Negative: for ever."`

	TLS           bool   `name:"tls" group:"tls" help:"Encrypt. Also switched on by the other TLS flags."`
	TLSCA         string `name:"tls-ca" group:"tls" placeholder:"FILE" help:"Certificates of the authorities to trust, PEM (default: those of the system)."`
	TLSCert       string `name:"tls-cert" group:"tls" placeholder:"FILE" help:"Own certificate, PEM."`
	TLSKey        string `name:"tls-key" group:"tls" placeholder:"FILE" help:"Key of the own certificate, PEM."`
	TLSServerName string `name:"tls-server-name" group:"tls" placeholder:"NAME" help:"Name that the brokers' certificates carry (default: their host)."`

	SASLMechanism    string `name:"sasl-mechanism" group:"sasl" placeholder:"NAME" help:"PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512."`
	SASLUsername     string `name:"sasl-username" group:"sasl" placeholder:"NAME" help:"User."`
	SASLPassword     string `name:"sasl-password" group:"sasl" placeholder:"TEXT" help:"Password; better given in the environment or by --sasl-password-file."`
	SASLPasswordFile string `name:"sasl-password-file" group:"sasl" placeholder:"FILE" help:"File that holds the password."`
}

// connect reaches the brokers, and says what it waits for.
func (k *kafkaFlags) connect(c *console) (*topics.Client, error) {
	cfg, err := k.config(c, false)
	if err != nil {
		return nil, err
	}
	return topics.Connect(c.ctx, cfg)
}

// config makes the configuration of the client. An embedded broker names itself
// later.
func (k *kafkaFlags) config(c *console, embedded bool) (topics.Config, error) {
	if len(k.Brokers) == 0 && !embedded {
		return topics.Config{}, wrong("no broker is named: give --brokers HOST:PORT or TILSYN_BROKERS")
	}
	cfg := topics.Config{
		Brokers: k.Brokers, Prefix: k.TopicPrefix, GiveUpAfter: k.GiveUpAfter,
		OnWait: func(w topics.Waiting) { c.log.Warn().Msg(w.String()) },
	}
	for _, b := range k.Brokers {
		host, port, err := net.SplitHostPort(b)
		if n, bad := strconv.ParseUint(port, 10, 16); err != nil || host == "" || bad != nil || n == 0 {
			return cfg, wrong("--brokers %q is not HOST:PORT, with a number from 1 to 65535 as port; "+
				"several are set apart by commas", b)
		}
	}
	if strings.Trim(k.TopicPrefix, topicChars) != "" || len(k.TopicPrefix) > maxTopicPrefix {
		return cfg, wrong("--topic-prefix %q: names of topics have letters a to z and A to Z, digits, "+
			"dots, dashes and underscores; give at most %d of them", k.TopicPrefix, maxTopicPrefix)
	}
	if k.GiveUpAfter == 0 {
		return cfg, wrong("--give-up-after 0s: give a time, or a negative one for ever")
	}
	var err error
	if cfg.TLS, err = k.tls(); err != nil {
		return cfg, err
	}
	cfg.SASL, err = k.sasl()
	return cfg, err
}

// What Kafka takes as the name of a topic; 249 bytes at most, of which a prefix leaves
// enough for the longest of ours.
const (
	topicChars     = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
	maxTopicPrefix = 200
)

func (k *kafkaFlags) tls() (*tls.Config, error) {
	if !k.TLS && k.TLSCA == "" && k.TLSCert == "" && k.TLSKey == "" && k.TLSServerName == "" {
		return nil, nil
	}
	cfg := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: k.TLSServerName}
	if k.TLSCA != "" {
		pem, err := readFile("--tls-ca", k.TLSCA)
		if err != nil {
			return nil, err
		}
		cfg.RootCAs = x509.NewCertPool()
		if !cfg.RootCAs.AppendCertsFromPEM(bytes.TrimPrefix(pem, byteOrderMark)) {
			return nil, wrong("--tls-ca %s: there is no certificate in it; it must be PEM", k.TLSCA)
		}
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

func (k *kafkaFlags) sasl() (topics.SASL, error) {
	s := topics.SASL{Mechanism: k.SASLMechanism, Username: k.SASLUsername, Password: k.SASLPassword}
	if k.SASLPasswordFile != "" {
		if s.Password != "" {
			return s, wrong("--sasl-password and --sasl-password-file: give one of them")
		}
		text, err := readFile("--sasl-password-file", k.SASLPasswordFile)
		if err != nil {
			return s, err
		}
		s.Password = strings.TrimRight(string(bytes.TrimPrefix(text, byteOrderMark)), "\r\n")
	}
	switch {
	case !slices.Contains([]string{"", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"}, s.Mechanism):
		return s, wrong("--sasl-mechanism %s is not known: give PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512", s.Mechanism)
	case s.Mechanism == "" && s.Username != "":
		return s, wrong("--sasl-username is there and --sasl-mechanism is not: give PLAIN, " +
			"SCRAM-SHA-256 or SCRAM-SHA-512, or neither")
	case s.Mechanism == "" && s.Password != "":
		return s, wrong("--sasl-password or --sasl-password-file is there and --sasl-mechanism is not: " +
			"give PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512, or neither")
	case s.Mechanism != "" && (s.Username == "" || s.Password == ""):
		return s, wrong("--sasl-mechanism %s needs --sasl-username and --sasl-password or --sasl-password-file", s.Mechanism)
	}
	return s, nil
}

// knownTopic checks that a topic is one of the contract, and says so otherwise.
func knownTopic(name string) (topics.Spec, error) {
	asked := name
	spec, ok := topics.Lookup(name)
	if !ok {
		var names []string
		for _, s := range topics.All() {
			names = append(names, s.Name)
		}
		meant := ""
		if _, bare, ok := strings.Cut(name, "."); ok {
			name = bare
		}
		if best, away := policy.Nearest(strings.ToLower(name), names); away <= 3 && best != "" {
			meant = "did you mean " + best + "? "
		}
		return spec, wrong("there is no topic %q; %swithout prefix it is one of %s", asked, meant, strings.Join(names, ", "))
	}
	return spec, nil
}
