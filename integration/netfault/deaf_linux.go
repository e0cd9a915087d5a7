package netfault

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Deaf are connections of this process on which the other side receives nothing: its
// kernel drops every packet, so that the kernel of this side sends it again and again,
// also after this process has closed the connection.
type Deaf struct {
	// sockets are those of the other side, ports the ones of this side.
	sockets []int
	ports   map[int]bool
	port    int
}

// Deafen makes a process receive nothing any more on the connections that this process
// has open to its port, and only on these. It needs the right to look into that process,
// as a parent has in most places (pidfd_getfd(2)); else the error is [errors.ErrUnsupported]
// or a permission error.
func Deafen(pid, port int) (*Deaf, error) {
	ports, err := ownPorts(port)
	if err != nil {
		return nil, fmt.Errorf("looking for the connections of this process: %w", err)
	}
	d := &Deaf{ports: ports, port: port}
	if err := d.take(pid); err != nil {
		return nil, errors.Join(fmt.Errorf("taking the sockets of process %d: %w", pid, err), d.Hear())
	}
	if len(d.sockets) == 0 {
		return nil, fmt.Errorf("process %d has no connection of this one on port %d", pid, port)
	}
	// A filter that lets no byte of any packet through.
	drop := []unix.SockFilter{{Code: unix.BPF_RET | unix.BPF_K, K: 0}}
	for _, s := range d.sockets {
		if err := unix.SetsockoptSockFprog(s, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER,
			&unix.SockFprog{Len: 1, Filter: &drop[0]}); err != nil {
			return nil, errors.Join(fmt.Errorf("making a connection deaf: %w", err), d.Hear())
		}
	}
	return d, nil
}

// Connections is how many are deaf.
func (d *Deaf) Connections() int { return len(d.sockets) }

// Hear lets everything through again. What was lost arrives when this side's kernel
// sends it the next time, which may take seconds.
func (d *Deaf) Hear() error {
	var errs []error
	for _, s := range d.sockets {
		// One without a filter has not been made deaf, or has been closed meanwhile.
		if err := unix.SetsockoptInt(s, unix.SOL_SOCKET, unix.SO_DETACH_FILTER, 0); err != nil &&
			!errors.Is(err, unix.ENOENT) {
			errs = append(errs, err)
		}
		errs = append(errs, unix.Close(s))
	}
	d.sockets = nil
	return errors.Join(errs...)
}

// Arrived waits until this side's kernel has nothing left to send on the connections.
func (d *Deaf) Arrived(ctx context.Context) error {
	for {
		left, err := d.unsent()
		if err != nil || left == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d connections have not delivered what they sent: %w", left, ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// take gets hold of the other side's ends of the connections.
func (d *Deaf) take(pid int) error {
	p, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return unsupported(err)
	}
	defer func() { _ = unix.Close(p) }()
	return eachSocket(fmt.Sprintf("/proc/%d/fd", pid), func(fd int) error {
		s, err := unix.PidfdGetfd(p, fd, 0)
		if errors.Is(err, unix.EBADF) {
			return nil // closed meanwhile
		} else if err != nil {
			return unsupported(err)
		}
		own, _ := unix.Getsockname(s)
		peer, _ := unix.Getpeername(s)
		if portOf(own) == d.port && d.ports[portOf(peer)] {
			d.sockets = append(d.sockets, s)
			return nil
		}
		return unix.Close(s)
	})
}

func unsupported(err error) error {
	if errors.Is(err, unix.ENOSYS) {
		return fmt.Errorf("%w: %w", errors.ErrUnsupported, err)
	}
	return err
}

// ownPorts are those of this process that are connected to a port.
func ownPorts(port int) (map[int]bool, error) {
	ports := map[int]bool{}
	return ports, eachSocket("/proc/self/fd", func(fd int) error {
		if peer, err := unix.Getpeername(fd); err == nil && portOf(peer) == port {
			own, _ := unix.Getsockname(fd)
			ports[portOf(own)] = true
		}
		return nil
	})
}

// eachSocket calls f with the descriptors in a directory of /proc that are sockets.
func eachSocket(dir string, f func(fd int) error) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var sockets []int // all of them first: f may open others
	for _, e := range entries {
		to, err := os.Readlink(filepath.Join(dir, e.Name()))
		fd, bad := strconv.Atoi(e.Name())
		if err != nil || bad != nil || !strings.HasPrefix(to, "socket:") {
			continue
		}
		sockets = append(sockets, fd)
	}
	for _, fd := range sockets {
		if err := f(fd); err != nil {
			return err
		}
	}
	return nil
}

func portOf(a unix.Sockaddr) int {
	switch a := a.(type) {
	case *unix.SockaddrInet4:
		return a.Port
	case *unix.SockaddrInet6:
		return a.Port
	}
	return -1
}

// unsent is how many of the connections have something that was not acknowledged. The
// kernel knows them also after this process has closed them.
func (d *Deaf) unsent() (n int, err error) {
	for _, table := range []string{"/proc/self/net/tcp", "/proc/self/net/tcp6"} {
		text, err := os.ReadFile(table)
		if errors.Is(err, os.ErrNotExist) {
			continue
		} else if err != nil {
			return 0, err
		}
		for line := range strings.Lines(string(text)) {
			// Number, own address and port, the other's, state, bytes to send; the last
			// six hexadecimal.
			x := strings.FieldsFunc(line, func(r rune) bool { return r == ':' || r == ' ' })
			if len(x) < 7 {
				continue
			}
			own, err1 := strconv.ParseInt(x[2], 16, 32)
			peer, err2 := strconv.ParseInt(x[4], 16, 32)
			bytes, err3 := strconv.ParseInt(x[6], 16, 64)
			if errors.Join(err1, err2, err3) == nil && int(peer) == d.port && d.ports[int(own)] && bytes > 0 {
				n++
			}
		}
	}
	return n, nil
}
