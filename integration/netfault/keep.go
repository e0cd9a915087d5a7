package netfault

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
)

// Keep takes the next n requests with this API key out of the network and resets
// the connection of each: the client sees them as sent and gets no answer.
// [Proxy.Deliver] lets them arrive after all, as a kernel does that sends a packet
// again, or a router that held it back.
func (p *Proxy) Keep(apiKey int16, n int) {
	p.faults.change(func() { p.faults.keep[apiKey], p.faults.hang = n, false })
}

// Hang is Keep, but the connections stay open without an answer: the client has
// to give them up by itself.
func (p *Proxy) Hang(apiKey int16, n int) {
	p.faults.change(func() { p.faults.keep[apiKey], p.faults.hang = n, true })
}

// Kept is how many requests wait to be delivered.
func (p *Proxy) Kept() int {
	p.faults.mu.Lock()
	defer p.faults.mu.Unlock()
	return len(p.faults.kept)
}

// Oldest is the request that has been kept for longest, from its length word on; nil
// where none is.
func (p *Proxy) Oldest() []byte {
	p.faults.mu.Lock()
	defer p.faults.mu.Unlock()
	if len(p.faults.kept) == 0 {
		return nil
	}
	return p.faults.kept[0]
}

// Deliver lets the oldest request that was kept arrive, on a connection of its
// own, and returns what the broker answers, from the header on.
func (p *Proxy) Deliver(ctx context.Context) ([]byte, error) {
	frame, err := p.faults.oldest()
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	target := p.target
	p.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, dialWithin)
	defer cancel()
	c, err := (&net.Dialer{}).DialContext(ctx, "tcp", target)
	if err != nil {
		return nil, fmt.Errorf("delivering a late request: %w", err)
	}
	defer func() { _ = c.Close() }()
	if deadline, ok := ctx.Deadline(); ok {
		_ = c.SetDeadline(deadline)
	}
	if _, err := c.Write(frame); err != nil {
		return nil, fmt.Errorf("delivering a late request: %w", err)
	}
	var size [4]byte
	if _, err := io.ReadFull(c, size[:]); err != nil {
		return nil, fmt.Errorf("the answer to a late request: %w", err)
	}
	n := binary.BigEndian.Uint32(size[:])
	if n > mostKept {
		return nil, fmt.Errorf("the answer to a late request claims %d bytes", n)
	}
	answer := make([]byte, n)
	if _, err := io.ReadFull(c, answer); err != nil {
		return nil, fmt.Errorf("the answer to a late request: %w", err)
	}
	return answer, nil
}

// mostKept bounds a request that is kept.
const mostKept = 64 << 20

// oldest takes out the request that has been kept for longest.
func (f *faults) oldest() ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.kept) == 0 {
		return nil, errors.New("no request is kept: the client has not sent one since Keep")
	}
	frame := f.kept[0]
	f.kept = f.kept[1:]
	return frame, nil
}

// keeps reports whether a request with this API key is to be kept, and counts it;
// and whether its connection stays open.
func (f *faults) keeps(apiKey int16) (keep, hang bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.keep[apiKey] == 0 {
		return false, false
	}
	f.keep[apiKey]--
	f.done.Kept++
	return true, f.hang
}

// keepFrame reads the rest of a request and keeps it. With hang it then waits for
// the client to go.
func (c *conn) keepFrame(head []byte, rest int64, hang bool) {
	if rest > mostKept {
		return
	}
	frame := make([]byte, int64(len(head))+rest)
	copy(frame, head)
	if _, err := io.ReadFull(c.client, frame[len(head):]); err != nil {
		return
	}
	c.faults.mu.Lock()
	c.faults.kept = append(c.faults.kept, frame)
	c.faults.mu.Unlock()
	if hang {
		_, _ = io.Copy(io.Discard, c.client) // ends when the client does, or Close
	}
}
