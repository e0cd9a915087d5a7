package statetest

import (
	"bytes"
	"cmp"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"

	"tilsyn/state"
)

// modelTask is one task of a Model.
type modelTask struct {
	m  *Model
	id int32
}

// content returns the task's content. The caller holds the model's lock.
func (t *modelTask) content() (*content, error) {
	if t.m.closed {
		return nil, state.ErrClosed
	}
	return t.m.tasks[t.id], nil
}

// Checkpoint implements state.Task.
func (t *modelTask) Checkpoint() ([]byte, bool, error) {
	t.m.mu.Lock()
	defer t.m.mu.Unlock()
	c, err := t.content()
	if err != nil || !c.hasCheck {
		return nil, false, err
	}
	return append([]byte{}, c.checkpoint...), true, nil
}

// Commit implements state.Task; it asks FailCommit first.
func (t *modelTask) Commit(b *state.Batch) error {
	if fail := t.m.FailCommit; fail != nil {
		if err := fail(t.id, b); err != nil {
			return err
		}
	}
	ops, err := b.Ops()
	if err != nil {
		return err
	}
	t.m.mu.Lock()
	defer t.m.mu.Unlock()
	c, err := t.content()
	if err != nil {
		return err
	}
	// own are the persons whose maps this commit has already copied.
	own := map[string]bool{}
	for _, op := range ops {
		c.apply(op, own)
	}
	return nil
}

func (c *content) apply(op state.Op, own map[string]bool) {
	switch op.Kind {
	case state.OpCheckpoint:
		c.checkpoint, c.hasCheck = bytes.Clone(op.Data), true
		return
	case state.OpMeta:
		c.meta[op.Key] = append([]byte{}, op.Data...)
		return
	case state.OpDeleteMeta:
		delete(c.meta, op.Key)
		return
	}
	p, found := c.persons[op.Person]
	if !found {
		c.sorted, c.pages = nil, nil
	}
	if !own[op.Person] {
		own[op.Person] = true
		p.facts, p.said = maps.Clone(p.facts), maps.Clone(p.said)
		if p.facts == nil {
			p.facts, p.said = map[factKey]struct{}{}, map[unitKey][]byte{}
		}
	}
	switch op.Kind {
	case state.OpFact:
		p.facts[factKey{op.Day, string(op.Data)}] = struct{}{}
	case state.OpSaid:
		if len(op.Data) == 0 {
			delete(p.said, unitKey{op.Day, op.Unit})
		} else {
			p.said[unitKey{op.Day, op.Unit}] = bytes.Clone(op.Data)
		}
	case state.OpHeader:
		p.header = state.Header{Next: op.Next, Data: bytes.Clone(op.Data), Known: true}
	}
	c.persons[op.Person] = p
}

// onPage returns the persons of a page, in order.
func (c *content) onPage(page uint32) []string {
	if c.pages == nil {
		c.pages = make([][]string, modelPages)
		for _, who := range c.after(nil) {
			n := pageOf([]byte(who))
			c.pages[n] = append(c.pages[n], who)
		}
	}
	return c.pages[page]
}

// after returns the persons behind a cursor, in order.
func (c *content) after(cursor []byte) []string {
	if c.sorted == nil {
		c.sorted = slices.Sorted(maps.Keys(c.persons))
	}
	if cursor == nil {
		return c.sorted
	}
	i, found := slices.BinarySearch(c.sorted, string(cursor))
	if found {
		i++
	}
	return c.sorted[i:]
}

// Header implements state.Task.
func (t *modelTask) Header(who string) (state.Header, error) {
	t.m.mu.Lock()
	defer t.m.mu.Unlock()
	c, err := t.content()
	if err != nil {
		return state.Header{}, err
	}
	h := c.persons[who].header
	h.Data = bytes.Clone(h.Data)
	return h, nil
}

// Person implements state.Task.
func (t *modelTask) Person(who string, from int32) (state.Person, error) {
	t.m.mu.Lock()
	defer t.m.mu.Unlock()
	c, err := t.content()
	if err != nil {
		return state.Person{}, err
	}
	p := c.persons[who]
	out := state.Person{Header: p.header}
	out.Header.Data = bytes.Clone(p.header.Data)
	for f := range p.facts {
		if wanted(f.day, from) {
			out.Facts = append(out.Facts, []byte(f.data))
		}
	}
	for u, data := range p.said {
		if wanted(u.day, from) {
			out.Said = append(out.Said, state.Said{Day: u.day, Kind: u.kind, Data: bytes.Clone(data)})
		}
	}
	// The order of facts has no meaning; a fixed one makes tests repeatable.
	slices.SortFunc(out.Facts, bytes.Compare)
	slices.SortFunc(out.Said, func(a, b state.Said) int {
		if a.Day != b.Day {
			return int(a.Day) - int(b.Day)
		}
		return int(a.Kind) - int(b.Kind)
	})
	return out, nil
}

// wanted reports whether a reader from a day on gets a day.
func wanted(day, from int32) bool {
	if day == state.Aside || from == state.Aside {
		return day == from
	}
	return day >= from || day == state.Undated
}

