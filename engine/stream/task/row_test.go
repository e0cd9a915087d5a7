package task

import (
	"fmt"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/stored"
	"tilsyn/state"
	"tilsyn/state/statetest"
)

// The roster lists the persons of the store and those met since, each once.
func TestRoster(t *testing.T) {
	st, err := statetest.NewModel().Task(0)
	if err != nil {
		t.Fatal(err)
	}
	var b state.Batch
	for n := range 3000 {
		h := stored.Header{Told: n%2 == 0}
		b.SetHeader(fmt.Sprintf("stored-%d", n), int64(n), h.Encode())
	}
	if err := st.Commit(&b); err != nil {
		t.Fatal(err)
	}
	var r roster
	if err := r.load(st); err != nil {
		t.Fatal(err)
	}
	for n := range 3000 {
		i, err := r.find(fmt.Appendf(nil, "stored-%d", n))
		if err != nil || i == noResident {
			t.Fatalf("person %d is not found, error %v", n, err)
		}
		if e := r.entries[i]; e.next != duty.Instant(n) || e.flags&isKnown == 0 || (e.flags&wasTold != 0) != (n%2 == 0) {
			t.Fatalf("person %d is %+v", n, e)
		}
		name := fmt.Sprintf("new-%d", n)
		if i, err := r.find([]byte(name)); err != nil || i != noResident {
			t.Fatalf("somebody is found who is not there, error %v", err)
		}
		met, err := r.meet([]byte(name))
		if err != nil {
			t.Fatal(err)
		}
		if again, err := r.meet([]byte(name)); err != nil || again != met || string(r.person(met)) != name {
			t.Fatalf("%s is met twice: %d and %d, error %v", name, met, again, err)
		}
	}
	if len(r.entries) != 6000 {
		t.Errorf("%d entries of 6000 persons", len(r.entries))
	}
}
