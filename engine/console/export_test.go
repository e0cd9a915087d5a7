package console

// Patterns are the routes that answer somebody, for the test that walks them.
func (c *Console) Patterns() []string { return c.patterns }