// Due implements state.Task.
func (t *modelTask) Due(until int64, cursor []byte, limit int) ([]string, []byte, error) {
	t.m.mu.Lock()
	defer t.m.mu.Unlock()
	c, err := t.content()
	if err != nil {
		return nil, nil, err
	}
	if limit <= 0 {
		return nil, nil, fmt.Errorf("%w: a walk of at most %d persons", state.ErrBounds, limit)
	}
	var out []string
	for _, who := range c.after(cursor) {
		h := c.persons[who].header
		if h.Known && h.Next <= until {
			if len(out) == limit {
				return out, []byte(out[limit-1]), nil
			}
			out = append(out, who)
		}
	}
	return out, nil, nil
}

// WalkDue implements state.Task; it overwrites each view after its visit.
func (t *modelTask) WalkDue(until int64, cursor []byte, limit int, days func(person, header []byte) int32,
	visit func(v *state.View) error) ([]byte, error) {
	persons, next, err := t.Due(until, cursor, limit)
	if err != nil {
		return cursor, err
	}
	for _, who := range persons {
		v, err := t.view(who, days)
		if err == nil {
			err = visit(&v)
		}
		if err != nil {
			return cursor, err
		}
		spoil(&v)
		cursor = []byte(who)
	}
	return next, nil
}

// view returns what a walk shows of a person.
func (t *modelTask) view(who string, days func(person, header []byte) int32) (state.View, error) {
	h, err := t.Header(who)
	if err != nil {
		return state.View{}, err
	}
	from := days([]byte(who), h.Data)
	v := state.View{Person: []byte(who), Header: h, From: from}
	if from == state.OnlyHeader {
		return v, nil
	}
	p, err := t.Person(who, from)
	if err != nil {
		return v, err
	}
	v.Said = p.Said
	t.m.mu.Lock()
	defer t.m.mu.Unlock()
	facts := slices.SortedFunc(maps.Keys(t.m.tasks[t.id].persons[who].facts), func(a, b factKey) int {
		return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.data, b.data))
	})
	for _, f := range facts {
		if f.day == state.Undated {
			v.Undated++
		}
		if wanted(f.day, from) {
			v.Facts = append(v.Facts, []byte(f.data))
		}
	}
	return v, nil
}

// spoil overwrites what a visitor must not keep, so that a visitor that does is found.
func spoil(v *state.View) {
	all := append([][]byte{v.Person, v.Header.Data}, v.Facts...)
	for _, s := range v.Said {
		all = append(all, s.Data)
	}
	for _, b := range all {
		for i := range b {
			b[i] = 0xdb
		}
	}
}

// Pages implements state.Task. There are few pages, so that tests have several persons on a page.
func (t *modelTask) Pages() int { return modelPages }

const modelPages = 16

// Page implements state.Task.
func (t *modelTask) Page(person []byte) uint32 { return pageOf(person) }

func pageOf(person []byte) uint32 {
	h := fnv.New32a()
	_, _ = h.Write(person)
	return h.Sum32() % modelPages
}

// PageHeaders implements state.Task.
func (t *modelTask) PageHeaders(page uint32, fn func(person []byte, next int64, data []byte) error) error {
	if page >= modelPages {
		return fmt.Errorf("%w: page %d of %d", state.ErrBounds, page, modelPages)
	}
	t.m.mu.Lock()
	c, err := t.content()
	var all []string
	if err == nil {
		all = c.onPage(page)
	}
	t.m.mu.Unlock()
	for _, who := range all {
		h, err := t.Header(who)
		if err != nil {
			return err
		}
		if !h.Known {
			continue
		}
		v := state.View{Person: []byte(who), Header: h}
		if err := fn(v.Person, h.Next, h.Data); err != nil {
			return err
		}
		spoil(&v)
	}
	return err
}

// NextDue implements state.Task.
func (t *modelTask) NextDue() int64 {
	t.m.mu.Lock()
	defer t.m.mu.Unlock()
	next := state.Never
	if c, err := t.content(); err == nil {
		for _, p := range c.persons {
			if p.header.Known {
				next = min(next, p.header.Next)
			}
		}
	}
	return next
}

// Persons implements state.Task.
func (t *modelTask) Persons(cursor []byte, limit int) ([]string, []byte, error) {
	return t.Due(state.Never, cursor, limit)
}

// Meta implements state.Task.
func (t *modelTask) Meta(key string) ([]byte, bool, error) {
	t.m.mu.Lock()
	defer t.m.mu.Unlock()
	c, err := t.content()
	if err != nil {
		return nil, false, err
	}
	value, found := c.meta[key]
	return bytes.Clone(value), found, nil
}

// WalkMeta implements state.Task.
func (t *modelTask) WalkMeta(prefix string, fn func(key string, value []byte) error) error {
	t.m.mu.Lock()
	c, err := t.content()
	var keys []string
	var meta map[string][]byte
	if err == nil {
		meta = maps.Clone(c.meta)
		keys = slices.Sorted(maps.Keys(meta))
	}
	t.m.mu.Unlock()
	for _, key := range keys {
		if strings.HasPrefix(key, prefix) {
			if err := fn(key, bytes.Clone(meta[key])); err != nil {
				return err
			}
		}
	}
	return err
}

// Discard implements state.Task.
func (t *modelTask) Discard() error { return t.m.Discard(t.id) }
