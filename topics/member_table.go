package topics

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// table is who owns what, as the leader assigned it. Every member gets the whole table with its
// assignment and shows it when it rejoins; the next leader starts from the newest. So former
// owners are known even if some or all members were restarted in between.
type table struct {
	// Term counts assignments. It is not the group's generation, which restarts when the group is
	// deleted.
	Term int64
	// Owners are instance ids by partition; empty for none.
	Owners []string
}

// tableVersion is the version of the user data in subscription and assignment.
const tableVersion = 1

// maxOwners bounds how much damaged user data can make us allocate.
const maxOwners = 1 << 16

// encode returns the user data: version, term, the instance ids, and for each partition the index
// of its owner.
func (t table) encode() []byte {
	ids := slices.Clone(t.Owners)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	b := appendInt16(nil, tableVersion)
	b = appendInt64(b, t.Term)
	b = appendInt32(b, int32(len(ids)))
	for _, id := range ids {
		b = appendString(b, id)
	}
	b = appendInt32(b, int32(len(t.Owners)))
	for _, id := range t.Owners {
		i, _ := slices.BinarySearch(ids, id)
		b = appendInt32(b, int32(i))
	}
	return b
}

var errTable = errors.New("the group's table of owners cannot be read")

// readTable reads user data; another version is an error.
func readTable(b []byte) (table, error) {
	r := reader{b: b}
	if v := r.int16(); r.err != nil || v != tableVersion {
		return table{}, errTable
	}
	t := table{Term: r.int64()}
	ids := make([]string, 0, 8)
	for range r.count(2) {
		ids = append(ids, string(r.text()))
	}
	n := r.count(4)
	if n > maxOwners {
		return table{}, errTable
	}
	for range n {
		i := r.int32()
		if i < 0 || int(i) >= len(ids) {
			return table{}, errTable
		}
		t.Owners = append(t.Owners, ids[i])
	}
	if r.err != nil || t.Term < 0 {
		return table{}, errTable
	}
	return t, nil
}

// of returns the partitions of an instance, ascending.
func (t table) of(id string) []int32 {
	var parts []int32
	for p, owner := range t.Owners {
		if owner == id {
			parts = append(parts, int32(p))
		}
	}
	return parts
}

// instances returns how many instances own something.
func (t table) instances() int {
	seen := map[string]bool{}
	for _, id := range t.Owners {
		if id != "" {
			seen[id] = true
		}
	}
	return len(seen)
}

// memory is what a member keeps across restarts.
type memory struct {
	table
	// Shown is the user data of the last JoinGroup.
	Shown []byte
}

// memoryVersion is the version of the stored memory.
const memoryVersion = 1

// memoryJSON is the stored form of memory.
type memoryJSON struct {
	Version int      `json:"version"`
	Term    int64    `json:"term"`
	Owners  []string `json:"owners"`
	Shown   []byte   `json:"shown"`
}

// encode returns the stored form.
func (m *memory) encode() []byte {
	b, err := json.MarshalIndent(memoryJSON{memoryVersion, m.Term, m.Owners, m.Shown}, "", "  ")
	if err != nil {
		panic(fmt.Sprintf("strings and numbers are always encoded: %v", err))
	}
	return append(b, '\n')
}

// readMemory reads a stored memory; an unreadable one is empty.
func readMemory(b []byte) memory {
	var j memoryJSON
	if err := json.Unmarshal(b, &j); err != nil || j.Version != memoryVersion || j.Term < 0 || len(j.Owners) > maxOwners {
		return memory{}
	}
	return memory{table: table{j.Term, j.Owners}, Shown: j.Shown}
}
