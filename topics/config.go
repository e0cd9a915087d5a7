package topics

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/segmentio/kafka-go/sasl"
	"github.com/segmentio/kafka-go/sasl/plain"
	"github.com/segmentio/kafka-go/sasl/scram"
)

// Config says how to reach the brokers (contract §4: --brokers,
// --topic-prefix, TLS and SASL options). The zero value of every field but
// Brokers is usable.
type Config struct {
	// Brokers are HOST:PORT addresses to begin with; at least one.
	Brokers []string
	// Prefix stands before every topic name, transactional id and nothing
	// else. Default: none; the commands pass [DefaultPrefix].
	Prefix string
	// ClientID names the client in the broker's logs. Default "tilsyn".
	ClientID string
	// TLS switches encryption on where not nil. An empty ServerName is filled
	// with the broker's host.
	TLS *tls.Config
	// SASL authenticates where Mechanism is not empty.
	SASL SASL
	// DialTimeout bounds one connection attempt, with TLS and SASL. Default 5 s.
	DialTimeout time.Duration
	// RequestTimeout bounds one request beyond the time the broker itself may
	// take. Default 15 s.
	RequestTimeout time.Duration
	// GiveUpAfter bounds the wait for a broker in [Connect] and every run of
	// retries on errors that pass by themselves; then the error is
	// [ErrGaveUp]. Default 60 s; negative: never.
	GiveUpAfter time.Duration
	// OnWait is told what is being waited for, once for all requests that wait for
	// the same brokers and then at intervals that grow from two seconds to five
	// minutes. It must not block. Default: nobody is told.
	OnWait func(Waiting)

	// patience is how long a topic may be unknown to the brokers, as one is that
	// was created a moment ago.
	patience time.Duration
	// dialer replaces the network in tests.
	dialer func(ctx context.Context, addr string) (net.Conn, error)
}

// SASL are the credentials of SASL authentication.
type SASL struct {
	// Mechanism is PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512; empty: none.
	Mechanism string
	Username  string
	Password  string
}

// Waiting says what is being waited for.
type Waiting struct {
	// What names the broker or the request, for a message.
	What string
	// Cause is the last failure; nil before the first.
	Cause error
	// Elapsed is how long it has taken so far, Left how long until giving up
	// (negative: for ever).
	Elapsed, Left time.Duration
}

// Why says what went wrong last.
func (w Waiting) Why() string {
	if w.Cause == nil {
		return "no answer yet"
	}
	return w.Cause.Error()
}

// String is one line for a user.
func (w Waiting) String() string {
	left := "waiting for ever"
	if w.Left >= 0 {
		left = fmt.Sprintf("giving up in %s", w.Left.Round(time.Second))
	}
	return fmt.Sprintf("waiting for %s for %s, %s: %s", w.What, w.Elapsed.Round(time.Second), left, w.Why())
}

// withDefaults fills in the defaults and checks what a user can get wrong.
func (c Config) withDefaults() (Config, sasl.Mechanism, error) {
	if len(c.Brokers) == 0 {
		return c, nil, errors.New("no broker given: pass at least one HOST:PORT")
	}
	for _, b := range c.Brokers {
		if host, port, err := net.SplitHostPort(b); err != nil || host == "" || port == "" {
			return c, nil, fmt.Errorf("broker address %q is not HOST:PORT", b)
		}
	}
	if c.ClientID == "" {
		c.ClientID = "tilsyn"
	}
	if c.DialTimeout <= 0 {
		c.DialTimeout = 5 * time.Second
	}
	if c.RequestTimeout <= 0 {
		c.RequestTimeout = 15 * time.Second
	}
	if c.GiveUpAfter == 0 {
		c.GiveUpAfter = time.Minute
	}
	if c.patience == 0 {
		c.patience = 15 * time.Second
	}
	if c.dialer == nil {
		c.dialer = func(ctx context.Context, addr string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "tcp", addr)
		}
	}
	if c.OnWait == nil {
		c.OnWait = func(Waiting) {}
	}
	m, err := c.SASL.mechanism()
	return c, m, err
}

func (s SASL) mechanism() (sasl.Mechanism, error) {
	switch s.Mechanism {
	case "":
		return nil, nil
	case "PLAIN":
		return plain.Mechanism{Username: s.Username, Password: s.Password}, nil
	case "SCRAM-SHA-256":
		return scram.Mechanism(scram.SHA256, s.Username, s.Password)
	case "SCRAM-SHA-512":
		return scram.Mechanism(scram.SHA512, s.Username, s.Password)
	}
	return nil, fmt.Errorf("SASL mechanism %q is not known: use PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512", s.Mechanism)
}
