package topics

import (
	"context"
	"errors"
	"sync"
	"time"
)

// maxIdle bounds the idle connections kept to one broker.
const maxIdle = 8

var errClosed = errors.New("the client is closed")

// pool keeps connections by broker address.
type pool struct {
	cfg *Config

	mu     sync.Mutex
	idle   map[string][]*conn // by address
	closed bool
	// principal is who the last connection that was made said to be.
	principal string
}

func (p *pool) get(ctx context.Context, addr string) (*conn, error) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil, errClosed
	}
	for now := time.Now(); len(p.idle[addr]) > 0; {
		free := p.idle[addr]
		c := free[len(free)-1]
		p.idle[addr] = free[:len(free)-1]
		if c.expires.IsZero() || now.Before(c.expires) {
			p.mu.Unlock()
			return c, nil
		}
		c.close()
	}
	p.mu.Unlock()
	c, err := dial(ctx, p.cfg, addr)
	if err == nil {
		p.mu.Lock()
		p.principal = c.principal
		p.mu.Unlock()
	}
	return c, err
}

// put returns a working connection to the pool.
func (p *pool) put(c *conn) {
	p.mu.Lock()
	if !p.closed && len(p.idle[c.addr]) < maxIdle {
		p.idle[c.addr] = append(p.idle[c.addr], c)
		c = nil
	}
	p.mu.Unlock()
	if c != nil {
		c.close()
	}
}

// drop closes a failed connection and the idle ones to the same broker, which a restarted broker
// has closed too.
func (p *pool) drop(c *conn) {
	p.mu.Lock()
	free := p.idle[c.addr]
	delete(p.idle, c.addr)
	p.mu.Unlock()
	c.close()
	for _, f := range free {
		f.close()
	}
}

func (p *pool) close() {
	p.mu.Lock()
	idle := p.idle
	p.idle, p.closed = nil, true
	p.mu.Unlock()
	for _, free := range idle {
		for _, c := range free {
			c.close()
		}
	}
}
