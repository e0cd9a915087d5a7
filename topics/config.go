package topics

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"
)

// Config says how to reach the brokers (contract §4: --brokers, --topic-prefix, TLS and SASL
// options). Every field but Brokers may be left zero.
type Config struct {
	// Brokers are the HOST:PORT addresses to start with; at least one.
	Brokers []string
	// Prefix is put before every topic name and transactional id, and nothing else. Default: none; the
	// commands pass [DefaultPrefix].
	Prefix string
	// ClientID names the client in the broker's logs. Default "tilsyn".
	ClientID string
	// TLS enables encryption if not nil. An empty ServerName is replaced by the broker's host.
	TLS *tls.Config
	// SASL enables authentication if Mechanism is not empty.
	SASL SASL
	// Renew, where given, is asked before each connection and replaces TLS and SASL: certificates,
	// passwords and tokens are those of now, without a restart. Its error is one of that attempt, which is
	// repeated. It is called by several goroutines at once.
	Renew func() (*tls.Config, SASL, error)
	// DialTimeout bounds one connection attempt, TLS and SASL included. Default 5 s.
	DialTimeout time.Duration
	// RequestTimeout bounds one request, beyond the time that the broker itself may hold it. Default
	// 15 s.
	RequestTimeout time.Duration
	// GiveUpAfter bounds the wait for a broker in [Connect] and every series of retries on errors that
	// may pass; then the error is [ErrGaveUp]. Default 60 s; negative: never.
	GiveUpAfter time.Duration
	// OnWait is called with what is being waited for: once for all requests that wait for the same
	// brokers, then at intervals that grow from two seconds to five minutes. It must not block.
	// Default: nobody is told.
	OnWait func(Waiting)

	// patience is how long a topic may be unknown to the brokers, as one is that was just created.
	patience time.Duration
	// dialer replaces the network in tests.
	dialer func(ctx context.Context, addr string) (net.Conn, error)
}

// Waiting says what is being waited for.
type Waiting struct {
	// What names the broker or the request, for a message.
	What string
	// Cause is the last failure; nil before the first.
	Cause error
	// Elapsed is how long it has taken so far, Left how long until giving up (negative: never).
	Elapsed, Left time.Duration
}

// Why says what went wrong last.
func (w Waiting) Why() string {
	if w.Cause == nil {
		return "no answer yet"
	}
	return w.Cause.Error()
}

// String describes it in one line for a user.
func (w Waiting) String() string {
	left := "waiting for ever"
	if w.Left >= 0 {
		left = fmt.Sprintf("giving up in %s", w.Left.Round(time.Second))
	}
	return fmt.Sprintf("waiting for %s for %s, %s: %s", w.What, w.Elapsed.Round(time.Second), left, w.Why())
}

// withDefaults fills in the defaults and refuses what a user can get wrong.
func (c Config) withDefaults() (Config, error) {
	if len(c.Brokers) == 0 {
		return c, errors.New("no broker given: pass at least one HOST:PORT")
	}
	for _, b := range c.Brokers {
		if host, port, err := net.SplitHostPort(b); err != nil || host == "" || port == "" {
			return c, fmt.Errorf("broker address %q is not HOST:PORT", b)
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
	_, err := c.SASL.mechanism()
	return c, err
}
