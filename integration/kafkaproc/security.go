package kafkaproc

import (
	"fmt"
	"strings"
)

// Security gives a broker three more listeners: one with TLS, one with TLS that
// wants a certificate of the client, and one with TLS and SASL, for every
// mechanism that Kafka keeps by itself. The one without any stays.
type Security struct {
	// Keystore is a PEM file with the broker's key (PKCS #8) and its certificates.
	Keystore string
	// Truststore is a PEM file with the authorities of the clients' certificates.
	Truststore string
	// User and Password are of the one user, for all mechanisms that have passwords.
	User, Password string
	// OAuth, where given, lets clients also come with a token on the listener with SASL.
	OAuth *OAuth
}

// OAuth says which tokens a broker accepts.
type OAuth struct {
	// JWKS is the URL of the keys that sign tokens, Issuer and Audience are the claims that they must have.
	JWKS, Issuer, Audience string
}

// java are the options of the virtual machine: a broker fetches keys from where it is told to alone.
func (s *Security) java() []string {
	if s == nil || s.OAuth == nil {
		return nil
	}
	return []string{"-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=" + s.OAuth.JWKS}
}

// SecureAddresses are host and port of the listeners of [Security], empty where
// the broker has none.
type SecureAddresses struct{ TLS, Mutual, SASL string }

// Secure returns where the broker listens to those who encrypt.
func (b *Broker) Secure() SecureAddresses { return b.secure }

// users are the arguments that make the storage with the user; PLAIN has its own
// place, in the settings.
func (s *Security) users() []string {
	if s == nil {
		return nil
	}
	var out []string
	for _, mechanism := range []string{"SCRAM-SHA-256", "SCRAM-SHA-512"} {
		out = append(out, "--add-scram", fmt.Sprintf("%s=[name=%s,password=%s]", mechanism, s.User, s.Password))
	}
	return out
}

// listeners returns what comes behind the broker's other listeners.
func (a *SecureAddresses) listeners() string {
	return fmt.Sprintf(",TLS://%s,MUTUAL://%s,SASL://%s", a.TLS, a.Mutual, a.SASL)
}

// settings are the lines for server.properties.
func (s *Security) settings() string {
	var text strings.Builder
	line := func(key, value string) { fmt.Fprintf(&text, "%s=%s\n", key, value) }
	line("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,TLS:SSL,MUTUAL:SSL,SASL:SASL_SSL")
	line("ssl.keystore.type", "PEM")
	line("ssl.keystore.location", s.Keystore)
	line("ssl.truststore.type", "PEM")
	line("ssl.truststore.location", s.Truststore)
	line("listener.name.mutual.ssl.client.auth", "required")
	mechanisms := "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512"
	if s.OAuth != nil {
		mechanisms += ",OAUTHBEARER"
		const of = "listener.name.sasl.oauthbearer.sasl."
		line(of+"jaas.config", "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;")
		line(of+"server.callback.handler.class",
			"org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler")
		line("sasl.oauthbearer.jwks.endpoint.url", s.OAuth.JWKS)
		line("sasl.oauthbearer.expected.issuer", s.OAuth.Issuer)
		line("sasl.oauthbearer.expected.audience", s.OAuth.Audience)
	}
	line("sasl.enabled.mechanisms", mechanisms)
	line("listener.name.sasl.plain.sasl.jaas.config", fmt.Sprintf(
		"org.apache.kafka.common.security.plain.PlainLoginModule required user_%s=\"%s\";", s.User, s.Password))
	for _, mechanism := range []string{"scram-sha-256", "scram-sha-512"} {
		line("listener.name.sasl."+mechanism+".sasl.jaas.config",
			"org.apache.kafka.common.security.scram.ScramLoginModule required;")
	}
	return text.String()
}
