package stat_test

import (
	"testing"

	"tilsyn/bench/internal/stat"
)

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   float64
	}{
		{nil, 0}, {[]float64{3}, 3}, {[]float64{1, 2}, 1.5}, {[]float64{9, 1, 2}, 2}, {[]float64{10, 1, 2, 4}, 3},
	} {
		if got := stat.Median(c.values); got != c.want {
			t.Errorf("median of %v is %v, want %v", c.values, got, c.want)
		}
	}
}
