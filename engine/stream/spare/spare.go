package spare

// rounds is after how many rounds a buffer is looked at; one of up to small elements is always kept.
const (
	rounds = 16
	small  = 1 << 10
)

// Use follows how much of one buffer is used. Its zero value has seen nothing.
type Use struct{ most, seen int }

// Keep takes in how many elements of a buffer a round has used, and room for how many it has. It reports
// whether the buffer is worth keeping: false if none of the last sixteen rounds has used a quarter of it.
func (u *Use) Keep(used, room int) bool {
	u.most = max(u.most, used)
	if u.seen++; u.seen < rounds {
		return true
	}
	keep := room <= small || u.most > room/4
	*u = Use{}
	return keep
}

// Slice empties a buffer after a round, and drops its memory if that is not worth keeping.
func Slice[T any](u *Use, s []T) []T {
	if !u.Keep(len(s), cap(s)) {
		return nil
	}
	return s[:0]
}
