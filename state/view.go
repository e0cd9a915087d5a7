package state

import "math"

// What the days function of [Task.WalkDue] may return besides a day.
const (
	// OnlyUndated asks for undated facts and said only.
	OnlyUndated int32 = math.MaxInt32 - 1
	// OnlyHeader asks for neither facts nor said.
	OnlyHeader int32 = math.MaxInt32
)

// View is one person as a walk shows it. Everything it refers to is valid until visit returns;
// copy what is kept.
type View struct {
	Person []byte
	Header Header
	// From is what days returned for the person: facts and said of earlier days are not shown.
	From int32
	// Facts are ordered by day, undated ones first, in no particular order within a day. A fact that
	// was committed several times may appear as often: removing duplicates costs more than reading
	// them.
	Facts [][]byte
	// Undated is how many of Facts, from the start, are undated.
	Undated int
	// Said is sorted by day and kind, the newest of each unit only.
	Said []Said
}
