package state

import "math"

// What the days function of [Task.WalkDue] answers beside a day.
const (
	// OnlyUndated wants undated facts and undated said, and no day.
	OnlyUndated int32 = math.MaxInt32 - 1
	// OnlyHeader wants neither facts nor said.
	OnlyHeader int32 = math.MaxInt32
)

// View is one person as a walk passes it. Everything it points to is the
// store's and valid until visit returns: copy what is kept.
type View struct {
	Person []byte
	Header Header
	// Facts are ordered by day, undated ones first, and in no particular order
	// within a day. A fact that was committed more than once may be there as
	// often: what makes facts unique costs more than reading them.
	Facts [][]byte
	// Undated is how many of Facts, from the start, are undated.
	Undated int
	// Said is sorted by day and kind, the newest of each unit.
	Said []Said
}
