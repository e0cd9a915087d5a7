package claims

import (
	"encoding/binary"
	"fmt"

	"tilsyn/engine/stream/wire"
	"tilsyn/state"
)

// contestedKey is the key under which contested names are stored; like storeKey, it names no
// person.
const contestedKey = "\x00contested"

// MaxContested is how many names may be contested. More than that means that some producer's
// ids are not unique within their topic, so that nobody can tell whom a fact is about.
const MaxContested = 4096

// Contested holds the names claimed for several keys.
type Contested struct {
	// names are these names, shortened by Kept.
	names map[uint64]bool
	// fresh are the names found in this cycle. tooMany is true beyond MaxContested.
	fresh   []uint64
	tooMany bool
}

// noName is stored once there are more names than are remembered.
const noName = 0

// Has reports whether a claimed name is contested.
func (c *Contested) Has(claimed uint64) bool {
	return len(c.names) > 0 && c.names[Kept(claimed)]
}

// Take adds a name; false if it brings nothing new.
func (c *Contested) Take(name uint64) bool {
	if c.names[name] {
		return false
	}
	if name == noName || len(c.names) >= MaxContested {
		if c.tooMany {
			return false
		}
		name, c.tooMany = noName, true
	}
	if c.names == nil {
		c.names = map[uint64]bool{}
	}
	if name != noName {
		c.names[name] = true
	}
	c.fresh = append(c.fresh, name)
	return true
}

// Why says why nobody may be accused; empty if nothing speaks against it.
func (c *Contested) Why() string {
	if !c.tooMany {
		return ""
	}
	return fmt.Sprintf("more than %d facts came under two persons each with one id in one version: "+
		"the ids of some producer are not unique within their topic, so that nobody can tell whose a fact is, "+
		"and nobody is accused; data-quality has them as CONFLICTING_FACT; "+
		"begin a new prefix with ids that are unique", MaxContested)
}

// reset forgets which names were found in the cycle.
func (c *Contested) reset() { c.fresh = c.fresh[:0] }

// save adds the names found in this cycle to a batch.
func (c *Contested) save(b *state.Batch) {
	for _, name := range c.fresh {
		b.AddFact(contestedKey, state.Aside, binary.BigEndian.AppendUint64(nil, name))
	}
}

// load reads the contested names from the state.
func (c *Contested) load(from state.Task) error {
	*c = Contested{}
	stored, err := from.Person(contestedKey, state.Aside)
	if err != nil {
		return err
	}
	for _, b := range stored.Facts {
		if len(b) != 8 {
			return wire.ErrCut
		}
		c.Take(binary.BigEndian.Uint64(b))
	}
	c.reset()
	return nil
}

// Newest returns the name found last in this cycle, as it is stored and told to other tasks.
func (c *Contested) Newest() uint64 { return c.fresh[len(c.fresh)-1] }

// TooMany reports whether there are more names than are remembered.
func (c *Contested) TooMany() bool { return c.tooMany }

// Len returns how many names are contested.
func (c *Contested) Len() int { return len(c.names) }
