package cli

import (
	"net"
	"strconv"
	"strings"
	"time"

	"tilsyn/engine/policy"
	"tilsyn/topics"
)

// kafkaFlags are the flags of every command that talks to Kafka (contract §4). Many fields: one for each
// flag.
type kafkaFlags struct {
	Brokers     []string      `placeholder:"HOST:PORT,…" help:"Brokers to begin with."`
	TopicPrefix string        `default:"tilsyn." help:"Prefix of every topic name."`
	GiveUpAfter time.Duration `default:"60s" help:"How long to wait for a broker; then the exit status is 3 (run, and tail without --exit-at-end: at the start only; then they wait for ever). Negative: for ever."`

	TLS           bool   `name:"tls" group:"tls" help:"Encrypt. Also switched on by the other TLS flags."`
	TLSCA         string `name:"tls-ca" group:"tls" placeholder:"FILE" help:"Certificates of the authorities to trust, PEM (default: those of the system)."`
	TLSCert       string `name:"tls-cert" group:"tls" placeholder:"FILE" help:"Own certificate, PEM."`
	TLSKey        string `name:"tls-key" group:"tls" placeholder:"FILE" help:"Key of the own certificate, PEM."`
	TLSServerName string `name:"tls-server-name" group:"tls" placeholder:"NAME" help:"Name that the brokers' certificates carry (default: their host)."`

	SASLMechanism    string   `name:"sasl-mechanism" group:"sasl" placeholder:"NAME" help:"PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER."`
	SASLUsername     string   `name:"sasl-username" group:"sasl" placeholder:"NAME" help:"User; of OAUTHBEARER with --sasl-token-url the client id."`
	SASLPassword     string   `name:"sasl-password" group:"sasl" placeholder:"TEXT" help:"Password, or the client's secret; better given in the environment or by --sasl-password-file."`
	SASLPasswordFile string   `name:"sasl-password-file" group:"sasl" placeholder:"FILE" help:"File that holds the password or the client's secret."`
	SASLTokenFile    string   `name:"sasl-token-file" group:"sasl" placeholder:"FILE" help:"File that holds the token of OAUTHBEARER, which somebody else keeps new."`
	SASLTokenURL     string   `name:"sasl-token-url" group:"sasl" placeholder:"URL" help:"Token endpoint that gives tokens of OAUTHBEARER to clients (client credentials)."`
	SASLTokenCA      string   `name:"sasl-token-ca" group:"sasl" placeholder:"FILE" help:"Authorities to trust at the token endpoint, PEM (default: those of the system)."`
	SASLScope        []string `name:"sasl-scope" group:"sasl" placeholder:"TEXT,…" help:"Scopes to ask the token endpoint for."`
	SASLAudience     string   `name:"sasl-audience" group:"sasl" placeholder:"TEXT" help:"Audience to ask the token endpoint for."`

	registryFlags
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
		OnWait: func(w topics.Waiting) {
			c.log.Warn().Str("event", "waiting-for-brokers").Msg(w.String())
		},
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
	err := k.login(&cfg)
	return cfg, err
}

// What Kafka takes as the name of a topic; 249 bytes at most, of which a prefix leaves
// enough for the longest of ours.
const (
	topicChars     = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
	maxTopicPrefix = 200
)

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
