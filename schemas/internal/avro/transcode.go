package avro

import (
	"encoding/binary"
	"fmt"
)

// Transcode appends to out the value in b, rewritten for the reader, and
// returns the longer out and what follows the value in b. An *Error says where
// b does not fit the writer's schema, or holds something that the reader cannot
// take: a union branch or an enum symbol that it does not have.
func (p *Plan) Transcode(out, b []byte) (longer, rest []byte, err error) {
	c := newCursor(b)
	longer, fail := p.root.run(c, out)
	if fail != nil {
		return out, nil, fail
	}
	return longer, b[c.i:], nil
}

func (s *step) run(c *cursor, out []byte) ([]byte, *Error) {
	switch s.op {
	case opNull:
		return out, nil
	case opBool:
		x, err := c.take(1)
		return append(out, x...), err
	case opLong:
		n, err := c.long()
		return binary.AppendVarint(out, n), err
	case opMillis:
		n, err := c.long()
		return binary.AppendVarint(out, floorDiv(n, s.per)), err
	case opText:
		x, err := c.sized()
		return append(binary.AppendVarint(out, int64(len(x))), x...), err
	case opEnum:
		return s.enum(c, out)
	case opArray:
		return s.array(c, out)
	case opRecord:
		return s.record(c, out)
	case opBranch:
		k, err := c.index("union branch", len(s.branches))
		if err != nil {
			return out, err
		}
		return s.branches[k].run(c, out)
	case opInto:
		return s.item.run(c, binary.AppendVarint(out, int64(s.index)))
	}
	return out, c.fail("%s", s.reason)
}

// floorDiv cuts off what is finer, as the JSON form does, also before 1970.
func floorDiv(n, by int64) int64 {
	q := n / by
	if n%by < 0 {
		q--
	}
	return q
}

func (s *step) enum(c *cursor, out []byte) ([]byte, *Error) {
	start := c.i
	k, err := c.index("symbol", len(s.symbols))
	if err != nil {
		return out, err
	}
	if s.symbols[k] < 0 {
		c.i = start
		return out, c.fail("the symbol %s, which this version does not know", s.names[k])
	}
	return binary.AppendVarint(out, int64(s.symbols[k])), nil
}

func (s *step) array(c *cursor, out []byte) ([]byte, *Error) {
	index := 0
	for {
		n, _, err := c.block()
		if err != nil {
			return out, err
		}
		if n == 0 {
			return append(out, 0), nil
		}
		out = binary.AppendVarint(out, int64(n))
		for range n {
			if out, err = s.item.run(c, out); err != nil {
				return out, atItem(err, index)
			}
			index++
		}
	}
}

// atItem puts an index before the path of a fault.
func atItem(err *Error, index int) *Error {
	path := fmt.Sprintf("[%d]", index)
	if err.Path != "" {
		path += "." + err.Path
	}
	err.Path = path
	return err
}

// record writes the fields in the order of the writer, and then puts them in
// that of the reader.
func (s *step) record(c *cursor, out []byte) ([]byte, *Error) {
	var parts [maxFields][2]int
	start := len(out)
	for i := range s.fields {
		f := &s.fields[i]
		if f.skip != nil {
			if err := c.skip(f.skip, 0); err != nil {
				return out, within(err, f.name)
			}
			continue
		}
		from := len(out)
		var err *Error
		if out, err = f.step.run(c, out); err != nil {
			return out, within(err, f.name)
		}
		parts[f.slot] = [2]int{from, len(out)}
	}
	end := len(out)
	for i, def := range s.slots {
		if def != nil {
			out = append(out, def...)
			continue
		}
		out = append(out, out[parts[i][0]:parts[i][1]]...)
	}
	n := copy(out[start:], out[end:])
	return out[:start+n], nil
}
