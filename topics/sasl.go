package topics

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"

	"github.com/segmentio/kafka-go/sasl"
	"github.com/segmentio/kafka-go/sasl/plain"
	"github.com/segmentio/kafka-go/sasl/scram"
)

// The mechanisms of SASL authentication.
const (
	SASLPlain       = "PLAIN"
	SASLScram256    = "SCRAM-SHA-256"
	SASLScram512    = "SCRAM-SHA-512"
	SASLOAuthBearer = "OAUTHBEARER"
)

// SASLMechanisms are all mechanisms, as a user writes them.
var SASLMechanisms = []string{SASLPlain, SASLScram256, SASLScram512, SASLOAuthBearer}

// SASL are the credentials of SASL authentication.
type SASL struct {
	// Mechanism is one of [SASLMechanisms]; empty: none.
	Mechanism string
	// Username and Password are those of PLAIN and SCRAM.
	Username string
	Password string
	// Tokens gives the tokens of OAUTHBEARER ([TokenFile], [ClientCredentials]).
	Tokens Tokens
}

// Tokens is a source of bearer tokens, asked for each connection. It is safe for concurrent use.
type Tokens interface {
	// Token returns a token that holds now.
	Token(ctx context.Context) (string, error)
	// Refused says that a broker did not accept a token, so that it is not given again.
	Refused(token string)
}

// mechanism returns the SASL mechanism; nil if there is none.
func (s SASL) mechanism() (sasl.Mechanism, error) {
	switch s.Mechanism {
	case "":
		return nil, nil
	case SASLPlain:
		return plain.Mechanism{Username: s.Username, Password: s.Password}, nil
	case SASLScram256:
		return scram.Mechanism(scram.SHA256, s.Username, s.Password)
	case SASLScram512:
		return scram.Mechanism(scram.SHA512, s.Username, s.Password)
	case SASLOAuthBearer:
		if s.Tokens == nil {
			return nil, errors.New("SASL mechanism OAUTHBEARER needs a source of tokens")
		}
		return oauthBearer{s.Tokens}, nil
	}
	return nil, fmt.Errorf("SASL mechanism %q is not known: use %s", s.Mechanism, strings.Join(SASLMechanisms, ", "))
}

// login returns TLS and SASL for a connection that is made now.
func (c *Config) login() (*tls.Config, SASL, error) {
	if c.Renew == nil {
		return c.TLS, c.SASL, nil
	}
	return c.Renew()
}

// anonymousUser is the principal of those who do not say who they are.
const anonymousUser = "User:ANONYMOUS"

// principal is who a connection says to be, as brokers name it unless they have a rule of their own
// (ssl.principal.mapping.rules). That of a token is known with the token.
func principal(secure *tls.Config, login SASL) string {
	switch {
	case login.Mechanism != "":
		return "User:" + login.Username
	case secure != nil && len(secure.Certificates) > 0 && len(secure.Certificates[0].Certificate) > 0:
		if cert, err := x509.ParseCertificate(secure.Certificates[0].Certificate[0]); err == nil {
			return "User:" + cert.Subject.String()
		}
	}
	return anonymousUser
}

// secretOf names what a broker refused, and what to check when it only hung up, for messages.
func secretOf(m sasl.Mechanism) (refused, check string) {
	if m.Name() == SASLOAuthBearer {
		return "token; it may have expired, or its issuer, audience or key is not one that the broker expects", "token"
	}
	return "user name or password", "user name and password"
}
