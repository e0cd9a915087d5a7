package console

// Patterns are the routes that answer somebody, for the test that walks them.
func (c *Console) Patterns() []string { return c.patterns }

// Kept are the accounts that are kept as records change; nil before the first ones.
func (c *Console) Kept() *Accounts { return c.accounts.Load() }

// Walked are the accounts by a walk from person to person, as of now: the deliberately dumb way. False while the
// projection has not read all that is written.
func (c *Console) Walked() (*Accounts, bool, error) {
	l := c.live.Load()
	if n, known := l.store.Behind(); n > 0 || !known {
		return nil, false, nil
	}
	w, ok := l.world()
	if !ok {
		return nil, false, nil
	}
	t := newTally()
	err := l.store.Persons(func(id string) error {
		p, err := l.store.Person(id, l.now())
		if err != nil {
			return err
		}
		mine, _, _ := account(p, &w, l.now(), suspects{})
		t.add(&mine, 1)
		return nil
	})
	return t.accounts(), err == nil, err
}

// What tests outside the package read pages with.
var (
	ReadPage        = read
	English, Danish = english, danish
)
