package topics

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"
)

// Client is a connection to a cluster. It is safe for concurrent use.
type Client struct {
	cfg  Config
	pool *pool
	meta metadata

	states topicStates

	coordMu sync.Mutex
	coords  map[coordKey]string // address of a coordinator

	vigil vigil
}

// Connect waits until a broker answers and returns the client. After Config.GiveUpAfter it returns
// [ErrGaveUp] (exit status 3, contract §4). Wrong credentials or certificates return [ErrFatal] at
// once.
func Connect(ctx context.Context, cfg Config) (*Client, error) {
	full, err := cfg.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", err, ErrFatal)
	}
	c := &Client{cfg: full, coords: map[coordKey]string{}, states: topicStates{turn: make(chan struct{}, 1)}}
	c.pool = &pool{cfg: &c.cfg, idle: map[string][]*conn{}}
	c.meta.init(c)
	r := c.retry("the broker at " + strings.Join(full.Brokers, ", "))
	defer r.done()
	for {
		err := c.meta.refresh(ctx)
		if err == nil {
			return c, nil
		}
		if err := r.wait(ctx, err); err != nil {
			c.Close()
			return nil, err
		}
	}
}

// Close closes the connections. Calls in progress end with their context; later ones fail.
func (c *Client) Close() { c.pool.close() }

// Full returns the name of a topic with the prefix.
func (c *Client) Full(topic string) string { return c.cfg.Prefix + topic }

// Prefix returns the prefix of all topic names.
func (c *Client) Prefix() string { return c.cfg.Prefix }

// ClusterID returns the id of the cluster; empty if it has none.
func (c *Client) ClusterID() string {
	c.meta.mu.Lock()
	defer c.meta.mu.Unlock()
	return c.meta.cluster
}

// TransactionalID returns the transactional id of a task ([TransactionalID]).
func (c *Client) TransactionalID(group string, task int32) string {
	return TransactionalID(c.cfg.Prefix, group, task)
}

// short removes the prefix, for messages.
func (c *Client) short(full string) string {
	s, _ := TrimPrefix(c.cfg.Prefix, full)
	return s
}

// The pauses between attempts double from the first to the last.
const (
	firstWait = 2 * time.Millisecond
	lastWait  = 250 * time.Millisecond
)

// retry is one series of attempts, limited by Config.GiveUpAfter. Whoever makes it calls done at
// the end.
type retry struct {
	c       *Client
	what    string // the answer that is waited for, in words
	started time.Time
	delay   time.Duration // pause before the next attempt
	// held is how long the broker may legitimately hold the request.
	held time.Duration
	// first is when an attempt first failed; failed and cause are of the last failed attempt. Guarded
	// by the vigil.
	first, failed time.Time
	cause         error
}

// retry returns a series of attempts that [Client.Trouble] watches.
func (c *Client) retry(what string) *retry { return c.retryFor(what, 0) }

// retryFor is retry for a request that the broker may hold for a while.
func (c *Client) retryFor(what string, held time.Duration) *retry {
	r := c.unwatched(what)
	r.held = held
	c.vigil.begin(r)
	return r
}

// unwatched returns a retry that [Client.Trouble] ignores.
func (c *Client) unwatched(what string) *retry {
	return &retry{c: c, what: what, started: time.Now(), delay: firstWait}
}

// done ends the series.
func (r *retry) done() { r.c.vigil.end(r) }

// wait pauses before the next attempt. It returns an error if there should be none: the cause is
// fatal, the context has ended, or the limit is reached.
func (r *retry) wait(ctx context.Context, cause error) error {
	if !passes(cause) && !r.c.refusedForNow(cause) {
		return r.c.named(cause, nil)
	}
	now := time.Now()
	var code *CodeError
	if errors.As(cause, &code) && code.Code == codeUnknownTopic && now.Sub(r.started) > r.c.cfg.patience {
		if code.Op == "Metadata" && code.Partition >= 0 {
			return fmt.Errorf("topic %s has no partition %d: %w", r.c.Full(code.Topic), code.Partition, ErrFatal)
		}
		return fmt.Errorf("topic %s does not exist, run `tilsyn topics create`: %w", r.c.Full(code.Topic), ErrFatal)
	}
	left := time.Duration(-1)
	if limit := r.c.limit(); limit > 0 {
		left = limit - now.Sub(r.started)
		if left <= 0 {
			return fmt.Errorf("%w: %s did not answer as it should for %s: %w", ErrGaveUp, r.what, limit, cause)
		}
	}
	if r.c.vigil.fails(r, cause, now) {
		r.c.cfg.OnWait(Waiting{What: r.what, Cause: cause, Elapsed: now.Sub(r.started), Left: left})
	}
	d := r.delay/2 + rand.N(r.delay/2+1)
	if left > 0 {
		d = min(d, left)
	}
	r.delay = min(2*r.delay, lastWait)
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// refusedForNow reports whether a running program was refused: its password, token or certificate was
// changed on one side and not yet on the other. At the start a refusal is final.
func (c *Client) refusedForNow(err error) bool {
	return c.cfg.Renew != nil && errors.Is(err, ErrRefused) && c.limit() < 0
}

// passes reports whether an error may go away when the request is repeated.
func passes(err error) bool {
	var code *CodeError
	if errors.As(err, &code) {
		return code.class == nil && code.Code.retriable()
	}
	return !errors.Is(err, ErrFatal) && !errors.Is(err, errClosed) && !errors.Is(err, ErrCorrupt) &&
		!errors.Is(err, context.Canceled)
}

// target is the broker for a request; it may change between attempts.
type target interface {
	// addr returns the address of the broker.
	addr(ctx context.Context) (string, error)
	// forget drops the address, so that addr looks it up again.
	forget()
}

// ask runs fn on a connection to the target until it succeeds or fails for good. fn must be
// repeatable.
func (c *Client) ask(ctx context.Context, what string, t target, fn func(context.Context, *conn) error) error {
	return c.askFor(ctx, c.cfg.RequestTimeout, what, t, fn)
}

// askFor is ask for a request that the broker may hold for up to limit.
func (c *Client) askFor(ctx context.Context, limit time.Duration, what string,
	t target, fn func(context.Context, *conn) error) error {
	r := c.retryFor(what, limit-c.cfg.RequestTimeout)
	defer r.done()
	for {
		err := c.onceFor(ctx, limit, t, fn)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := r.wait(ctx, err); err != nil {
			return err
		}
	}
}

// once runs fn one time, and forgets the target if it was the wrong one.
func (c *Client) once(ctx context.Context, t target, fn func(context.Context, *conn) error) error {
	return c.onceFor(ctx, c.cfg.RequestTimeout, t, fn)
}

// onceFor is once with a time limit of its own.
func (c *Client) onceFor(ctx context.Context, limit time.Duration,
	t target, fn func(context.Context, *conn) error) error {
	addr, err := t.addr(ctx)
	if err != nil {
		return c.named(err, t)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cn, err := c.pool.get(ctx, addr)
	if err != nil {
		t.forget()
		return err
	}
	err = c.named(fn(ctx, cn), t)
	var code *CodeError
	switch {
	case err == nil:
		c.pool.put(cn)
	case errors.As(err, &code):
		c.pool.put(cn)
		if code.Code.moved() {
			t.forget()
		}
	default:
		c.pool.drop(cn)
		t.forget()
		err = fmt.Errorf("%s: %w", addr, err)
	}
	return err
}
