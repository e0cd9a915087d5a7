package producer

import (
	"errors"
	"fmt"
	"os"
	"slices"
)

// found is what the files say.
type found struct {
	// epoch is the highest that an entry has, last its highest numbers by device.
	epoch int64
	last  map[string]int64
	// damaged is the last file in which, or before which, entries may be missing that were put; 0 for none.
	damaged int64
	// end is where the last whole entry of the last file ends, torn whether something cut short follows.
	end  int64
	torn bool
}

// recover reads what is in the directory, mends it and goes on where it ended.
func (b *Buffer) recover(restored bool) error {
	s, known, err := loadState(b.cfg.Dir)
	if err != nil {
		return err
	}
	if err := b.log.find(); err != nil {
		return err
	}
	seen, err := b.scan()
	if err != nil {
		return err
	}
	b.state = s
	if !known {
		b.state = state{Format: stateFormat, Epoch: -1}
	}
	lost := seen.damaged > b.state.Damaged
	b.state.Damaged = max(b.state.Damaged, seen.damaged)
	if b.beyond(&seen) || !known || restored || lost || seen.epoch > b.state.Epoch {
		b.state.raise(b.cfg.Clock(), seen.epoch)
	} else if seen.epoch == b.state.Epoch {
		for device, n := range seen.last {
			b.state.Last[device] = max(b.state.Last[device], n)
		}
	}
	if err := b.resume(&seen); err != nil {
		return err
	}
	return b.state.save(b.cfg.Dir)
}

// beyond reports whether more was sent than there is, and sets right where sending begins.
func (b *Buffer) beyond(seen *found) bool {
	at := slices.IndexFunc(b.log.list, func(s segment) bool { return s.number == b.state.Segment })
	switch {
	case len(b.log.list) == 0:
		return b.state.Segment != 0
	case at < 0:
		b.state.Segment, b.state.Offset = b.log.list[0].number, 0
		return true
	case at == len(b.log.list)-1 && b.state.Offset > seen.end, b.state.Offset > b.log.list[at].size:
		b.state.Offset = min(b.log.list[at].size, seen.end)
		return true
	}
	return false
}

// resume opens the file that is appended to: a new one where the last one is damaged.
func (b *Buffer) resume(seen *found) error {
	if len(b.log.list) == 0 {
		b.state.Segment, b.state.Offset = b.state.Segment+1, 0
		return b.log.begin(b.state.Segment)
	}
	if err := b.log.resume(); err != nil {
		return err
	}
	if last := b.log.last().number; last <= b.state.Damaged {
		return b.log.begin(last + 1)
	}
	if seen.torn {
		return b.log.cut(seen.end)
	}
	return nil
}

// scan reads all entries.
func (b *Buffer) scan() (found, error) {
	seen := found{epoch: -1, last: map[string]int64{}}
	for i, s := range b.log.list {
		if i > 0 && s.number != b.log.list[i-1].number+1 {
			seen.damaged = s.number
		}
		text, err := b.log.read(s, 0)
		if err != nil {
			return seen, fmt.Errorf("reading the buffer: %w", err)
		}
		whole := 0
		walk(text, func(e *entry, end int) bool {
			b.memory.add(e)
			seen.take(e)
			whole = end
			return true
		}, func(err error) {
			last := i == len(b.log.list)-1
			if seen.torn = last && errors.Is(err, errShort); !seen.torn {
				seen.damaged = s.number
			}
		})
		seen.end = int64(whole)
	}
	return seen, nil
}

// take notes epoch and number of an entry.
func (s *found) take(e *entry) {
	switch {
	case e.device == "" || e.version != 1:
		return
	case e.epoch > s.epoch:
		s.epoch, s.last = e.epoch, map[string]int64{}
	case e.epoch < s.epoch:
		return
	}
	s.last[e.device] = max(s.last[e.device], e.number)
}

// walk hands over the entries of a file with where each ends, until each returns false. What lies between
// them and is none is told to wrong, and passed over.
func walk(text []byte, each func(e *entry, end int) bool, wrong func(error)) {
	for at := 0; at < len(text); {
		e, size, err := readEntry(text[at:])
		if err != nil {
			skip := nextEntry(text[at:])
			if at+skip < len(text) {
				err = errDamaged // something whole follows, so that nothing was cut short here
			}
			wrong(err)
			at += skip
			continue
		}
		at += size
		if !each(&e, at) {
			return
		}
	}
}

// lockName is the file that the process on a directory holds locked.
const lockName = "in-use.lock"

// ErrInUse says that another process has the directory.
var ErrInUse = errors.New("another process has the buffer's directory; give each its own")

// private makes the directory where it is missing.
func private(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("the buffer's directory: %w", err)
	}
	return nil
}
