package netfault

import (
	"encoding/binary"
	"io"
	"net"
	"sync"
	"time"
)

// conn is a client's connection and the one to the broker that belongs to it.
type conn struct {
	client, broker net.Conn
	faults         *faults

	// gone is closed when both ends are.
	gone chan struct{}
	once sync.Once

	mu sync.Mutex
	// asked are requests without an answer so far, in their order: a broker
	// answers the requests of a connection in order.
	asked []request
}

// request is what the answer to it must be known by.
type request struct {
	apiKey      int16
	correlation int32
}

// reset ends both ends with RST, so that nothing of what is under way arrives.
func (c *conn) reset() {
	c.once.Do(func() {
		hangUp(c.client)
		hangUp(c.broker)
		close(c.gone)
	})
}

func hangUp(n net.Conn) {
	if t, ok := n.(*net.TCPConn); ok {
		_ = t.SetLinger(0) // else an ordinary end, which a client may see later
	}
	_ = n.Close()
}

// requestHead is API key, version and correlation id.
const requestHead = 8

// requests passes on what the client asks.
func (c *conn) requests() {
	defer c.reset()
	var head [4 + requestHead]byte
	for {
		if _, err := io.ReadFull(c.client, head[:]); err != nil {
			return
		}
		size := int64(int32(binary.BigEndian.Uint32(head[:])))
		if size < requestHead {
			return // not Kafka's protocol
		}
		if !c.faults.audible(c.gone) {
			return
		}
		key := int16(binary.BigEndian.Uint16(head[4:]))
		if keep, hang := c.faults.keeps(key); keep {
			c.keepFrame(head[:], size-requestHead, hang)
			return
		}
		c.mu.Lock()
		c.asked = append(c.asked, request{apiKey: key, correlation: int32(binary.BigEndian.Uint32(head[8:]))})
		c.mu.Unlock()
		if _, err := c.broker.Write(head[:]); err != nil {
			return
		}
		if _, err := io.CopyN(c.broker, c.client, size-requestHead); err != nil {
			return
		}
	}
}

// answers passes on what the broker answers, as far as the faults let it.
func (c *conn) answers() {
	defer c.reset()
	var head [smallest]byte
	for {
		if _, err := io.ReadFull(c.broker, head[:]); err != nil {
			return
		}
		size := int64(int32(binary.BigEndian.Uint32(head[:]))) + 4
		if size < smallest {
			return
		}
		v := c.faults.judge(c.answered(int32(binary.BigEndian.Uint32(head[4:]))), int(size))
		if v.lost || !c.pause(v.wait) || !c.faults.audible(c.gone) {
			return
		}
		whole := v.cut < 0
		if !whole {
			size = int64(v.cut)
		}
		if _, err := c.client.Write(head[:min(size, smallest)]); err != nil {
			return
		}
		if size > smallest {
			if !c.copyAnswer(size - smallest) {
				return
			}
		}
		if !whole {
			// RST would take away what the client has not read yet.
			time.Sleep(afterCut)
			return
		}
	}
}

// throttleStep is the interval in which a slow network passes bytes on.
const throttleStep = 50 * time.Millisecond

// copyAnswer passes on so many bytes, as fast as the faults allow; false: the
// connection ended.
func (c *conn) copyAnswer(n int64) bool {
	for n > 0 {
		part, rate := n, c.faults.speed()
		if rate > 0 {
			part = min(n, max(1, int64(rate)*int64(throttleStep)/int64(time.Second)))
		}
		if _, err := io.CopyN(c.client, c.broker, part); err != nil {
			return false
		}
		if n -= part; rate > 0 && !c.pause(throttleStep) {
			return false
		}
	}
	return true
}

// afterCut lets the client read the half of an answer before the reset.
const afterCut = 5 * time.Millisecond

// answered returns the API key of the request with this correlation id. Those
// before it want no answer.
func (c *conn) answered(correlation int32) int16 {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, r := range c.asked {
		if r.correlation == correlation {
			c.asked = c.asked[i+1:]
			return r.apiKey
		}
	}
	return -1
}

// pause waits; false: the connection ended.
func (c *conn) pause(d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-c.gone:
		return false
	}
}
