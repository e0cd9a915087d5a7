package spare

import "testing"

// TestUse: a buffer goes once sixteen rounds in a row have used at most a quarter of it, and no earlier.
func TestUse(t *testing.T) {
	const room = 8 * small
	var u Use
	round := func(used int) int { return cap(Slice(&u, make([]byte, used, room))) }
	for i, used := range []int{room, 0, 1, room / 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0} {
		if round(used) != room {
			t.Fatalf("after round %d, one of which has used all of it, the buffer is gone", i+1)
		}
	}
	for i := range rounds - 1 {
		if round(room/4) != room {
			t.Fatalf("%d rounds have used a quarter, and the buffer is gone", i+1)
		}
	}
	if round(0) != 0 {
		t.Error("sixteen rounds have used at most a quarter, and the buffer is kept")
	}
	for i := range rounds - 1 {
		round(i)
	}
	if round(room/4+1) != room {
		t.Error("the last round has used more than a quarter, and the buffer is gone")
	}
}

// TestSmallBuffersStay: what is small is kept however little of it is used.
func TestSmallBuffersStay(t *testing.T) {
	var u Use
	for range 3 * rounds {
		if s := Slice(&u, make([]byte, 0, small)); cap(s) != small {
			t.Fatal("a small buffer is gone")
		}
	}
}
