package stat_test

import (
	"slices"
	"testing"

	"tilsyn/bench/internal/stat"
)

func TestPercentile(t *testing.T) {
	hundred := make([]float64, 100)
	for i := range hundred {
		hundred[i] = float64(100 - i)
	}
	before := slices.Clone(hundred)
	for _, c := range []struct {
		values  []float64
		p, want float64
	}{
		{nil, 50, 0}, {[]float64{7}, 1, 7}, {[]float64{7}, 100, 7}, {[]float64{2, 1}, 50, 1}, {[]float64{2, 1}, 51, 2},
		{hundred, 50, 50}, {hundred, 95, 95}, {hundred, 99, 99}, {hundred, 99.5, 100}, {hundred, 100, 100},
	} {
		if got := stat.Percentile(c.values, c.p); got != c.want {
			t.Errorf("percentile %v of %d values is %v, want %v", c.p, len(c.values), got, c.want)
		}
	}
	if !slices.Equal(hundred, before) {
		t.Error("the values were changed")
	}
}
