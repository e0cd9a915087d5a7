package stat

import (
	"math"
	"slices"
)

// Percentile returns the smallest value that at least p percent of the values do not exceed (nearest rank), so that it
// is always one of them. It returns 0 of none; p is from above 0 to 100.
func Percentile(values []float64, p float64) float64 {
	if len(values) == 0 {
		return 0
	}
	v := slices.Sorted(slices.Values(values))
	rank := int(math.Ceil(p / 100 * float64(len(v))))
	return v[min(max(rank, 1), len(v))-1]
}
