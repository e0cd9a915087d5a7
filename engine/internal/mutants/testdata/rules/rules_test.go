package rules

import "testing"

func TestJudge(t *testing.T) {
	for _, x := range []struct {
		n    int
		c    colour
		ok   bool
		want colour
	}{{2, red, true, green}, {3, red, true, red}, {2, red, false, red}, {0, blue, false, green}} {
		if got, _ := judge(x.n, x.c, x.ok); got != x.want {
			t.Errorf("judge(%d, %d, %t) is %d, want %d", x.n, x.c, x.ok, got, x.want)
		}
	}
}
