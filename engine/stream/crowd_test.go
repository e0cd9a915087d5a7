package stream

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"testing"
	"time"
)

// TestCrowd: connections beyond a number are closed, those before stay, and one that ends makes room.
func TestCrowd(t *testing.T) {
	inner, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := newCrowd(inner, 10, 2)
	defer c.Close()
	taken := make(chan net.Conn)
	go func() {
		for {
			conn, err := c.Accept()
			if err != nil {
				close(taken)
				return
			}
			taken <- conn
		}
	}()
	dial := func() net.Conn {
		t.Helper()
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", inner.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		return conn
	}
	closed := func(conn net.Conn) error {
		_ = conn.SetReadDeadline(time.Now().Add(30 * time.Second))
		_, err := conn.Read(make([]byte, 1))
		return err
	}
	dial()
	first := <-taken
	kept := dial()
	second := <-taken
	for range 5 {
		if err := closed(dial()); !errors.Is(err, io.EOF) {
			t.Fatalf("a third connection: %v, not closed", err)
		}
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	_ = first.Close() // a second time counts for nothing
	dial()
	third := <-taken
	if err := closed(dial()); !errors.Is(err, io.EOF) {
		t.Errorf("one left and two came: %v, not closed", err)
	}
	if _, err := second.Write([]byte{1}); err != nil {
		t.Error(err)
	}
	if err := closed(kept); err != nil {
		t.Errorf("a connection that was there before is closed: %v", err)
	}
	_, _ = second.Close(), third.Close()
	if len(c.of) != 0 || c.all != 0 {
		t.Errorf("all left, and %d of %d networks are counted", c.all, len(c.of))
	}
}

// TestNetworks: an IPv6 network counts as one, IPv4 addresses each for themselves, in whichever form.
func TestNetworks(t *testing.T) {
	for _, x := range []struct {
		one, two string
		same     bool
	}{
		{"192.0.2.1:1", "192.0.2.1:2", true}, {"192.0.2.1:1", "192.0.2.2:1", false},
		{"192.0.2.1:1", "[::ffff:192.0.2.1]:1", true},
		{"[2001:db8::1]:1", "[2001:db8::2:3]:1", true}, {"[2001:db8::1]:1", "[2001:db8:0:1::1]:1", false},
	} {
		one := network(net.TCPAddrFromAddrPort(netip.MustParseAddrPort(x.one)))
		two := network(net.TCPAddrFromAddrPort(netip.MustParseAddrPort(x.two)))
		if (one == two) != x.same {
			t.Errorf("%s and %s: %s, %s", x.one, x.two, one, two)
		}
	}
}
