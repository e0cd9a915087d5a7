package netfault

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"time"
)

// Proxy passes connections on to one broker. Its methods are safe for concurrent
// use.
type Proxy struct {
	listener net.Listener
	faults   faults

	mu     sync.Mutex
	target string
	conns  map[*conn]bool
	closed bool
	all    sync.WaitGroup
}

// Listen starts a proxy on a free loopback port. It resets connections until
// [Proxy.To] says where to pass them on to. The seed chooses places and times of
// faults.
func Listen(seed uint64) (*Proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("no loopback port for a proxy: %w", err)
	}
	p := &Proxy{listener: l, conns: map[*conn]bool{}, faults: faults{
		random: rand.New(rand.NewPCG(seed, 0)), wake: make(chan struct{}), lose: map[int16]int{}, keep: map[int16]int{},
	}}
	p.all.Go(p.accept)
	return p, nil
}

// Address is host and port that clients connect to.
func (p *Proxy) Address() string { return p.listener.Addr().String() }

// To says where connections are passed on to from now on, HOST:PORT.
func (p *Proxy) To(target string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.target = target
}

// Close resets all connections, stops listening and waits until nothing of the
// proxy runs any more.
func (p *Proxy) Close() error {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	err := p.listener.Close()
	p.reset()
	p.all.Wait()
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// reset ends all connections as a crash of the other side would.
func (p *Proxy) reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		c.reset()
	}
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			time.Sleep(10 * time.Millisecond) // out of descriptors, say
			continue
		}
		p.all.Go(func() { p.serve(client) })
	}
}

// dialWithin bounds the connection to the broker.
const dialWithin = 5 * time.Second

func (p *Proxy) serve(client net.Conn) {
	p.mu.Lock()
	target := p.target
	p.mu.Unlock()
	if target == "" || p.faults.refuses() {
		hangUp(client)
		return
	}
	broker, err := net.DialTimeout("tcp", target, dialWithin) //nolint:noctx // bounded by the timeout
	if err != nil {
		hangUp(client)
		return
	}
	c := &conn{client: client, broker: broker, faults: &p.faults, gone: make(chan struct{})}
	if !p.enter(c) {
		c.reset()
		return
	}
	defer p.leave(c)
	p.all.Go(c.requests)
	c.answers()
}

func (p *Proxy) enter(c *conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	p.conns[c] = true
	return true
}

func (p *Proxy) leave(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, c)
}
