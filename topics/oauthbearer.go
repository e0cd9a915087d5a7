package topics

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/segmentio/kafka-go/sasl"
)

// oauthBearer is the SASL mechanism OAUTHBEARER (RFC 7628, KIP-255) for whatever token the source
// returns.
type oauthBearer struct{ from Tokens }

// Name is that of the SASL handshake.
func (oauthBearer) Name() string { return SASLOAuthBearer }

// Start sends the token in the first message (RFC 7628 section 3.1).
func (m oauthBearer) Start(ctx context.Context) (sasl.StateMachine, []byte, error) {
	token, err := m.from.Token(ctx)
	if err != nil {
		return nil, nil, err
	}
	// A token is of the letters of RFC 6750; a control character would end the message early.
	if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) || token == "" {
		return nil, nil, fmt.Errorf("the token is empty, or has a blank or a control character in it: %w", ErrRefused)
	}
	says := claimsOf(token)
	if ended := time.Unix(int64(says.Expires), 0); says.Expires > 0 && time.Since(ended) > expiredFor {
		m.from.Refused(token)
		return nil, nil, fmt.Errorf("the token expired at %s: %w", ended.UTC().Format(time.RFC3339), ErrRefused)
	}
	first := "n,,\x01auth=Bearer " + token + "\x01\x01"
	return &bearer{from: m.from, token: token, principal: "User:" + says.Subject}, []byte(first), nil
}

// expiredFor is how long a token must have been over not to be tried: clocks are not always right.
const expiredFor = 30 * time.Second

// bearer is one exchange of OAUTHBEARER.
type bearer struct {
	from             Tokens
	token, principal string
	refused          bool
}

// Next takes the broker's answer: empty when the token was accepted. Otherwise it says in JSON what is
// wrong, is answered with one byte, and ends the exchange with an error (RFC 7628 section 3.2.3).
func (b *bearer) Next(_ context.Context, challenge []byte) (done bool, response []byte, err error) {
	if len(bytes.TrimSpace(challenge)) == 0 && !b.refused {
		return true, nil, nil
	}
	if b.refused {
		return false, nil, errors.New("the broker refused the token and did not end the exchange")
	}
	b.refused = true
	b.from.Refused(b.token)
	return false, []byte{1}, nil
}

// claims is what a JWT says of itself.
type claims struct {
	Subject string `json:"sub"`
	// Expires is in seconds since 1970; 0 if it is not known.
	Expires float64 `json:"exp"`
}

// claimsOf reads a JWT, unchecked: for messages, and because a broker may accept one that is over and
// hang up at once, which says nothing. Of another token it knows nothing.
func claimsOf(token string) claims {
	var c claims
	if parts := strings.Split(token, "."); len(parts) == 3 {
		text, err := base64.RawURLEncoding.DecodeString(parts[1])
		if err != nil || json.Unmarshal(text, &c) != nil {
			c = claims{}
		}
	}
	if c.Subject == "" {
		c.Subject = "(the subject of the token)"
	}
	return c
}
