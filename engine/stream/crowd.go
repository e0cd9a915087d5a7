package stream

import (
	"net"
	"net/netip"
	"sync"
)

// How many connections --listen keeps: each costs memory, however little is asked over it.
const (
	mostConnections = 2048
	// mostOfOne is how many of them one address may have; of IPv6 one network of 64 bits, since its owner can take
	// any address in it.
	mostOfOne = 256
)

// crowd is a listener that closes connections beyond a number, in all and of one address. It keeps accepting, so
// that whoever has too many does not keep others waiting.
type crowd struct {
	net.Listener
	most, each int

	mu  sync.Mutex
	all int
	of  map[netip.Prefix]int
}

func newCrowd(l net.Listener, most, each int) *crowd {
	return &crowd{Listener: l, most: most, each: each, of: map[netip.Prefix]int{}}
}

// Accept implements net.Listener.
func (c *crowd) Accept() (net.Conn, error) {
	for {
		conn, err := c.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from := network(conn.RemoteAddr())
		if c.enter(from) {
			return &guest{Conn: conn, left: sync.OnceFunc(func() { c.leave(from) })}, nil
		}
		_ = conn.Close() // nobody is served on it
	}
}

// network is where a connection comes from; the zero value for what is no address of the internet.
func network(a net.Addr) netip.Prefix {
	at, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return netip.Prefix{}
	}
	bits, ip := 64, at.Addr().Unmap().WithZone("")
	if ip.Is4() {
		bits = 32
	}
	p, _ := ip.Prefix(bits) // these bits fit both
	return p
}

// enter counts a connection; false where there are too many.
func (c *crowd) enter(from netip.Prefix) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all >= c.most || c.of[from] >= c.each {
		return false
	}
	c.all++
	c.of[from]++
	return true
}

func (c *crowd) leave(from netip.Prefix) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all--
	if c.of[from]--; c.of[from] == 0 {
		delete(c.of, from)
	}
}

// guest is a connection that is counted until it is closed.
type guest struct {
	net.Conn
	left func()
}

// Close implements net.Conn.
func (g *guest) Close() error {
	defer g.left()
	return g.Conn.Close()
}
