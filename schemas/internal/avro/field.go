package avro

// StringField reads the string of one field of a record, passing over the
// fields before it, and false where the bytes do not reach it. What comes after
// the field may be damaged.
func StringField(s *Schema, b []byte, name string) (string, bool) {
	c := newCursor(b)
	for _, f := range s.Fields {
		if f.Name != name {
			if c.skip(f.Type, 0) != nil {
				return "", false
			}
			continue
		}
		t := f.Type
		if t.Kind == Union {
			k, err := c.index("union branch", len(t.Branches))
			if err != nil {
				return "", false
			}
			t = t.Branches[k]
		}
		if t.Kind != String {
			return "", false
		}
		x, err := c.sized()
		return string(x), err == nil
	}
	return "", false
}
