package netfault_test

import (
	"context"
	"encoding/binary"
	"net"
	"os"
	"strconv"
	"testing"
	"time"

	"tilsyn/integration/netfault"
)

// A request on a deaf connection does not arrive, and arrives late though its sender has
// closed the connection; other connections notice nothing.
func TestDeafHearsLate(t *testing.T) {
	address, carried := echo(t)
	_, text, _ := net.SplitHostPort(address)
	port, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	open := func() net.Conn {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		_ = c.SetDeadline(time.Now().Add(10 * time.Second))
		return c
	}
	first := open()
	if _, err := ask(t, first, 1, 1); err != nil {
		t.Fatal(err)
	}
	d, err := netfault.Deafen(os.Getpid(), port)
	if err != nil {
		if os.Geteuid() == 0 {
			t.Fatal(err)
		}
		t.Skipf("NOT CHECKED: packets cannot be dropped here: %v", err)
	}
	if d.Connections() != 1 {
		t.Errorf("%d connections are deaf", d.Connections())
	}
	_ = first.SetDeadline(time.Now().Add(200 * time.Millisecond))
	if _, err := ask(t, first, 26, 2); err == nil {
		t.Error("a deaf connection answers")
	}
	_ = first.Close()
	if got, err := ask(t, open(), 1, 3); err != nil || binary.BigEndian.Uint32(got[4:]) != 3 {
		t.Errorf("another connection: %v", err)
	}
	if n := carried.Load(); n != 2 {
		t.Errorf("%d requests arrived", n)
	}
	if err := d.Hear(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := d.Arrived(ctx); err != nil {
		t.Fatal(err)
	}
	for carried.Load() != 3 {
		if time.Sleep(10 * time.Millisecond); ctx.Err() != nil {
			t.Fatal("the request never arrives")
		}
	}
}
