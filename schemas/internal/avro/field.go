package avro

// StringField reads the string of one field of a record, passing over the
// fields before it, and false where the bytes do not reach it or the field is
// no string. What comes after the field may be damaged.
func StringField(s *Schema, b []byte, name string) (string, bool) {
	c, t := seek(s, b, name)
	if t == nil || t.Kind != String {
		return "", false
	}
	x, err := c.sized()
	return string(x), err == nil
}

// LongField is StringField for an int or long.
func LongField(s *Schema, b []byte, name string) (int64, bool) {
	c, t := seek(s, b, name)
	if t == nil || t.Kind != Long && t.Kind != Int {
		return 0, false
	}
	n, err := c.long()
	return n, err == nil
}

// seek stands at the value of a field and returns its type, which is no union.
func seek(s *Schema, b []byte, name string) (*cursor, *Schema) {
	c := newCursor(b)
	for _, f := range s.Fields {
		if f.Name != name {
			if c.skip(f.Type, 0) != nil {
				return c, nil
			}
			continue
		}
		if f.Type.Kind != Union {
			return c, f.Type
		}
		k, err := c.index("union branch", len(f.Type.Branches))
		if err != nil {
			return c, nil
		}
		return c, f.Type.Branches[k]
	}
	return c, nil
}

// Skip returns what follows one value of a schema in b.
func Skip(s *Schema, b []byte) ([]byte, error) {
	c := newCursor(b)
	if err := c.skip(s, 0); err != nil {
		return nil, err
	}
	return b[c.i:], nil
}
