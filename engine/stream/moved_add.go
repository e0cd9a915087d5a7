package stream

import (
	"cmp"
	"slices"

	"tilsyn/schemas"
)

// This file adds versions that are not a person's own to the facts that it has
// other versions of (moved.go).

// versionName names a version of a fact.
type versionName struct {
	name    uint64
	version int64
}

func (f *fact) versionName() versionName {
	head, _ := schemas.HeadOf(f.record)
	return versionName{f.name(), head.Version}
}

// addMovedTo adds to the facts of a person the versions that may be anybody's of
// those that it has an earlier one of.
func (t *Task) addMovedTo(p *person, has []versionName, take func(*fact)) {
	slices.SortFunc(has, func(a, b versionName) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.version, b.version))
	})
	for i, own := range has {
		if i > 0 && has[i-1].name == own.name {
			continue
		}
		list := t.moved.of[own.name]
		for j := range list {
			if f := list[j]; f.versionName().version >= own.version {
				p.join()
				take(&f)
			}
		}
	}
}
