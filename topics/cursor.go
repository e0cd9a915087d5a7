package topics

import (
	"errors"
	"fmt"
)

// Cursor reads the records of one fetched partition one at a time, for a reader that interleaves
// several partitions. One batch is unpacked at a time, a large one piece by piece, so that an
// answer takes little more memory than it arrived in. [Fetched.Cursor] makes it; the next Fetch
// ends it.
type Cursor struct {
	at   Record // the record at hand
	of   *Fetched
	mem  *Unpacked
	turn int // the next batch
	rows rowReader
	buf  []byte // the batch at hand, where it had to be unpacked
}

// Cursor returns a cursor before the first record.
func (p *Fetched) Cursor(mem *Unpacked) Cursor {
	return Cursor{of: p, mem: mem}
}

// At returns the record that Next moved to. Its Key, Value and header bytes stay valid until
// [Unpacked.Reuse] after the batch was left, the rest until Next.
func (c *Cursor) At() *Record { return &c.at }

// Next moves to the next record in order of offset, as [Fetched.Each] does. At the end it returns
// false, with the partition's Err if it has one. After an error neither Next nor what came of the
// partition may be used.
func (c *Cursor) Next() (bool, error) {
	for {
		if c.rows.b != nil {
			ok, err := c.rows.next(c.of.From, &c.at)
			if ok || err != nil {
				return ok, c.named(err)
			}
			if c.rows.wants {
				c.mem.leave(c.buf)
				c.buf = c.rows.load(c.mem.take())
				continue
			}
		}
		c.Leave()
		if c.turn == len(c.of.batches) {
			return false, c.of.Err
		}
		b := &c.of.batches[c.turn]
		c.turn++
		var err error
		if b.codec() == None {
			c.rows = b.rows(b.records, c.of.own())
		} else if c.rows, c.buf, err = b.open(c.mem.take(), c.of.own()); err != nil {
			return false, c.named(err)
		}
	}
}

// named adds the partition to an error about a corrupt batch.
func (c *Cursor) named(err error) error {
	if errors.Is(err, ErrCorrupt) {
		return fmt.Errorf("%s: %w", c.of.TopicPartition, err)
	}
	return err
}

// Held returns how many bytes of a finished batch Next would leave behind to unpack the next one;
// 0 if it would not.
func (c *Cursor) Held() int {
	if c.rows.spent() {
		return cap(c.buf)
	}
	if c.rows.left > 0 || c.turn == len(c.of.batches) {
		return 0
	}
	return cap(c.buf)
}

// Leave leaves a finished batch behind, with its current record, which must not be needed any
// more. Next does the same; but if Leave is called before Reuse, the next batch is unpacked into
// the same memory.
func (c *Cursor) Leave() {
	switch {
	case c.rows.left == 0 && c.rows.fault == nil:
		c.Close()
	case c.rows.spent():
		c.mem.leave(c.buf)
		c.buf = nil
		c.rows.forget()
	}
}

// Close leaves the current batch behind. Next continues with the one after it.
func (c *Cursor) Close() {
	c.rows.leave()
	c.mem.leave(c.buf)
	c.buf, c.rows = nil, rowReader{}
}

// Unpacked is the memory shared by cursors that one goroutine reads together. Its zero value is
// ready.
type Unpacked struct {
	free, left [][]byte
	kept       int // bytes in free
}

// maxUnpacked bounds the memory kept for later batches, in bytes.
const maxUnpacked = 2 << 20

// Held returns how many bytes of finished batches wait for Reuse.
func (u *Unpacked) Held() int {
	n := 0
	for _, b := range u.left {
		n += cap(b)
	}
	return n
}

// Reuse declares that no record of a batch left behind is needed any more.
func (u *Unpacked) Reuse() {
	for i, b := range u.left {
		if u.kept+cap(b) <= maxUnpacked {
			u.free, u.kept = append(u.free, b), u.kept+cap(b)
		}
		u.left[i] = nil
	}
	u.left = u.left[:0]
}

// take returns a buffer to unpack into; nil if none is free.
func (u *Unpacked) take() []byte {
	last := len(u.free) - 1
	if last < 0 {
		return nil
	}
	b := u.free[last]
	u.free[last], u.free = nil, u.free[:last]
	u.kept -= cap(b)
	return b
}

// leave keeps a buffer until Reuse.
func (u *Unpacked) leave(b []byte) {
	if cap(b) > 0 {
		u.left = append(u.left, b)
	}
}
