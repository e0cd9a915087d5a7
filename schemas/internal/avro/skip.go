package avro

// skip passes over one value of a schema.
func (c *cursor) skip(s *Schema, depth int) *Error {
	if depth > maxDepth {
		return c.fail("nested more than %d levels deep", maxDepth)
	}
	switch s.Kind {
	case Null:
		return nil
	case Boolean:
		_, err := c.take(1)
		return err
	case Int, Long:
		_, err := c.long()
		return err
	case Float:
		_, err := c.take(4)
		return err
	case Double:
		_, err := c.take(8)
		return err
	case Bytes, String:
		_, err := c.sized()
		return err
	case Fixed:
		_, err := c.take(int64(s.Size))
		return err
	case Enum:
		_, err := c.index("symbol", len(s.Symbols))
		return err
	case Union:
		k, err := c.index("union branch", len(s.Branches))
		if err != nil {
			return err
		}
		return c.skip(s.Branches[k], depth+1)
	case Record:
		for _, f := range s.Fields {
			if err := c.skip(f.Type, depth+1); err != nil {
				return within(err, f.Name)
			}
		}
		return nil
	}
	return c.skipBlocks(s, depth)
}

func (c *cursor) skipBlocks(s *Schema, depth int) *Error {
	for {
		n, size, err := c.block()
		if err != nil || n == 0 {
			return err
		}
		if size >= 0 {
			if _, err = c.take(size); err != nil {
				return err
			}
			continue
		}
		for range n {
			if s.Kind == Map {
				if _, err = c.sized(); err != nil {
					return err
				}
			}
			if err = c.skip(s.Items, depth+1); err != nil {
				return err
			}
		}
	}
}

// within puts the name of an enclosing field before the path of a fault.
func within(err *Error, field string) *Error {
	switch {
	case err.Path == "":
	case err.Path[0] == '[':
		field += err.Path
	default:
		field += "." + err.Path
	}
	err.Path = field
	return err
}
